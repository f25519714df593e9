package spawn.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import spawn.payload.Nearest;

/**
 * AWS's own managed policies, by name, with what is risky in each.
 *
 * <p>They have different paths, so a name alone does not make an ARN; no two share a name. The list
 * is {@code managed-policies.txt}: a line has the path and name of a policy, then the findings of
 * {@link PolicyReview} in its document, which is too large to travel ({@code
 * ManagedPolicyTableTest} makes and holds them). AWS adds policies and changes them, so one that is
 * not on the list may exist, and one that is may grant more by now.
 */
final class ManagedPolicies {
  private static final String SERVICE_LINKED = "/aws-service-role/";

  private final Map<String, String> lines;

  private ManagedPolicies(Map<String, String> lines) {
    this.lines = lines;
  }

  /** Read at the first launch that names a managed policy, as most name none. */
  private static final class OnDemand {
    static final ManagedPolicies LIST = load();
  }

  static ManagedPolicies list() {
    return OnDemand.LIST;
  }

  private static ManagedPolicies load() {
    return new ManagedPolicies(
        PolicyData.lines("managed-policies.txt").stream()
            .collect(
                Collectors.toMap(
                    line -> name(path(line)), Function.identity(), (a, b) -> a, TreeMap::new)));
  }

  private static String path(String line) {
    return line.split(" ", 2)[0];
  }

  /** Returns the last part of a path or ARN. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns path and name of the policy with that name, or nothing. */
  Optional<String> pathOf(String name) {
    return Optional.ofNullable(lines.get(name)).map(ManagedPolicies::path);
  }

  /** Returns what is risky in the policy with that name, each risk once; nothing if unknown. */
  List<Finding> findings(String name) {
    return Stream.ofNullable(lines.get(name))
        .flatMap(line -> Arrays.stream(line.split(" ")).skip(1))
        .map(Finding::of)
        .toList();
  }

  /** Returns the names of all. */
  Set<String> names() {
    return lines.keySet();
  }

  /** Returns the three attachable names that are nearest to a misspelt one. */
  List<String> nearest(String name) {
    return Nearest.to(
        name,
        lines.entrySet().stream()
            .filter(policy -> !isServiceLinked(policy.getValue()))
            .map(Map.Entry::getKey)
            .toList(),
        3);
  }

  /**
   * Returns whether the policy is for one service's own role and cannot be attached to another (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html">PolicyNotAttachable</a>).
   */
  static boolean isServiceLinked(String path) {
    return path.startsWith(SERVICE_LINKED);
  }
}
