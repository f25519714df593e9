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
    return aws.iam();
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
  void theAccountsSummaryHoldsCountsBesideQuotas() {
    aws.rolesQuota(7);
    createRole("worker", "/");

    assertThat(iam().getAccountSummary().summaryMap())
        .containsEntry(SummaryKeyType.ROLES, 1)
        .containsEntry(SummaryKeyType.ROLES_QUOTA, 7)
        .containsEntry(SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA, 10)
        .containsEntry(SummaryKeyType.ASSUME_ROLE_POLICY_SIZE_QUOTA, 2_048);
  }

  @Test
  void inlinePoliciesShareOneSizeCountedInBytesWithoutWhiteSpace() {
    createRole("worker", "/");
    int rest = IamLimits.INLINE_POLICIES_SIZE - IamLimits.size(withSid(""));
    putPolicy("worker", "p", withSid("a".repeat(rest)).replace(",", " ,\n\t\r"));

    assertRefused(
        () -> putPolicy("worker", "p", withSid("a".repeat(rest + 1))),
        "LimitExceeded",
        409,
        "Maximum policy size of 10240 bytes exceeded for role worker");
    assertRefused(
        () -> putPolicy("worker", "p", withSid("a".repeat(rest - 1) + "é")), "LimitExceeded", 409);
    assertRefused(() -> putPolicy("worker", "second", DOCUMENT), "LimitExceeded", 409);
  }

  @Test
  void aDocumentHoldsNoCharacterAboveLatinOne() {
    createRole("worker", "/");
    putPolicy("worker", "p", withSid("ÿ"));

    assertRefused(() -> putPolicy("worker", "p", withSid("Ā")), "ValidationError", 400);
  }

  @Test
  void aTrustPolicyHasItsOwnSize() {
    String longTrust =
        GivenRole.TRUSTS_EC2.replace(
            "{\"Effect", "{\"Sid\":\"" + "a".repeat(2_048) + "\",\"Effect");

    assertRefused(
        () ->
            iam()
                .createRole(
                    request -> request.roleName("worker").assumeRolePolicyDocument(longTrust)),
        "LimitExceeded",
        409);
  }

  @Test
  void aPolicyThatDoesNotExistIsNotAttached() {
    aws.missingPolicy("arn:aws:iam::aws:policy/Absent");
    createRole("worker", "/");

    assertRefused(() -> attach("worker", "arn:aws:iam::aws:policy/Absent"), "NoSuchEntity", 404);
    assertRefused(() -> attach("worker", "ReadOnlyAccess-is-no-arn"), "InvalidInput", 400);
    assertRefused(
        () -> attach("worker", "arn:aws:iam::aws:policy/aws-service-role/Any"),
        "PolicyNotAttachable",
        400);
  }

  @Test
  void aServicesOwnRoleIsNotChanged() {
    aws.givenRole("AWSServiceRoleForBatch", role -> role.path("/aws-service-role/batch/"));

    assertRefused(() -> tagRole("AWSServiceRoleForBatch", "a", "b"), "UnmodifiableEntity", 400);
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
          .iam()
          .createRole(
              request -> request.roleName(name).assumeRolePolicyDocument(GivenRole.TRUSTS_EC2));
      lagging.iam().createInstanceProfile(request -> request.instanceProfileName(name));
      try {
        lagging
            .iam()
            .addRoleToInstanceProfile(request -> request.instanceProfileName(name).roleName(name));
      } catch (NoSuchEntityException notSeenYet) {
        missed = true;
      }
    }

    assertThat(missed).isTrue();
  }

  private static String withSid(String sid) {
    return DOCUMENT.replace("{\"Effect", "{\"Sid\":\"" + sid + "\",\"Effect");
  }
}
