package spawn.policy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Something risky in a policy: what {@link Risks} says of it, and the actions that bring it.
 *
 * @param id the id of a rule, or the code of a finding
 * @param severity how much it should worry
 * @param actions the first actions that bring it, as they are spelled
 * @param more how many others there are
 */
record Finding(String id, Severity severity, List<String> actions, int more) {
  private static final int MOST_SHOWN = 5;

  static Finding of(String id, Severity severity, List<String> actions) {
    List<String> distinct = actions.stream().distinct().toList();
    int shown = Math.min(distinct.size(), MOST_SHOWN);
    return new Finding(id, severity, distinct.subList(0, shown), distinct.size() - shown);
  }

  /** Returns one finding for several of the same risk: the most severe, with all the actions. */
  static Finding merged(List<Finding> same) {
    Finding all =
        of(
            same.get(0).id(),
            same.stream().map(Finding::severity).min(Comparator.naturalOrder()).orElseThrow(),
            same.stream().flatMap(one -> one.actions().stream()).toList());
    return new Finding(
        all.id(),
        all.severity(),
        all.actions(),
        all.more() + same.stream().mapToInt(Finding::more).sum());
  }

  /** Returns the actions as a message shows them, a space after them; nothing if there are none. */
  String shown() {
    String list = String.join(", ", actions);
    return actions.isEmpty()
        ? ""
        : more == 0 ? list + " " : "%s and %d more ".formatted(list, more);
  }

  /** Returns it as one word, for a table. */
  @Override
  public String toString() {
    return String.join("|", id, severity.name(), String.join(",", actions), Integer.toString(more));
  }

  /** Returns a finding from its word. */
  static Finding of(String word) {
    String[] parts = word.split("\\|", -1);
    return new Finding(
        parts[0],
        Severity.valueOf(parts[1]),
        parts[2].isEmpty() ? List.of() : Arrays.asList(parts[2].split(",")),
        Integer.parseInt(parts[3]));
  }
}
