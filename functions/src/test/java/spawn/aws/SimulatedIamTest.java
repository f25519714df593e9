package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.aws.Errors.assertRefused;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;

/** The rules, and those that want quotas and lag to be set. */
class SimulatedIamTest extends IamRules {
  private final SimulatedAws aws = SimulatedAws.create();

  @Override
  IamClient iam() {
    return aws.iamOnEveryPath();
  }

  @Override
  IamClient iamBoundToSpawnsPath() {
    return aws.iam("/spawn/");
  }

  @Override
  String givenServiceLinkedRole() {
    return aws.givenRole("AWSServiceRoleForBatch", role -> role.path("/aws-service-role/batch/"))
        .name();
  }

  @Override
  String absentPolicy() {
    String arn = "arn:aws:iam::aws:policy/Absent";
    aws.missingPolicy(arn);
    return arn;
  }

  @Test
  void anAccountHasAQuotaOfRoles() {
    aws.rolesQuota(1);
    createRole("one", "/");

    assertRefused(
        () -> createRole("two", "/"),
        "LimitExceeded",
        409,
        "Cannot exceed quota for RolesPerAccount: 1");
  }

  @Test
  void anAccountHasAQuotaOfProfiles() {
    aws.profilesQuota(1);
    createProfile("one");

    assertRefused(() -> createProfile("two"), "LimitExceeded", 409);
  }

  @Test
  void aRoleHasAQuotaOfAttachedPolicies() {
    aws.attachedPoliciesQuota(1);
    createRole("worker", "/");
    attach("worker", READ_ONLY);

    assertRefused(
        () -> attach("worker", "arn:aws:iam::aws:policy/AdministratorAccess"),
        "LimitExceeded",
        409,
        "Cannot exceed quota for PoliciesPerRole: 1");
  }

  @Test
  void theAccountsSummaryShowsTheQuotasThatAreSet() {
    aws.rolesQuota(7);

    assertThat(iam().getAccountSummary().summaryMap())
        .containsEntry(SummaryKeyType.ROLES_QUOTA, 7)
        .containsEntry(SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA, 10)
        .containsEntry(SummaryKeyType.ASSUME_ROLE_POLICY_SIZE_QUOTA, 2_048);
  }

  @Test
  void puttingARoleIntoAProfileNeedsPassRole() {
    createRole("worker", "/");
    createProfile("worker");
    aws.deny("iam:PassRole");

    assertRefused(() -> addRole("worker", "worker"), "AccessDenied", 403, "iam:PassRole");
  }

  @Test
  void aUseOfARoleShowsInGetRoleOnly() {
    aws.givenRole("worker", role -> role.lastUsed(aws.clock().instant()));

    assertThat(role("worker").roleLastUsed().lastUsedDate()).isEqualTo(aws.clock().instant());
    assertThat(iam().listRoles().roles().get(0).roleLastUsed()).isNull();
  }

  @Test
  void pagesMayBeShortOrEmptyAndStillAllIsListedOnce() {
    aws.shortPages(2);
    List<String> names = IntStream.range(10, 30).mapToObj(number -> "worker-" + number).toList();
    names.forEach(aws::givenRole);
    aws.forgetCalls();

    assertThat(iam().listRolesPaginator().roles())
        .extracting(Role::roleName)
        .containsExactlyElementsOf(names);
    assertThat(aws.calls("ListRoles")).hasSizeGreaterThan(10);
  }

  @Test
  void aRoleMadeJustNowMayNotBeFoundWhenItIsPutIntoAProfile() {
    SimulatedAws lagging = SimulatedAws.seeded(1).iamReadsLagUpTo(Duration.ofSeconds(30));
    boolean missed = false;
    for (int number = 0; number < 50 && !missed; number++) {
      String name = "worker-" + number;
      lagging
          .iamOnEveryPath()
          .createRole(
              request -> request.roleName(name).assumeRolePolicyDocument(GivenRole.TRUSTS_EC2));
      lagging.iamOnEveryPath().createInstanceProfile(request -> request.instanceProfileName(name));
      try {
        lagging
            .iamOnEveryPath()
            .addRoleToInstanceProfile(request -> request.instanceProfileName(name).roleName(name));
      } catch (NoSuchEntityException notSeenYet) {
        missed = true;
      }
    }

    assertThat(missed).isTrue();
  }
}
