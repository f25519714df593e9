package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import spawn.json.Json;

/** A launch's description fits into the 256 KiB that Step Functions passes on. */
class LaunchSizeTest {
  private static LaunchedInstance running(int index) {
    return new LaunchedInstance(
        "i-%017x".formatted(index),
        index,
        "running",
        "ap-southeast-1a",
        "172.131.255.255",
        "255.255.255.255",
        "ec2-255-255-255-255.ap-southeast-1.compute.amazonaws.com",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        null);
  }

  private static LaunchedInstance ended(int index) {
    return new LaunchedInstance(
        "i-%017x".formatted(index),
        index,
        "shutting-down",
        "ap-southeast-1a",
        "172.131.255.255",
        null,
        null,
        null,
        new LaunchedInstance.Reason("Server.InsufficientInstanceCapacity", "Said. ".repeat(50)));
  }

  private static int bytes(List<LaunchedInstance> instances) {
    return Json.bytes(instances).length;
  }

  @Test
  void aSmallLaunchIsDescribedAsItIs() {
    List<LaunchedInstance> instances =
        IntStream.range(0, 500).mapToObj(LaunchSizeTest::running).toList();

    assertThat(LaunchSize.fitting(instances)).isEqualTo(instances);
  }

  @Test
  void aThousandInstancesKeepTheirAddressesAndReasons() {
    List<LaunchedInstance> running =
        LaunchSize.fitting(IntStream.range(0, 1_000).mapToObj(LaunchSizeTest::running).toList());
    List<LaunchedInstance> ended =
        LaunchSize.fitting(IntStream.range(0, 1_000).mapToObj(LaunchSizeTest::ended).toList());

    assertThat(bytes(running)).isLessThanOrEqualTo(LaunchSize.MOST_BYTES);
    assertThat(bytes(ended)).isLessThanOrEqualTo(LaunchSize.MOST_BYTES);
    assertThat(running).allSatisfy(each -> assertThat(each.publicIpAddress()).isNotNull());
    assertThat(ended).allSatisfy(each -> assertThat(each.stateReason().code()).isNotNull());
  }

  @Test
  void fifteenHundredKeepIdNumberAndState() {
    List<LaunchedInstance> instances =
        LaunchSize.fitting(IntStream.range(0, 1_500).mapToObj(LaunchSizeTest::running).toList());

    assertThat(bytes(instances)).isLessThanOrEqualTo(LaunchSize.MOST_BYTES);
    assertThat(instances).hasSize(1_500).allSatisfy(each -> assertThat(each.isRunning()).isTrue());
  }
}
