package spawn.role;

import java.util.ArrayList;
import java.util.List;
import spawn.policy.Permissions;
import spawn.policy.PolicyDocument;

/**
 * A role with all that it holds, as a value: trust policy, permissions boundary, longest session
 * and tags from the role itself, and its policies.
 *
 * @param role the role as IAM's GetRole shows it
 * @param policies its inline and managed policies
 */
public record FullRole(KnownRole role, RolePolicies policies) {
  /**
   * Returns in which parts the role differs from wanted permissions, as clauses of a sentence;
   * empty if it holds exactly them. Statements are never quoted.
   */
  public List<String> differencesFrom(Permissions wanted) {
    List<String> differences = new ArrayList<>();
    if (!role.hasTrustPolicyOf(wanted)) {
      differences.add("its trust policy differs");
    }
    if (!role.hasBoundaryOf(wanted)) {
      differences.add("its permissions boundary differs");
    }
    if (role.maxSessionDuration() != wanted.maxSessionDuration()) {
      differences.add(
          "its longest session is %d s, not %d s"
              .formatted(role.maxSessionDuration(), wanted.maxSessionDuration()));
    }
    if (!policies.managed().equals(wanted.managedPolicyArns())) {
      differences.add(
          "its managed policies are %s, not %s"
              .formatted(policies.managed(), wanted.managedPolicyArns()));
    }
    List<PolicyDocument> inline =
        policies.inline().values().stream().map(PolicyDocument::of).toList();
    List<PolicyDocument> wantedInline =
        wanted.inlinePolicy().isEmpty() ? List.of() : List.of(wanted.inlinePolicy());
    if (!inline.equals(wantedInline)) {
      differences.add("its inline policy differs");
    }
    return differences;
  }
}
