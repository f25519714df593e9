package spawn.policy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import spawn.policy.ActionGroup.Scoped;
import spawn.policy.ActionGroup.Unscoped;

/** What one entry of {@code policies} grants: a service at a level, or one task of it. */
sealed interface Word permits Template, Task {
  /** Returns the word, for example {@code s3:ReadOnly} or {@code ecr:Pull}. */
  String name();

  /** Returns the service that the word names. */
  String service();

  /** Returns the actions. */
  List<ActionGroup> groups();

  /** Returns whether it grants all that its service has. */
  boolean isFullAccess();

  /** Returns the service of a group's actions, which may be another than the word's. */
  default String serviceOf(ActionGroup group) {
    return group.service() == null ? service() : group.service();
  }

  /** Returns the services whose resources can bind it, its own among them. */
  default Set<String> services() {
    Set<String> services = new TreeSet<>(Set.of(service()));
    for (ActionGroup group : groups()) {
      if (group.scoped() == Scoped.BIND) {
        services.add(serviceOf(group));
      }
    }
    return services;
  }

  /** Returns the actions that are never granted on all resources. */
  default List<String> actionsThatNeedResources() {
    return groups().stream()
        .filter(group -> group.unscoped() == Unscoped.REFUSE)
        .flatMap(group -> group.actions().stream())
        .toList();
  }
}
