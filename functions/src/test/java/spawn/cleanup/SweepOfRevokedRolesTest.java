package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.cleanup.GivenRequest.aRequest;
import static spawn.cleanup.GivenSweep.run;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.error.InvalidRequest;
import spawn.revocation.RevocationRequest;
import spawn.revocation.Revocations;
import spawn.role.LeaseTerms;
import spawn.role.RoleConvergence;
import spawn.role.RoleRequest;
import spawn.role.RoleRequests;
import spawn.role.Roles;
import spawn.role.Tags;

/** Removed, a revoked role could be made again: it stays until somebody names it. */
class SweepOfRevokedRolesTest {
  private static final RoleRequest READ_S3 = RoleRequests.of("{'policies': ['s3:ReadOnly']}");
  private static final String NAME = READ_S3.names().get(0);

  private final SimulatedAws aws = SimulatedAws.create();
  private final List<ObjectNode> deleted = new ArrayList<>();
  private final Sweep sweep = GivenSweep.of(aws).log(deleted::add).build();

  private void revoke(String role) {
    new Revocations(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD)
        .answer(RevocationRequest.read(json("{'role': '%s', 'reason': 'leaked'}".formatted(role))));
  }

  private void givenUnusedRole() {
    new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD).ensure(READ_S3);
    aws.advance(Duration.ofHours(2));
  }

  private RoleReport swept(SweepRequest request, String role) {
    return run(sweep, request).roles().stream()
        .filter(report -> report.role().equals(role))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void itStaysAndAMarkThatItBearsIsTakenOff() {
    givenUnusedRole();
    assertThat(swept(SweepRequest.ordinary(), NAME).verdict()).isEqualTo(Verdict.MARKED);
    revoke(NAME);
    aws.advance(Duration.ofMinutes(15));

    assertThat(swept(SweepRequest.ordinary(), NAME))
        .isEqualTo(
            new RoleReport(
                NAME,
                Verdict.UNMARKED,
                KeepReason.REVOKED,
                "an operator has revoked it at 2026-01-01T02:00:00Z; only a call that names it removes it",
                true));
    assertThat(aws.role(NAME).orElseThrow().tags()).doesNotContainKey(Tags.DELETING);
    assertThat(swept(aRequest().everything().build(), NAME).code()).isEqualTo(KeepReason.REVOKED);
    assertThat(aws.roles()).hasSize(1);
  }

  @Test
  void aCallThatNamesItRemovesItWithItsDenials() {
    givenUnusedRole();
    revoke(NAME);
    SweepRequest naming = aRequest().roleNames(NAME).build();
    assertThat(swept(naming, NAME).verdict()).isEqualTo(Verdict.MARKED);
    aws.advance(Duration.ofMinutes(15));

    assertThat(swept(naming, NAME).verdict()).isEqualTo(Verdict.DELETED);

    assertThat(aws.roles()).isEmpty();
    assertThat(deleted.get(0).at("/payload/iam/policyDocument").toString())
        .contains("s3:")
        .doesNotContain("Deny");
  }

  /** Whichever call of the deletion a revocation precedes, its denial is in the role afterwards. */
  @Test
  void oneThatIsRevokedWhileItIsDeletedStaysOrIsToldToBeGone() {
    for (String operation :
        List.of("ListRolePolicies", "UntagRole", "DeleteRolePolicy", "DeleteRole")) {
      givenUnusedRole();
      swept(SweepRequest.ordinary(), NAME);
      aws.advance(Duration.ofMinutes(15));
      aws.faults(before(operation, () -> revoke(NAME)));

      RoleReport report = swept(SweepRequest.ordinary(), NAME);

      assertThat(report.code()).as(operation).isEqualTo(KeepReason.REVOKED);
      assertThat(aws.role(NAME).orElseThrow().inlinePolicies()).containsKey("spawn-revoked");
      assertThat(aws.role(NAME).orElseThrow().tags())
          .containsKey(Tags.REVOKED)
          .doesNotContainKey(Tags.DELETING);
      aws.faults(Faults.NONE);
      aws.deleteRole(NAME);
    }
  }

  @Test
  void aDenialWithoutItsMarkKeepsARoleToo() {
    givenUnusedRole();
    revoke(NAME);
    aws.personsIam().untagRole(untag -> untag.roleName(NAME).tagKeys(Tags.REVOKED));
    swept(SweepRequest.ordinary(), NAME);
    aws.advance(Duration.ofMinutes(15));

    assertThat(swept(SweepRequest.ordinary(), NAME).code()).isEqualTo(KeepReason.REVOKED);
    assertThat(deleted).isEmpty();
  }

  @Test
  void aSetWithARevokedRoleStaysAsAWhole() {
    RoleConvergence sets = new RoleConvergence(aws.iam(), RoleRequests.OWNER, aws.clock());
    for (String name : List.of("flows-a", "flows-b")) {
      sets.converge(RoleRequests.named(name, "{'policies': ['s3:ReadOnly']}"), "flows", false);
    }
    aws.advance(Duration.ofHours(2));
    revoke("flows-a");
    SweepRequest removal = aRequest().roleSet("flows").build();

    assertThat(swept(removal, "flows-b").code()).isEqualTo(KeepReason.SET_IN_USE);
    assertThat(swept(removal, "flows-a").code()).isEqualTo(KeepReason.REVOKED);
    assertThat(swept(removal, "flows-a").isUse()).isTrue();
  }

  private static Faults before(String operation, Runnable happening) {
    return new Faults() {
      private boolean happened;

      @Override
      public void before(Call call) {
        if (call.operation().equals(operation) && !happened) {
          happened = true;
          try {
            happening.run();
          } catch (InvalidRequest gone) {
            throw new AssertionError("the role was there", gone);
          }
        }
      }
    };
  }
}
