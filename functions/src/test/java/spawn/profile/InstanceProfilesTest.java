package spawn.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.error.NotVisibleYet;
import spawn.error.ProfileConflict;
import spawn.error.QuotaExceeded;
import spawn.error.RoleVanished;
import spawn.role.RoleRequests;

class InstanceProfilesTest {
  private final SimulatedAws aws = SimulatedAws.create();
  private final InstanceProfiles profiles =
      new InstanceProfiles(aws.iam(), RoleRequests.OWNER, aws.clock());

  private ProfileRequest request(boolean roleIsNew) {
    return request(aws, roleIsNew);
  }

  private static ProfileRequest request(SimulatedAws aws, boolean roleIsNew) {
    String roleId = aws.role("worker").map(SimulatedRole::id).orElse("AROA-gone");
    return new ProfileRequest(
        "worker", "worker", roleId, roleIsNew, aws.clock().instant(), "tester", null);
  }

  @Test
  void aRoleThatWasReplacedSinceItWasFoundIsKnownByItsIdInTheProfile() {
    aws.givenRole("worker", role -> role.inProfile("worker"));
    ProfileRequest request = request(false);
    aws.deleteRole("worker");
    aws.givenRole("worker", role -> role.inProfile("worker"));

    assertThatExceptionOfType(RoleVanished.class)
        .isThrownBy(() -> profiles.ensure(request))
        .withMessageContaining("Role worker has been replaced by another role of the same name");
  }

  @Test
  void aProfileThatStillShowsAnOlderRoleIsReadAgainLater() {
    aws.givenRole("worker", role -> role.inProfile("worker"));
    String old = aws.role("worker").orElseThrow().id();
    aws.deleteRole("worker");
    aws.givenRole("worker", role -> role.inProfile("worker"));
    ProfileRequest request = request(false);

    assertThatExceptionOfType(NotVisibleYet.class)
        .isThrownBy(
            () ->
                new InstanceProfiles(showingInTheProfile(old), RoleRequests.OWNER, aws.clock())
                    .ensure(request))
        .withMessageContaining(
            "IAM still shows, in instance profile worker, a role worker that has been");
  }

  /** A read of IAM that is late, and so shows a role that is gone. */
  private IamClient showingInTheProfile(String roleId) {
    IamClient iam = aws.iam();
    return new IamClient() {
      @Override
      public GetInstanceProfileResponse getInstanceProfile(GetInstanceProfileRequest request) {
        InstanceProfile read = iam.getInstanceProfile(request).instanceProfile();
        return GetInstanceProfileResponse.builder()
            .instanceProfile(
                read.toBuilder()
                    .roles(read.roles().get(0).toBuilder().roleId(roleId).build())
                    .build())
            .build();
      }

      @Override
      public GetRoleResponse getRole(GetRoleRequest request) {
        return iam.getRole(request);
      }

      @Override
      public String serviceName() {
        return iam.serviceName();
      }

      @Override
      public void close() {
        iam.close();
      }
    };
  }

  @Test
  void aRoleThatHasBeenThereBeforeIsLookedAtAgainWhenItsProfileHadToBeFilled() {
    aws.givenRole("worker");

    EnsuredProfile ensured = profiles.ensure(request(false));

    assertThat(ensured.settled()).isFalse();
    assertThat(aws.operations())
        .containsExactly(
            "GetInstanceProfile",
            "CreateInstanceProfile",
            "AddRoleToInstanceProfile",
            "GetInstanceProfile");
  }

  @Test
  void aNewRolesProfileIsMadeWithTwoCalls() {
    aws.givenRole("worker");

    EnsuredProfile ensured = profiles.ensure(request(true));

    assertThat(aws.operations())
        .containsExactly("CreateInstanceProfile", "AddRoleToInstanceProfile");
    assertThat(ensured.settled()).isFalse();
    SimulatedProfile profile = aws.profile("worker").orElseThrow();
    assertThat(profile.path()).isEqualTo("/spawn/spawn/us-east-1/20260101T000000000Z/");
    assertThat(profile.roleName()).contains("worker");
    assertThat(profile.tags())
        .containsEntry("spawn:managed", "true")
        .containsEntry("spawn:role", "worker")
        .containsEntry("spawn:creator", "tester")
        .containsKey("spawn:created");
    assertThat(ensured.arn()).isEqualTo(profile.arn()).endsWith("000Z/worker");
  }

  @Test
  void aProfileThatIsMadeAgainHasAnotherArnSoThatEc2CannotTakeTheOldOneForIt() {
    aws.givenRole("worker");
    String first = profiles.ensure(request(true)).arn();
    aws.deleteProfile("worker");
    aws.advance(Duration.ofSeconds(1));

    assertThat(profiles.ensure(request(true)).arn()).isNotEqualTo(first);
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
        .withMessageContaining("not made by this stack");
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
      InstanceProfiles late =
          new InstanceProfiles(lagging.iam(), RoleRequests.OWNER, lagging.clock());
      lagging.faults(Faults.crashAfter(1));
      assertThatThrownBy(() -> late.ensure(request(lagging, true))).isInstanceOf(Error.class);
      lagging.faults(Faults.NONE);
      for (int round = 0; round < 2; round++) {
        try {
          late.ensure(request(lagging, true));
        } catch (NotVisibleYet expected) {
          notShown++;
        }
        lagging.advance(Duration.ofSeconds(31));
      }
      late.ensure(request(lagging, true));
      assertThat(lagging.profile("worker").orElseThrow().roleName()).contains("worker");
    }
    assertThat(notShown).isPositive();
  }
}
