package spawn.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.error.Work;
import spawn.policy.ActionGroup.Scoped;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.Action;

/** The actions that write to a resource, which is better named than left open. */
final class WriteActions {
  private static final Set<Access> READS = Set.of(Access.LIST, Access.READ);

  /** How the names of actions begin that only read. */
  private static final Pattern READS_BY_NAME =
      Pattern.compile(
          "(batch)?get|list|describe|search|query|scan|head|receive|decrypt",
          Pattern.CASE_INSENSITIVE);

  private final Templates templates;

  WriteActions(Templates templates) {
    this.templates = templates;
  }

  /**
   * Returns whether words grant an action on {@code *} even where the payload names resources,
   * although the reference may have a kind of ARN for it.
   */
  private boolean staysOnEverything(String service, String action) {
    return templates.chosen(service).stream()
        .flatMap(words -> Stream.concat(words.groups().stream(), ofTasks(service, words)))
        .filter(group -> group.scoped() == Scoped.KEEP)
        .anyMatch(group -> group.actions().stream().anyMatch(action::equalsIgnoreCase));
  }

  /** Returns the actions of a service's tasks that are its own: some have others' besides. */
  private static Stream<ActionGroup> ofTasks(String service, ServiceTemplates words) {
    return words.tasks(service).stream()
        .flatMap(
            task -> task.groups().stream().filter(group -> task.serviceOf(group).equals(service)));
  }

  /** Returns whether an action, or any that a pattern matches, writes to a resource. */
  boolean contain(Glob pattern, Work work) {
    if (WholeServices.isEveryAction(pattern.toString())) {
      return true;
    }
    String text = pattern.toString();
    int colon = text.indexOf(':');
    String name = text.substring(0, Math.max(colon, 0));
    if (staysOnEverything(name, text.substring(colon + 1))) {
      return false;
    }
    Optional<ServiceReference> service = ServiceReference.of(name);
    if (service.isPresent() && !pattern.isWild()) {
      Optional<Action> known = service.get().action(text.substring(colon + 1));
      return known
          .map(WriteActions::writes)
          .orElseGet(() -> !readsByName(text.substring(colon + 1)));
    }
    List<Action> matched =
        service.stream().flatMap(reference -> reference.matching(pattern, work)).toList();
    return matched.isEmpty()
        ? !readsByName(text.substring(colon + 1))
        : matched.stream().anyMatch(WriteActions::writes);
  }

  private static boolean writes(Action action) {
    return !READS.contains(action.access())
        && !action.accepts().isEmpty()
        && !readsByName(action.name());
  }

  /** AWS calls a few of them writes, such as {@code kms:Decrypt}. */
  private static boolean readsByName(String action) {
    return READS_BY_NAME.matcher(action).lookingAt();
  }
}
