package spawn.policy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a word grants that names a service and a level, for example {@code s3:ReadOnly}.
 *
 * @param service the name of the service, as in its actions
 * @param level how much of it
 * @param groups the actions
 */
record Template(String service, Level level, List<ActionGroup> groups) implements Word {
  @Override
  public String name() {
    return service + ":" + level;
  }

  @Override
  public boolean isFullAccess() {
    return level == Level.FULL_ACCESS;
  }

  /** Returns whether some of its actions are never granted on all resources. */
  boolean needsResources() {
    return !actionsThatNeedResources().isEmpty();
  }

  /** Returns the ARN kinds to which it can be bound. */
  Set<String> kinds() {
    return groups.stream().flatMap(group -> group.on().stream()).collect(Collectors.toSet());
  }
}
