package spawn.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.aws.SimulatedAws;
import spawn.error.PropagationTimeout;
import spawn.error.RoleVanished;

class PropagationProbeTest {
  private static final RunInstancesRequest LAUNCH =
      RunInstancesRequest.builder()
          .imageId("ami-1")
          .minCount(1)
          .maxCount(1)
          .clientToken("token")
          .iamInstanceProfile(profile -> profile.name("worker"))
          .build();

  private final SimulatedAws aws = SimulatedAws.seeded(1);
  private final PropagationProbe probe =
      new PropagationProbe(
          aws.ec2("us-east-1"),
          new InstanceProfiles(aws.iam(), aws.clock()),
          aws.clock(),
          Duration.ofMinutes(5));

  private void givenANewProfile() {
    aws.givenRole("worker");
    new InstanceProfiles(aws.iam(), aws.clock())
        .ensure(
            new ProfileRequest(
                "worker", "worker", "AROA-not-looked-at", true, aws.clock().instant(), "tester"));
    aws.forgetCalls();
  }

  @Test
  void threeGoodAnswersInARowAreTheProof() {
    givenANewProfile();

    assertThat(probe.probe(LAUNCH, Optional.empty()).visible()).isTrue();
    assertThat(aws.operations()).containsExactly("RunInstances", "RunInstances", "RunInstances");
    assertThat(aws.writes()).isEmpty();
    assertThat(aws.instances()).isEmpty();
  }

  @Test
  void anUnseenProfileIsAskedForAgainLater() {
    aws.ec2SeesIamWithin(Duration.ofMinutes(2));
    givenANewProfile();

    Visibility first = probe.probe(LAUNCH, Optional.empty());

    assertThat(first.visible()).isFalse();
    assertThat(first.nextProbeInSeconds()).isBetween(1, 8);
    assertThat(first.waitingSince()).isEqualTo(aws.clock().instant());
    aws.advance(Duration.ofSeconds(121));
    assertThat(probe.probe(LAUNCH, Optional.of(first.waitingSince())).visible()).isTrue();
  }

  @Test
  void aProfileThatIsNeverSeenTimesOutAfterFiveMinutes() {
    aws.ec2SeesIamWithin(Duration.ofDays(30));
    givenANewProfile();
    Instant since = aws.clock().instant();
    aws.advance(Duration.ofSeconds(299));
    assertThat(probe.probe(LAUNCH, Optional.of(since)).visible()).isFalse();
    aws.advance(Duration.ofSeconds(1));

    assertThatExceptionOfType(PropagationTimeout.class)
        .isThrownBy(() -> probe.probe(LAUNCH, Optional.of(since)))
        .withMessageContaining("300 seconds");
  }

  @Test
  void aProfileThatIamDoesNotKnowEitherHasVanishedOnceItsReadsHaveSettled() {
    Instant since = aws.clock().instant();
    assertThat(probe.probe(LAUNCH, Optional.of(since)).visible()).isFalse();
    aws.advance(Duration.ofSeconds(91));

    assertThatExceptionOfType(RoleVanished.class)
        .isThrownBy(() -> probe.probe(LAUNCH, Optional.of(since)));
  }

  @Test
  void anyOtherRefusalEndsTheLaunchAtOnce() {
    givenANewProfile();
    aws.knownImages("ami-2");

    assertThatThrownBy(() -> probe.probe(LAUNCH, Optional.empty()))
        .isInstanceOfSatisfying(
            Ec2Exception.class,
            refusal ->
                assertThat(refusal.awsErrorDetails().errorCode())
                    .isEqualTo("InvalidAMIID.NotFound"));
  }
}
