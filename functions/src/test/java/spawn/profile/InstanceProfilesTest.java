package spawn.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedProfile;
import spawn.error.NotVisibleYet;
import spawn.error.ProfileConflict;
import spawn.error.QuotaExceeded;
import spawn.error.RoleVanished;

class InstanceProfilesTest {
  private final SimulatedAws aws = SimulatedAws.create();
  private final InstanceProfiles profiles = new InstanceProfiles(aws.iam(), aws.clock());

  private ProfileRequest request(boolean roleIsNew) {
    return new ProfileRequest("worker", "worker", roleIsNew, aws.clock().instant(), "tester");
  }

  @Test
  void aNewRolesProfileIsMadeWithTwoCalls() {
    aws.givenRole("worker");

    EnsuredProfile ensured = profiles.ensure(request(true));

    assertThat(aws.operations())
        .containsExactly("CreateInstanceProfile", "AddRoleToInstanceProfile");
    assertThat(ensured.settled()).isFalse();
    SimulatedProfile profile = aws.profile("worker").orElseThrow();
    assertThat(profile.path()).isEqualTo("/spawn/");
    assertThat(profile.roleName()).contains("worker");
    assertThat(profile.tags())
        .containsEntry("spawn:managed", "true")
        .containsEntry("spawn:role", "worker")
        .containsEntry("spawn:creator", "tester")
        .containsKey("spawn:created");
    assertThat(ensured.arn()).isEqualTo("arn:aws:iam::123456789012:instance-profile/spawn/worker");
  }

  @Test
  void aCompleteProfileIsFoundWithOneReadAndSettlesAfterTenMinutes() {
    aws.givenRole("worker");
    ProfileRequest request = request(false);
    profiles.ensure(request);
    aws.advance(Duration.ofMinutes(10));
    assertThat(profiles.ensure(request).settled()).isFalse();
    aws.advance(Duration.ofSeconds(1));
    aws.forgetCalls();

    assertThat(profiles.ensure(request).settled()).isTrue();
    assertThat(aws.operations()).containsExactly("GetInstanceProfile");
  }

  @Test
  void anOldProfileOfARoleMadeAnewIsNotSettled() {
    aws.givenRole("worker");
    profiles.ensure(request(true));
    aws.advance(Duration.ofDays(1));

    assertThat(profiles.ensure(request(false)).settled()).isFalse();
  }

  @Test
  void anEmptyProfileOfSpawnsGetsItsRole() {
    aws.givenRole("worker");
    aws.faults(Faults.crashBefore(2));
    assertThatThrownBy(() -> profiles.ensure(request(true))).isInstanceOf(Error.class);
    aws.faults(Faults.NONE);

    profiles.ensure(request(false));

    assertThat(aws.profile("worker").orElseThrow().roleName()).contains("worker");
  }

  @Test
  void anEmptyProfileThatIsNotSpawnsIsLeftEmpty() {
    aws.givenRole("worker");
    aws.givenProfile("worker", "/");

    assertThatExceptionOfType(ProfileConflict.class)
        .isThrownBy(() -> profiles.ensure(request(false)))
        .withMessageContaining("not made by spawn");
    assertThat(aws.profile("worker").orElseThrow().roleName()).isEmpty();
  }

  @Test
  void aProfileThatHoldsAnotherRoleIsAConflict() {
    aws.givenRole("other", role -> role.inProfile("worker"));
    aws.givenRole("worker");

    assertThatExceptionOfType(ProfileConflict.class)
        .isThrownBy(() -> profiles.ensure(request(false)))
        .withMessageContainingAll("holds role \"other\"", "$.iam.instanceProfile");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aProfileOfTheUsersOwnThatHoldsTheRoleIsUsedAsItIs() {
    aws.givenRole("worker", role -> role.path("/team/").inProfile("worker"));

    assertThat(profiles.ensure(request(false)).name()).isEqualTo("worker");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void theSameRoleAlreadyInTheProfileIsNoError() {
    aws.givenRole("worker");
    aws.faults(Faults.crashAfter(2));
    assertThatThrownBy(() -> profiles.ensure(request(true))).isInstanceOf(Error.class);
    aws.faults(Faults.NONE).iamReadsLagUpTo(Duration.ZERO);

    assertThat(profiles.ensure(request(true)).name()).isEqualTo("worker");
  }

  @Test
  void aFullAccountIsToldHowManyProfilesItHas() {
    aws.givenRole("worker");
    aws.givenProfile("one", "/");
    aws.profilesQuota(1);

    assertThatExceptionOfType(QuotaExceeded.class)
        .isThrownBy(() -> profiles.ensure(request(true)))
        .withMessageContaining("1 of 1 instance profiles");
  }

  @Test
  void aRoleThatIsGoneHasVanished() {
    assertThatExceptionOfType(RoleVanished.class).isThrownBy(() -> profiles.ensure(request(true)));
  }

  @Test
  void aProfileNameThatIsTakenButNotShownIsTriedAgainLater() {
    int notShown = 0;
    for (long seed = 0; seed < 50; seed++) {
      SimulatedAws lagging = SimulatedAws.seeded(seed).iamReadsLagUpTo(Duration.ofSeconds(30));
      lagging.givenRole("worker");
      lagging.settle();
      InstanceProfiles late = new InstanceProfiles(lagging.iam(), lagging.clock());
      lagging.faults(Faults.crashAfter(1));
      assertThatThrownBy(() -> late.ensure(request(true))).isInstanceOf(Error.class);
      lagging.faults(Faults.NONE);
      try {
        late.ensure(request(true));
      } catch (NotVisibleYet expected) {
        notShown++;
      }
      lagging.advance(Duration.ofSeconds(31));
      late.ensure(request(false));
      assertThat(lagging.profile("worker").orElseThrow().roleName()).contains("worker");
    }
    assertThat(notShown).isPositive();
  }
}
