package spawn.role;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
   * Returns in which parts the role differs from what a request asks for, as clauses of a sentence;
   * empty if it is just that. Statements are never quoted.
   */
  public List<String> differencesFrom(RoleRequest request) {
    Map<String, String> tags = Tags.ofCaller(role.tags());
    Map<String, String> wanted = Tags.ofCaller(request.tags());
    List<String> differences = differencesFrom(request.permissions());
    if (!tags.equals(wanted)) {
      differences.add("its tags are %s, not %s".formatted(tags, wanted));
    }
    return differences;
  }

  /**
   * Returns in which parts the role differs from wanted permissions, as clauses of a sentence;
   * empty if it holds exactly them. Statements are never quoted.
   */
  public List<String> differencesFrom(Permissions wanted) {
    List<String> differences = unchangeableDifferencesFrom(wanted);
    if (!policies.managed().equals(wanted.managedPolicyArns())) {
      differences.add(managedPoliciesDiffer(wanted));
    }
    List<PolicyDocument> inline =
        policies.inline().values().stream().map(PolicyDocument::of).toList();
    Optional<Instant> expires =
        inline.stream().flatMap(policy -> policy.expires().stream()).min(Instant::compareTo);
    if (!expires.equals(wanted.expires())) {
      differences.add("it ends %s, not %s".formatted(inWords(expires), inWords(wanted.expires())));
    }
    if (!withoutExpiry(inline).equals(withoutExpiry(List.of(wanted.inlinePolicy())))) {
      differences.add("its inline policy differs");
    }
    return differences;
  }

  private static String inWords(Optional<Instant> expires) {
    return expires.map("at %s"::formatted).orElse("never");
  }

  /** Returns what policies hold besides the end of their role. */
  private static List<PolicyDocument> withoutExpiry(List<PolicyDocument> policies) {
    return policies.stream()
        .map(PolicyDocument::withoutExpiry)
        .filter(policy -> !policy.isEmpty())
        .toList();
  }

  /**
   * Returns why putting, attaching and tagging what is wanted would not make it the wanted role, as
   * clauses of a sentence: what it holds too much, and what no launch may change. Empty if it
   * would.
   */
  List<String> obstaclesTo(RoleRequest request) {
    Permissions wanted = request.permissions();
    List<String> obstacles = unchangeableDifferencesFrom(wanted);
    obstacles.addAll(RoleRecord.obstaclesTo(request, role));
    if (!wanted.managedPolicyArns().containsAll(policies.managed())) {
      obstacles.add(managedPoliciesDiffer(wanted));
    }
    if (policies.hasForeignInline()) {
      obstacles.add("it has inline policies that spawn did not put");
    }
    if (policies.ownInline().isPresent() && wanted.inlinePolicy().isEmpty()) {
      obstacles.add("it has an inline policy, and the payload asks for none");
    }
    return obstacles;
  }

  private List<String> unchangeableDifferencesFrom(Permissions wanted) {
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
    return differences;
  }

  private String managedPoliciesDiffer(Permissions wanted) {
    return "its managed policies are %s, not %s"
        .formatted(policies.managed(), wanted.managedPolicyArns());
  }
}
