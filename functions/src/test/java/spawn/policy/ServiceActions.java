package spawn.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.Action;

/** What AWS's service authorization reference says of the actions of the templates' services. */
final class ServiceActions {
  /** Returns the names of a service's actions at an access level. */
  List<String> at(String service, Access access) {
    return reference(service).actions().stream()
        .filter(action -> action.access() == access)
        .map(Action::name)
        .toList();
  }

  private static ServiceReference reference(String service) {
    return ServiceReference.of(service).orElseThrow();
  }

  /** Returns what is wrong with the templates: nothing if every action is what they say it is. */
  List<String> contradictions(Collection<? extends Word> templates) {
    List<String> found = new ArrayList<>();
    for (Word template : templates) {
      for (ActionGroup group : template.groups()) {
        for (String action : group.actions()) {
          contradiction(template, group, action, found);
        }
      }
    }
    return found;
  }

  private void contradiction(Word template, ActionGroup group, String action, List<String> found) {
    String name = template.name() + " " + action;
    if (action.equals("*")) {
      if (group.access() != ActionGroup.Access.ALL) {
        found.add(name + " is all access");
      }
      return;
    }
    Optional<Action> known = reference(template.serviceOf(group)).action(action);
    if (known.isEmpty()) {
      found.add(name + " does not exist");
      return;
    }
    Access access = known.get().access();
    boolean fits =
        switch (group.access()) {
          case ALL -> false;
          case READ -> access == Access.READ || access == Access.LIST;
          case WRITE -> access == Access.WRITE;
          case TAGGING -> access == Access.TAGGING;
          case PERMISSIONS -> access == Access.PERMISSIONS_MANAGEMENT;
        };
    if (!fits) {
      found.add(name + " is at access level " + access);
    }
    for (String kind : group.on()) {
      if (known.get().accepts().stream().noneMatch(referenceKind(kind)::equalsIgnoreCase)) {
        found.add(name + " does not accept " + kind);
      }
    }
    if (group.on().isEmpty() && group.scoped() == ActionGroup.Scoped.BIND) {
      found.add(name + " is bound to nothing");
    }
  }

  /** The reference knows paths of parameters only as parameters, and listed buckets as buckets. */
  private static String referenceKind(String kind) {
    return switch (kind) {
      case "path" -> "parameter";
      case "listed" -> "bucket";
      default -> kind;
    };
  }
}
