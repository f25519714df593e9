package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;

/** An execution that has succeeded has instances that run. */
class WaitForInstancesTest {
  private static final String KEY = "arn:aws:kms:us-east-1:123456789012:key/out-of-reach";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  private static ObjectNode launch(int min, int max) {
    ObjectNode payload = Stack.event("launch").deepCopy();
    payload.withObject("/instance").put("MinCount", min).put("MaxCount", max);
    return payload;
  }

  private static String id(Outcome outcome, int index) {
    return outcome.output().orElseThrow().at("/instances/%d/instanceId".formatted(index)).asText();
  }

  private List<String> ids() {
    return aws.instances().stream().map(SimulatedInstance::id).toList();
  }

  private void endsStarting(int... which) {
    aws.endsStarting(
        index -> Arrays.stream(which).anyMatch(each -> each == index),
        "Client.InternalError",
        "Client.InternalError: Client error on launch");
  }

  private List<Call> launches() {
    return aws.calls("RunInstances").stream().filter(Call::isWrite).toList();
  }

  @Test
  void aLaunchEndsWhenItsInstancesRunAndSaysTheirPublicAddresses() {
    Outcome outcome = stack.launch("one", launch(2, 2));

    JsonNode instances = outcome.output().orElseThrow().path("instances");
    assertThat(instances.findValuesAsText("state")).containsExactly("running", "running");
    assertThat(instances.findValuesAsText("publicIpAddress")).hasSize(2).doesNotHaveDuplicates();
    assertThat(instances.findValues("stateReason")).isEmpty();
  }

  @Test
  void aLaunchThatRunsAtTheFirstLookCostsOneCall() {
    stack.launch("one", launch(3, 3));

    assertThat(aws.calls("DescribeInstances")).hasSize(1);
  }

