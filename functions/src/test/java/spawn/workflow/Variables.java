package spawn.workflow;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which variables of a state machine may be read before they are assigned, on any way through it.
 * Step Functions fails a state that reads such a one (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html">variables</a>).
 */
final class Variables {
  /** A variable, not a function, which has a parenthesis, nor the context of a state. */
  private static final Pattern READ = Pattern.compile("\\$([A-Za-z_]\\w*)(?!\\w|\\s*\\()");

  private static final Pattern LOCAL = Pattern.compile("\\$([A-Za-z_]\\w*)\\s*:=");

  private static final Pattern PARAMETERS = Pattern.compile("function\\(([^)]*)\\)");

  private static final Pattern QUOTED = Pattern.compile("'[^']*'");

  private final StateMachine machine;
  private final Map<String, Set<String>> assignedBefore = new HashMap<>();
  private final Deque<String> changed = new ArrayDeque<>();

  private Variables(StateMachine machine, Set<String> given) {
    this.machine = machine;
    this.assignedBefore.put(machine.startAt(), given);
    this.changed.add(machine.startAt());
  }

  /** Returns each state with a variable that it may read too early, as {@code State: $name}. */
  static Set<String> readTooEarly(StateMachine machine) {
    return readTooEarly(machine, Set.of());
  }

  private static Set<String> readTooEarly(StateMachine machine, Set<String> given) {
    Variables variables = new Variables(machine, given);
    while (!variables.changed.isEmpty()) {
      variables.walk(variables.changed.remove());
    }
    Set<String> early = new TreeSet<>();
    variables.assignedBefore.forEach(
        (name, assigned) -> {
          Map<String, Object> state = machine.state(name);
          early(name, readBy(state), assigned, early);
          if (machine.processor(name) != null) {
            early.addAll(readTooEarly(machine.processor(name), assigned));
          }
        });
    return early;
  }

  private static void early(
      String name, Set<String> read, Set<String> assigned, Set<String> early) {
    read.stream()
        .filter(variable -> !assigned.contains(variable))
        .forEach(variable -> early.add(name + ": $" + variable));
  }

  /** Goes on to each state that may follow, with what is assigned on the way to it. */
  private void walk(String name) {
    Map<String, Object> state = machine.state(name);
    Set<String> before = assignedBefore.get(name);
    for (String field : List.of("Next", "Default")) {
      if (state.get(field) instanceof String next) {
        reach(next, before, state);
      }
    }
    for (String field : List.of("Choices", "Catch")) {
      StateMachine.list(state, field)
          .forEach(rule -> reach((String) rule.get("Next"), before, rule));
    }
  }

  private void reach(String next, Set<String> before, Map<String, Object> way) {
    Set<String> assigned = new TreeSet<>(before);
    if (way.get("Assign") instanceof Map<?, ?> wanted) {
      wanted.keySet().forEach(variable -> assigned.add((String) variable));
    }
    Set<String> known = assignedBefore.get(next);
    if (known != null) {
      assigned.retainAll(known);
    }
    if (!assigned.equals(known)) {
      assignedBefore.put(next, assigned);
      changed.add(next);
    }
  }

  /** Returns the variables in all expressions of a state, those of a map's own states left out. */
  private static Set<String> readBy(Object part) {
    Set<String> read = new TreeSet<>();
    if (part instanceof Map<?, ?> object) {
      object.forEach(
          (field, value) -> {
            if (!"ItemProcessor".equals(field)) {
              read.addAll(readBy(value));
            }
          });
    } else if (part instanceof Collection<?> list) {
      list.forEach(value -> read.addAll(readBy(value)));
    } else if (Expressions.isExpression(part)) {
      String code = QUOTED.matcher((String) part).replaceAll("''");
      for (Matcher each = READ.matcher(code); each.find(); ) {
        read.add(each.group(1));
      }
      for (Matcher each = LOCAL.matcher(code); each.find(); ) {
        read.remove(each.group(1));
      }
      for (Matcher each = PARAMETERS.matcher(code); each.find(); ) {
        for (Matcher one = READ.matcher(each.group(1)); one.find(); ) {
          read.remove(one.group(1));
        }
      }
      read.remove("states");
    }
    return read;
  }
}
