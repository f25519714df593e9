package spawn.policy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import spawn.policy.ActionGroup.Unscoped;

/**
 * What one word of {@code policies} grants.
 *
 * @param service the name of the service, as in its actions
 * @param level how much of it
 * @param groups the actions
 */
record Template(String service, Level level, List<ActionGroup> groups) {
  /** Returns the word, for example {@code s3:ReadOnly}. */
  String name() {
    return service + ":" + level;
  }

  /** Returns whether some of its actions are never granted on all resources. */
  boolean needsResources() {
    return !actionsThatNeedResources().isEmpty();
  }

  /** Returns the actions that are never granted on all resources. */
  List<String> actionsThatNeedResources() {
    return groups.stream()
        .filter(group -> group.unscoped() == Unscoped.REFUSE)
        .flatMap(group -> group.actions().stream())
        .toList();
  }

  /** Returns the ARN kinds to which it can be bound. */
  Set<String> kinds() {
    return groups.stream().flatMap(group -> group.on().stream()).collect(Collectors.toSet());
  }
}
