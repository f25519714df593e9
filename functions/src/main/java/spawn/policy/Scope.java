package spawn.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One entry of {@code resources}: what words are bound to.
 *
 * @param path the entry's JSON path
 * @param text the entry as written
 * @param targets for each service that was asked for, for each of its ARN kinds, what the entry
 *     names
 * @param binds the services whose words are bound because of this entry; to the others of {@code
 *     targets} it only adds, where an entry of their own binds them
 */
record Scope(
    String path, String text, Map<String, Map<String, List<Target>>> targets, Set<String> binds) {
  /** Returns whether the entry names anything for actions of a service that accept these kinds. */
  boolean names(String service, List<String> kinds) {
    Map<String, List<Target>> byKind = targets.getOrDefault(service, Map.of());
    for (String kind : kinds) {
      if (byKind.containsKey(kind)) {
        return true;
      }
    }
    return false;
  }

  /** Returns what the entry names for actions of a service that accept these kinds. */
  List<Target> of(String service, List<String> kinds) {
    Map<String, List<Target>> byKind = targets.getOrDefault(service, Map.of());
    if (byKind.isEmpty()) {
      return List.of();
    }
    List<Target> all = new ArrayList<>();
    for (String kind : kinds) {
      all.addAll(byKind.getOrDefault(kind, List.of()));
    }
    return all;
  }
}
