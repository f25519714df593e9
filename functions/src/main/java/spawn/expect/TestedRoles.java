package spawn.expect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.Problem;
import spawn.error.QuotaExceeded;
import spawn.payload.JsonPath;
import spawn.policy.PermissionFields;
import spawn.policy.Permissions;
import spawn.role.FullRole;
import spawn.role.NamedRoles;
import spawn.role.PolicyVersions;
import spawn.role.RoleRequest;

/**
 * Collects the policies of a role: those that a payload describes, or those that a role holds which
 * it only names. Managed policies and boundaries are read in their default versions.
 */
final class TestedRoles {
  /**
   * The most managed policies that IAM lets an account attach to a role (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  static final int MAX_MANAGED_POLICIES = 25;

  private final NamedRoles roles;
  private final PolicyVersions versions;

  /**
   * Creates a reader.
   *
   * @param versions reads the documents, each once
   */
  TestedRoles(NamedRoles roles, PolicyVersions versions) {
    this.roles = roles;
    this.versions = versions;
  }

  /**
   * Returns what the role of a request holds, or would hold.
   *
   * @throws InvalidRequest if the payload names a policy, or a role, that is not there or not to be
   *     used
   * @throws QuotaExceeded if it has more managed policies than any account attaches
   * @throws NotVisibleYet if what was just read has been deleted or changed meanwhile
   */
  TestedRole of(RoleRequest request) {
    return request.described() || request.mayTakeAnotherName()
        ? described(request)
        : held(roles.of(request));
  }

  private TestedRole described(RoleRequest request) {
    Permissions permissions = request.permissions();
    if (permissions.managedPolicyArns().size() > MAX_MANAGED_POLICIES) {
      throw new QuotaExceeded(
          "The role should have %d managed policies, and IAM attaches at most %d to a role. Name fewer."
              .formatted(permissions.managedPolicyArns().size(), MAX_MANAGED_POLICIES));
    }
    List<PolicyText> policies = new ArrayList<>();
    if (!permissions.inlinePolicy().isEmpty()) {
      policies.add(PolicyText.of("the inline policy", true, permissions.inlinePolicy().toJson()));
    }
    List<Problem> problems = new ArrayList<>();
    for (String arn : permissions.managedPolicyArns()) {
      versions
          .documentOf(arn)
          .ifPresentOrElse(
              document -> policies.add(PolicyText.of(name(arn), true, document)),
              () -> problems.add(missing(arn, request.paths().managedPolicies())));
    }
    String boundary = permissions.permissionsBoundary();
    Optional<JsonNode> ofBoundary = versions.documentOf(boundary);
    if (ofBoundary.isEmpty()) {
      String field = PermissionFields.PERMISSIONS_BOUNDARY.name();
      problems.add(missing(boundary, JsonPath.member(request.paths().role(), field)));
    }
    if (!problems.isEmpty()) {
      throw new InvalidRequest(problems);
    }
    return new TestedRole(policies, ofBoundary.map(boundary(boundary)));
  }

  /** Of a role that is only named, no statement is quoted: it need not be the caller's own. */
  private TestedRole held(FullRole role) {
    List<PolicyText> policies = new ArrayList<>();
    role.policies()
        .inline()
        .forEach(
            (name, document) ->
                policies.add(
                    PolicyText.of("the inline policy \"%s\"".formatted(name), false, document)));
    role.policies()
        .managed()
        .forEach(arn -> policies.add(PolicyText.of(name(arn), false, attached(arn))));
    return new TestedRole(
        policies, role.role().permissionsBoundary().map(arn -> boundary(arn).apply(attached(arn))));
  }

  private static Function<JsonNode, PolicyText> boundary(String arn) {
    return document -> PolicyText.of("the permissions boundary " + name(arn), true, document);
  }

  private JsonNode attached(String arn) {
    return versions
        .documentOf(arn)
        .orElseThrow(
            () ->
                new NotVisibleYet(
                    "IAM does not show the policy %s, although the role holds it.".formatted(arn)));
  }

  private static String name(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }

  private static Problem missing(String arn, String path) {
    return new Problem(
        path,
        "There is no managed policy %s. Check its name, its path and its account.".formatted(arn));
  }
}