  @Test
  void aSlowStartIsAskedForAtGrowingIntervals() {
    aws.instancesStartIn(Duration.ofSeconds(100));
    Instant before = aws.clock().instant();

    Outcome outcome = stack.launch("slow", launch(1, 1));

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("WaitForInstances")).isBetween(8L, 16L);
    assertThat(Duration.between(before, aws.clock().instant()))
        .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(120));
  }

  @Test
  void aLaunchThatWaitsForNothingEndsAsEc2Answers() {
    ObjectNode payload = launch(1, 1);
    payload.withObject("/options").put("wait", "pending");

    Outcome outcome = stack.launch("pending", payload);

    assertThat(outcome.output().orElseThrow().at("/instances/0/state").asText())
        .isEqualTo("pending");
    assertThat(aws.calls("DescribeInstances")).isEmpty();
    assertThat(outcome.states()).doesNotContain("WaitForInstances", "PauseForInstances");
  }

  @Test
  void aVolumeUnderAKeyOutOfReachEndsTheLaunchWithTheCauseAndTheRemedy() {
    aws.keyOutOfReach(KEY);
    ObjectNode payload = launch(1, 1);
    payload
        .withObject("/instance")
        .putArray("BlockDeviceMappings")
        .addObject()
        .put("DeviceName", "/dev/xvda")
        .putObject("Ebs")
        .put("Encrypted", true)
        .put("KmsKeyId", KEY);

    Outcome outcome = stack.launch("key", payload);

    assertThat(outcome.error()).contains("spawn.error.LaunchFailed");
    assertThat(outcome.cause().orElseThrow())
        .startsWith("The instance of this launch ended before it ran:\n- " + ids().get(0))
        .contains("Client.InternalError: Client error on launch.", "KMS key", "VolumeKeyArns")
        .doesNotContain("Client.InternalError: Client.InternalError");
    assertThat(launches()).hasSize(1);
  }

  @Test
  void fewerThanMinCountFailAndWhatRunsIsNamedAndStays() {
    endsStarting(1);

    Outcome outcome = stack.launch("array", launch(3, 3));

    assertThat(outcome.error()).contains("spawn.error.LaunchFailed");
    assertThat(outcome.cause().orElseThrow())
        .contains("Of 3 instances of this launch, 1 ended", "MinCount (3)")
        .contains("- " + ids().get(1) + ": Client.InternalError")
        .contains("Running, and left as they are: %s, %s.".formatted(ids().get(0), ids().get(2)));
    aws.advance(Duration.ofMinutes(2));
    assertThat(aws.aliveInstances()).hasSize(2);
  }

  @Test
  void asManyAsMinCountAreASuccessAndTheOutputSaysWhyOthersHaveEnded() {
    endsStarting(1);

    Outcome outcome = stack.launch("array", launch(2, 3));

    assertThat(outcome.error()).isEmpty();
    JsonNode instances = outcome.output().orElseThrow().path("instances");
    assertThat(instances.findValuesAsText("state"))
        .containsExactly("running", "shutting-down", "running");
    assertThat(instances.at("/1/stateReason/code").asText()).isEqualTo("Client.InternalError");
    assertThat(instances.at("/1/stateReason/message").asText()).contains("Client error on launch");
    assertThat(instances.get(0).has("stateReason")).isFalse();
  }

  @Test
  void whatIsStillPendingAfterFiveMinutesIsNamedAsThatAndIsNoFailure() {
    aws.instancesStartIn(Duration.ofHours(1));
    Instant before = aws.clock().instant();

    Outcome outcome = stack.launch("stuck", launch(2, 2));

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.output().orElseThrow().path("instances").findValuesAsText("state"))
        .containsExactly("pending", "pending");
    assertThat(Duration.between(before, aws.clock().instant()))
        .isBetween(Duration.ofMinutes(5), Duration.ofSeconds(330));
  }

  @Test
  void readsThatLagBehindTheLaunchAreNotTakenForAnEnd() {
    aws.ec2ReadsLagUpTo(Duration.ofMinutes(2));

    Outcome outcome = stack.launch("lagging", launch(4, 4));

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.output().orElseThrow().path("instances").findValuesAsText("state"))
        .containsOnly("running");
  }

  @Test
  void anIdThatEc2DoesNotKnowYetIsAskedForAgain() {
    aws.faults(
        stack.limited(
            Faults.beforeFirst(
                "DescribeInstances",
                () ->
                    AwsErrors.ec2(
                        "InvalidInstanceID.NotFound", 400, "The instance ID does not exist"))));

    Outcome outcome = stack.launch("unknown", launch(1, 1));

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.calls("DescribeInstances")).hasSize(2);
  }

  @Test
  void aCapacityThatIsMissingAfterAllIsSaidAndNoOtherSubnetIsTried() {
    aws.givenSubnet("subnet-0000000a", "us-east-1a").givenSubnet("subnet-0000000b", "us-east-1b");
    aws.endsStarting(
        index -> true,
        "Server.InsufficientInstanceCapacity",
        "Server.InsufficientInstanceCapacity: Insufficient capacity to satisfy instance request");
    ObjectNode payload = launch(1, 1);
    payload
        .withObject("/options")
        .putArray("subnetIds")
        .add("subnet-0000000a")
        .add("subnet-0000000b");

    Outcome outcome = stack.launch("capacity", payload);

    assertThat(outcome.error()).contains("spawn.error.LaunchFailed");
    assertThat(outcome.cause().orElseThrow()).contains("another subnet");
    assertThat(launches()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"UnauthorizedOperation, AccessDenied", "RequestLimitExceeded, Throttled"})
  void aLookThatFailsForGoodNamesTheInstancesThatWereLaunched(String code, String failure) {
    aws.faults(stack.limited(refusing("DescribeInstances", code)));

    Outcome outcome = stack.launch("blind", launch(2, 2));

    assertThat(outcome.error()).contains("spawn.error." + failure);
    assertThat(outcome.cause().orElseThrow())
        .contains("This execution has launched, and its instances are left as they are: ")
        .endsWith(String.join(", ", ids()));
    assertThat(launches()).hasSize(1);
  }

  private static Faults refusing(String operation, String code) {
    return new Faults() {
      @Override
      public void before(Call call) {
        if (call.operation().equals(operation)) {
          throw AwsErrors.ec2(code, 400, "said");
        }
      }
    };
  }

  @Test
  void aFailedLaunchThatIsStartedAgainLaunchesNothingAndSaysWhyAgain() {
    endsStarting(0, 1);
    Outcome first = stack.launch("again", launch(2, 2));
    aws.advance(Duration.ofMinutes(5));

    Outcome second = stack.launch("again", launch(2, 2));

    assertThat(first.error()).contains("spawn.error.LaunchFailed");
    assertThat(second.error()).contains("spawn.error.LaunchFailed");
    assertThat(second.cause().orElseThrow()).contains("VolumeKeyArns");
    assertThat(aws.instances()).hasSize(2);
  }

  @Test
  void aFailedLaunchThatIsRedrivenFailsAgainAndCallsNothing() {
    endsStarting(0);
    Execution execution = stack.execution("redriven", launch(1, 1));
    Outcome first = execution.run();
    aws.advance(Duration.ofHours(5));
    aws.forgetCalls();

    Outcome second = execution.run();

    assertThat(second.error()).isEqualTo(first.error()).contains("spawn.error.LaunchFailed");
    assertThat(second.cause()).isEqualTo(first.cause());
    assertThat(aws.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PauseForInstances", "WaitForInstances", "Started?"})
  void aWaitThatIsStoppedAndRedrivenNextDayLooksAgainAndLaunchesNothing(String state) {
    aws.instancesStartIn(Duration.ofSeconds(30));
    Execution execution = stack.execution("redriven", launch(1, 1), new StopAt(aws, state, 1));
    assertThatThrownBy(execution::run).isInstanceOf(StopAt.Stopped.class);
    aws.advance(Duration.ofDays(1));

    Outcome outcome = execution.run();

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.output().orElseThrow().at("/instances/0/state").asText())
        .isEqualTo("running");
    assertThat(launches()).hasSize(1);
  }

  @Test
  void instancesThatHaveLongEndedWhenAWaitIsRedrivenAreNotASuccess() {
    Execution execution = stack.execution("redriven", launch(1, 1), new StopAt(aws, "Started?", 1));
    aws.instancesStartIn(Duration.ofSeconds(30));
    assertThatThrownBy(execution::run).isInstanceOf(StopAt.Stopped.class);
    aws.terminate(ids().get(0));
    aws.advance(Duration.ofDays(1));

    Outcome outcome = execution.run();

    assertThat(outcome.error()).contains("spawn.error.LaunchFailed");
    assertThat(outcome.cause().orElseThrow()).contains(ids().get(0), "EC2 does not show it");
  }

  @Test
  void theAnswerOfALostLaunchIsWaitedForToo() {
    aws.faults(stack.limited(Faults.afterFirst("RunInstances", AwsErrors::callTimeout)));
    ObjectNode payload = launch(1, 1);

    Outcome outcome = stack.launch("lost", payload);

    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    assertThat(Optional.of(id(outcome, 0))).contains(ids().get(0));
    assertThat(outcome.output().orElseThrow().at("/instances/0/state").asText())
        .isEqualTo("running");
  }

  @Test
  void aThousandInstancesFitIntoWhatStepFunctionsPasses() {
    Outcome outcome = stack.launch("thousand", launch(1_000, 1_000));

    assertThat(outcome.output().orElseThrow().path("instances").findValuesAsText("state"))
        .hasSize(1_000)
        .containsOnly("running");
    assertThat(outcome.output().orElseThrow().toString().length()).isLessThan(262_144);
    assertThat(aws.calls("DescribeInstances")).hasSize(5);
  }

  @Test
  void aThousandInstancesThatEndFitIntoACause() {
    aws.endsStarting(index -> true, "Client.VolumeLimitExceeded", "Volume limit exceeded");

    Outcome outcome = stack.launch("thousand", launch(1, 1_000));

    assertThat(outcome.error()).contains("spawn.error.LaunchFailed");
    assertThat(outcome.cause().orElseThrow().length()).isBetween(21_000, 30_000);
    assertThat(outcome.cause().orElseThrow())
        .contains(ids())
        .contains("Service Quotas")
        .endsWith("Start a new execution to launch again.");
  }
}
