package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.aws.AwsErrors;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.error.LaunchFailed;
import spawn.error.LaunchRejected;
import spawn.error.LeaseEnding;
import spawn.error.Remedy;
import spawn.role.LeaseTerms;

class LaunchesTest {
  private static final String EXECUTION =
      "arn:aws:states:us-east-1:123456789012:execution:launch:one";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Launches launches =
      new Launches(aws.ec2("us-east-1"), aws.clock(), LeaseTerms.STANDARD);

  LaunchesTest() {
    aws.givenRole("worker", role -> role.inProfile("worker"));
    aws.givenRole("worker2", role -> role.inProfile("worker2"));
  }

  private static RunInstancesRequest request(String profile, int count) {
    return RunInstancesRequest.builder()
        .imageId("ami-1")
        .minCount(count)
        .maxCount(count)
        .iamInstanceProfile(p -> p.name(profile))
        .build();
  }

  private Optional<Instant> lease(Duration left) {
    return Optional.of(aws.clock().instant().plus(left));
  }

  @Test
  void aJobArrayIsOneCallAndItsInstancesAreNumbered() {
    List<LaunchedInstance> launched =
        launches
            .launch(request("worker", 8), EXECUTION, Optional.empty(), lease(Duration.ofHours(1)))
            .orElseThrow();

    assertThat(aws.operations()).containsExactly("RunInstances");
    assertThat(launched)
        .extracting(LaunchedInstance::launchIndex)
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(launched).extracting(LaunchedInstance::state).containsOnly("pending");
  }

  @Test
  void aRetryAfterALostAnswerFindsTheSameInstances() {
    aws.faults(Faults.crashAfter(1));
    assertThatThrownBy(
            () ->
                launches.launch(
                    request("worker", 2), EXECUTION, Optional.empty(), lease(Duration.ofHours(1))))
        .isInstanceOf(Error.class);
    aws.faults(Faults.NONE);

    launches.launch(request("worker", 2), EXECUTION, Optional.empty(), lease(Duration.ofHours(1)));

    assertThat(aws.instances()).hasSize(2);
  }

  @Test
  void aRetryUnderAnotherRoleFindsWhatTheFirstTryLaunched() {
    launches.launch(request("worker", 1), EXECUTION, Optional.empty(), lease(Duration.ofHours(1)));

    List<LaunchedInstance> again =
        launches
            .launch(request("worker2", 1), EXECUTION, Optional.empty(), lease(Duration.ofHours(1)))
            .orElseThrow();

    assertThat(aws.instances()).hasSize(1);
    assertThat(again)
        .extracting(LaunchedInstance::instanceId)
        .containsExactly(aws.instances().get(0).id());
  }

  @Test
  void anExecutionWhoseInstancesHaveEndedIsNotCalledASuccess() {
    String id =
        launches
            .launch(request("worker", 1), EXECUTION, Optional.empty(), lease(Duration.ofHours(1)))
            .orElseThrow()
            .get(0)
            .instanceId();
    aws.terminate(id);
    aws.advance(Duration.ofMinutes(2));

    assertThatExceptionOfType(LaunchFailed.class)
        .isThrownBy(
            () ->
                launches.launch(
                    request("worker", 1), EXECUTION, Optional.empty(), lease(Duration.ofHours(1))))
        .withMessageContaining(id)
        .withMessageContaining("Client.UserInitiatedShutdown");
  }

  @Test
  void anExecutionWhoseInstancesEc2NoLongerShowsIsNotCalledASuccess() {
    aws.faults(
        Faults.beforeFirst(
            "RunInstances",
            () ->
                AwsErrors.ec2(
                    "IdempotentInstanceTerminated",
                    400,
                    "The token is that of a request whose instances have been terminated.")));

    assertThatExceptionOfType(LaunchRejected.class)
        .isThrownBy(
            () ->
                launches.launch(
                    request("worker", 1), EXECUTION, Optional.empty(), lease(Duration.ofHours(1))))
        .withMessageContaining("all its instances have ended")
        .withMessageContaining("Start a new execution");
  }

  /** The second form in which EC2 answers a token whose instances have ended. */
  @Test
  void anExecutionWhoseInstancesEc2CallsTerminatedSaysWhyAsLongAsEc2ShowsThem() {
    aws.endsStarting(index -> true, "Client.InternalError", "Client.InternalError: Client error");
    launches.launch(request("worker", 2), EXECUTION, Optional.empty(), lease(Duration.ofHours(1)));
    aws.advance(Duration.ofMinutes(2));
    aws.faults(
        Faults.beforeFirst(
            "RunInstances",
            () -> AwsErrors.ec2("IdempotentInstanceTerminated", 400, "They are terminated.")));

    assertThatExceptionOfType(LaunchFailed.class)
        .isThrownBy(
            () ->
                launches.launch(
                    request("worker", 2), EXECUTION, Optional.empty(), lease(Duration.ofHours(1))))
        .withMessageContaining("has launched before, and all its instances have ended")
        .withMessageContaining("Client.InternalError: Client error. Most often a volume")
        .satisfies(failed -> assertThat(failed.remedy()).isEqualTo(Remedy.OPERATOR));
    assertThat(aws.instances()).hasSize(2);
  }

  @Test
  void nothingIsLaunchedUnderALeaseThatIsNearlyOver() {
    assertThatExceptionOfType(LeaseEnding.class)
        .isThrownBy(
            () ->
                launches.launch(
                    request("worker", 1),
                    EXECUTION,
                    Optional.empty(),
                    lease(Duration.ofMinutes(5).minusSeconds(1))));
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void aRoleThatNoSweepTouchesNeedsNoLease() {
    assertThat(launches.launch(request("worker", 1), EXECUTION, Optional.empty(), Optional.empty()))
        .isPresent();
  }

  @Test
  void aProfileThatEc2DoesNotSeeIsNoFailure() {
    assertThat(
            launches.launch(request("unknown", 1), EXECUTION, Optional.empty(), Optional.empty()))
        .isEmpty();
    assertThat(aws.instances()).isEmpty();
  }

  @Test
  void theClientTokenHas64CharactersAndDiffersBetweenExecutions() {
    assertThat(ClientToken.of(EXECUTION, Optional.empty()))
        .matches("[0-9a-f]{64}")
        .isNotEqualTo(ClientToken.of(EXECUTION + "2", Optional.empty()))
        .isNotEqualTo(ClientToken.of(EXECUTION, Optional.of("subnet-1")));
  }
}
