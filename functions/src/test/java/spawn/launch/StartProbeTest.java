package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.aws.SimulatedAws;
import spawn.error.LaunchFailed;
import spawn.error.Remedy;
import spawn.role.LeaseTerms;

class StartProbeTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final SimulatedAws aws = SimulatedAws.create();
  private final StartProbe probe = new StartProbe(aws.ec2("us-east-1"), aws.clock(), TIMEOUT);

  private List<LaunchedInstance> launched(int count) {
    aws.givenRole("worker", role -> role.inProfile("worker"));
    return new Launches(aws.ec2("us-east-1"), aws.clock(), LeaseTerms.STANDARD)
        .launch(
            RunInstancesRequest.builder()
                .imageId("ami-1")
                .minCount(count)
                .maxCount(count)
                .iamInstanceProfile(profile -> profile.name("worker"))
                .build(),
            "arn:aws:states:us-east-1:123456789012:execution:launch:one",
            Optional.empty(),
            Optional.empty())
        .orElseThrow();
  }

  private static LaunchedInstance pending(String id) {
    return new LaunchedInstance(id, 0, "pending", "us-east-1a", "10.0.0.1", null, null, null, null);
  }

  @Test
  void whatRunsIsNotAskedForAgain() {
    List<LaunchedInstance> launched = launched(2);
    aws.advance(Duration.ofMinutes(1));
    StartProgress first = probe.look(launched, 2, Optional.empty());
    aws.forgetCalls();

    StartProgress second = probe.look(first.instances(), 2, Optional.of(first.waitingSince()));

    assertThat(second.settled()).isTrue();
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void anInstanceThatIsNotShownIsPendingUntilTheTimeIsOver() {
    List<LaunchedInstance> missing = List.of(pending("i-0123456789abcdef0"));
    Instant since = aws.clock().instant();
    aws.advance(TIMEOUT.minusSeconds(1));

    StartProgress progress = probe.look(missing, 1, Optional.of(since));
    aws.advance(Duration.ofSeconds(1));

    assertThat(progress.settled()).isFalse();
    assertThat(progress.instances()).isEqualTo(missing);
    assertThatExceptionOfType(LaunchFailed.class)
        .isThrownBy(() -> probe.look(missing, 1, Optional.of(since)))
        .withMessageContaining("i-0123456789abcdef0: NotShown. EC2 does not show it");
  }

  @Test
  void anInstanceThatStopsInsteadOfRunningHasEnded() {
    List<LaunchedInstance> launched = launched(1);
    aws.advance(Duration.ofMinutes(1));
    aws.stop(launched.get(0).instanceId());

    assertThatExceptionOfType(LaunchFailed.class)
        .isThrownBy(() -> probe.look(launched, 1, Optional.empty()))
        .withMessageContaining("Client.UserInitiatedShutdown")
        .satisfies(failed -> assertThat(failed.remedy()).isEqualTo(Remedy.CALLER));
  }

  @Test
  void theLaunchIsJudgedOnlyWhenNothingIsWaitedForAnyMore() {
    List<LaunchedInstance> launched = launched(2);
    aws.failStart(launched.get(0).instanceId(), "Client.InternalError");

    StartProgress progress = probe.look(launched, 2, Optional.empty());

    assertThat(progress.settled()).isFalse();
    assertThat(progress.ended()).isEqualTo(1);
    assertThat(progress.pending()).isEqualTo(1);
  }

  @Test
  void whatOnlyAnOperatorCanEndReachesOne() {
    List<LaunchedInstance> launched = launched(2);
    aws.failStart(launched.get(0).instanceId(), "Server.InsufficientInstanceCapacity");
    aws.failStart(launched.get(1).instanceId(), "Client.InternalError");

    assertThatExceptionOfType(LaunchFailed.class)
        .isThrownBy(() -> probe.look(launched, 1, Optional.empty()))
        .satisfies(failed -> assertThat(failed.remedy()).isEqualTo(Remedy.OPERATOR));
  }

  /** Two functions' clocks differ, so that a question may seem to come before the first. */
  @ParameterizedTest
  @CsvSource({"-40, 2", "0, 2", "8, 4", "40, 12", "200, 15"})
  void thePausesGrowWithTheTimeThatHasPassed(int secondsWaited, int pause) {
    Instant since = aws.clock().instant().minusSeconds(secondsWaited);

    StartProgress progress = probe.look(launched(1), 1, Optional.of(since));

    assertThat(progress.nextLookInSeconds()).isEqualTo(pause);
  }

  @Test
  void manyInstancesAreAskedForByTwoHundredIdsACallAndFoundOnAllPages() {
    aws.shortPages(70);
    List<LaunchedInstance> launched = launched(450);
    aws.advance(Duration.ofMinutes(1));

    StartProgress progress = probe.look(launched, 450, Optional.empty());

    assertThat(progress.running()).isEqualTo(450);
    assertThat(progress.instances())
        .extracting(LaunchedInstance::launchIndex)
        .containsExactlyElementsOf(IntStream.range(0, 450).boxed().toList());
  }
}
