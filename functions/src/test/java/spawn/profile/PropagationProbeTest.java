package spawn.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import spawn.aws.SimulatedAws;
import spawn.error.LaunchRejected;
import spawn.error.PropagationTimeout;
import spawn.error.RoleVanished;
import spawn.role.RoleRequests;

class PropagationProbeTest {
  private final SimulatedAws aws = SimulatedAws.seeded(1);
  private final PropagationProbe probe =
      new PropagationProbe(
          aws.ec2("us-east-1"),
          new InstanceProfiles(aws.iam(), RoleRequests.OWNER, aws.clock()),
          aws.clock(),
          Duration.ofMinutes(5));

  /** Makes a profile, and returns a launch with it. */
  private RunInstancesRequest launchWithANewProfile() {
    aws.givenRole("worker");
    String arn =
        new InstanceProfiles(aws.iam(), RoleRequests.OWNER, aws.clock())
            .ensure(
                new ProfileRequest(
                    "worker",
                    "worker",
                    "AROA-not-looked-at",
                    true,
                    aws.clock().instant(),
                    "tester",
                    null))
            .arn();
    aws.forgetCalls();
    return RunInstancesRequest.builder()
        .imageId("ami-1")
        .minCount(1)
        .maxCount(1)
        .clientToken("token")
        .iamInstanceProfile(profile -> profile.arn(arn))
        .build();
  }

  private Visibility probe(RunInstancesRequest launch, Optional<Instant> waitingSince) {
    return probe.probe(new ProbeRequest(List.of(launch), waitingSince, Optional.empty()));
  }

  @Test
  void beforeALaunchOneGoodAnswerIsEnoughSinceTheLaunchIsAskedToo() {
    RunInstancesRequest launch = launchWithANewProfile();

    assertThat(probe(launch, Optional.empty()).visible()).isTrue();
    assertThat(aws.operations()).containsExactly("RunInstances");
    assertThat(aws.writes()).isEmpty();
    assertThat(aws.instances()).isEmpty();
  }

  @Test
  void beforeAnExistingInstanceLosesItsProfileThreeGoodAnswersInARowAreTheProof() {
    ProbeRequest request =
        new ProbeRequest(
            List.of(launchWithANewProfile()),
            Optional.empty(),
            Optional.of(aws.clock().instant().plusSeconds(600)));

    assertThat(probe.probe(request).visible()).isTrue();
    assertThat(aws.operations()).containsExactly("RunInstances", "RunInstances", "RunInstances");
    assertThat(aws.writes()).isEmpty();
    assertThat(aws.instances()).isEmpty();
  }

  @Test
  void anUnseenProfileIsAskedForAgainLater() {
    aws.ec2SeesIamWithin(Duration.ofMinutes(2));
    RunInstancesRequest launch = launchWithANewProfile();

    Visibility first = probe(launch, Optional.empty());

    assertThat(first.visible()).isFalse();
    assertThat(first.nextProbeInSeconds()).isBetween(1, 8);
    assertThat(first.waitingSince()).isEqualTo(aws.clock().instant());
    aws.advance(Duration.ofSeconds(121));
    assertThat(probe(launch, Optional.of(first.waitingSince())).visible()).isTrue();
  }

  @Test
  void aProfileThatIsNeverSeenTimesOutAfterFiveMinutes() {
    aws.ec2SeesIamWithin(Duration.ofDays(30));
    RunInstancesRequest launch = launchWithANewProfile();
    Instant since = aws.clock().instant();
    aws.advance(Duration.ofSeconds(299));
    assertThat(probe(launch, Optional.of(since)).visible()).isFalse();
    aws.advance(Duration.ofSeconds(1));

    assertThatExceptionOfType(PropagationTimeout.class)
        .isThrownBy(() -> probe(launch, Optional.of(since)))
        .withMessageContaining("300 seconds");
  }

  @Test
  void aProfileThatIamDoesNotKnowEitherHasVanishedOnceItsReadsHaveSettled() {
    RunInstancesRequest launch = launchWithANewProfile();
    aws.deleteProfile("worker");
    Instant since = aws.clock().instant();
    assertThat(probe(launch, Optional.of(since)).visible()).isFalse();
    aws.advance(Duration.ofSeconds(91));

    assertThatExceptionOfType(RoleVanished.class)
        .isThrownBy(() -> probe(launch, Optional.of(since)));
  }

  @Test
  void whereNothingWillBeLaunchedTheProfilesAgeDecidesIfEc2CannotBeAsked() {
    RunInstancesRequest similarLaunch = launchWithANewProfile();
    aws.knownImages("ami-2");
    Instant settlesAt = aws.clock().instant().plusSeconds(90);
    ProbeRequest request =
        new ProbeRequest(List.of(similarLaunch), Optional.empty(), Optional.of(settlesAt));

    Visibility young = probe.probe(request);
    assertThat(young.visible()).isFalse();
    assertThat(young.nextProbeInSeconds()).isEqualTo(60);
    aws.advance(Duration.ofSeconds(60));
    assertThat(probe.probe(request).nextProbeInSeconds()).isEqualTo(31);
    aws.advance(Duration.ofSeconds(30));
    assertThat(probe.probe(request).visible()).isTrue();
  }

  @Test
  void aDryRunThatLaunchesNamesTheInstancesThatMayRunUnnoticed() {
    RunInstancesRequest launch = launchWithANewProfile();
    PropagationProbe launching = probing(launched("i-0123456789abcdef0", "i-0123456789abcdef1"));

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                launching.probe(
                    new ProbeRequest(List.of(launch), Optional.empty(), Optional.empty())))
        .withMessageContainingAll(
            "may be running: i-0123456789abcdef0, i-0123456789abcdef1.", "terminate them");
  }

  @Test
  void aDryRunThatSucceedsWithoutInstancesIsNoProofEither() {
    RunInstancesRequest launch = launchWithANewProfile();
    PropagationProbe launching = probing(launched());

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                launching.probe(
                    new ProbeRequest(List.of(launch), Optional.empty(), Optional.empty())))
        .withMessageContaining("EC2 named none");
  }

  private PropagationProbe probing(RunInstancesResponse answer) {
    Ec2Client ec2 =
        new Ec2Client() {
          @Override
          public RunInstancesResponse runInstances(RunInstancesRequest request) {
            return answer;
          }

          @Override
          public String serviceName() {
            return "ec2";
          }

          @Override
          public void close() {}
        };
    return new PropagationProbe(
        ec2,
        new InstanceProfiles(aws.iam(), RoleRequests.OWNER, aws.clock()),
        aws.clock(),
        Duration.ofMinutes(5));
  }

  private static RunInstancesResponse launched(String... ids) {
    return RunInstancesResponse.builder()
        .instances(Arrays.stream(ids).map(id -> Instance.builder().instanceId(id).build()).toList())
        .build();
  }

  @Test
  void anyOtherRefusalEndsTheLaunchAtOnce() {
    RunInstancesRequest launch = launchWithANewProfile();
    aws.knownImages("ami-2");

    assertThatThrownBy(() -> probe(launch, Optional.empty()))
        .isInstanceOf(LaunchRejected.class)
        .hasMessageContaining("InvalidAMIID.NotFound");
  }
}
