package spawn.policy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import spawn.payload.Nearest;

/**
 * AWS's own managed policies, by name.
 *
 * <p>They have different paths, so a name alone does not make an ARN; no two share a name. The list
 * is {@code managed-policies.txt}; AWS adds policies, so one that is not on the list may exist.
 */
final class ManagedPolicies {
  private static final String SERVICE_LINKED = "/aws-service-role/";

  private final Map<String, String> paths;

  private ManagedPolicies(Map<String, String> paths) {
    this.paths = paths;
  }

  /** Read at the first launch that names a managed policy, as most name none. */
  private static final class OnDemand {
    static final ManagedPolicies LIST = load();
  }

  static ManagedPolicies list() {
    return OnDemand.LIST;
  }

  private static ManagedPolicies load() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                ManagedPolicies.class.getResourceAsStream("managed-policies.txt"),
                StandardCharsets.UTF_8))) {
      return new ManagedPolicies(
          lines
              .lines()
              .collect(
                  Collectors.toMap(
                      ManagedPolicies::name, Function.identity(), (a, b) -> a, TreeMap::new)));
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }

  /** Returns the last part of a path or ARN. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns path and name of the policy with that name, or nothing. */
  Optional<String> pathOf(String name) {
    return Optional.ofNullable(paths.get(name));
  }

  /** Returns the three attachable names that are nearest to a misspelt one. */
  List<String> nearest(String name) {
    return Nearest.to(
        name,
        paths.entrySet().stream()
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
