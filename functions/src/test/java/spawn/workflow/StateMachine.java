package spawn.workflow;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A definition in Amazon States Language with JSONata, checked field by field: what this package
 * does not run, it refuses (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html">Amazon
 * States Language</a>).
 */
final class StateMachine {
  /** Calls a function, and goes on with its answer. */
  static final String INVOKE = "arn:aws:states:::lambda:invoke";

  /** Calls a function, and waits until somebody sends the token back. */
  static final String WAIT_FOR_TOKEN = "arn:aws:states:::lambda:invoke.waitForTaskToken";

  /** Runs an execution of another machine to its end. */
  static final String RUN = "arn:aws:states:::states:startExecution.sync:2";

  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([^}]*)}");

  private static final Set<String> MACHINE =
      Set.of("Comment", "QueryLanguage", "StartAt", "TimeoutSeconds", "States");

  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "Task",
          Set.of(
              "Comment",
              "Type",
              "Resource",
              "Arguments",
              "TimeoutSeconds",
              "Assign",
              "Output",
              "Retry",
              "Catch",
              "Next",
              "End"),
          "Choice",
          Set.of("Comment", "Type", "Choices", "Default", "Assign", "Output"),
          "Wait",
          Set.of("Comment", "Type", "Seconds", "Assign", "Output", "Next", "End"),
          "Pass",
          Set.of("Comment", "Type", "Assign", "Output", "Next", "End"),
          "Map",
          Set.of(
              "Comment",
              "Type",
              "Items",
              "MaxConcurrency",
              "ItemProcessor",
              "Assign",
              "Output",
              "Next",
              "End"),
          "Fail",
          Set.of("Comment", "Type", "Error", "Cause"));

  private static final Set<String> PROCESSOR = Set.of("ProcessorConfig", "StartAt", "States");

  private static final Set<String> CHOICE =
      Set.of("Comment", "Condition", "Next", "Assign", "Output");
  private static final Set<String> RETRIER =
      Set.of(
          "Comment",
          "ErrorEquals",
          "IntervalSeconds",
          "BackoffRate",
          "MaxDelaySeconds",
          "MaxAttempts",
          "JitterStrategy");
  private static final Set<String> CATCHER =
      Set.of("Comment", "ErrorEquals", "Assign", "Output", "Next");

  private final Map<String, Object> content;
  private final Map<String, Map<String, Object>> states = new LinkedHashMap<>();
  private final Map<String, StateMachine> processors = new LinkedHashMap<>();

  private String text;

  private StateMachine(Map<String, Object> content) {
    this.content = content;
  }

  /** Returns its text, by which an execution's definition is compared with today's. */
  String text() {
    if (text == null) {
      text = content.toString();
    }
    return text;
  }

  /**
   * Reads a definition.
   *
   * @param substitutions what stands for each {@code ${…}} in it
   */
  static StateMachine read(Path file, Map<String, String> substitutions) {
    try {
      String text = substituted(Files.readString(file), substitutions);
      StateMachine machine =
          new StateMachine(object(new ObjectMapper().readValue(text, Map.class)));
      only("the definition", machine.content, MACHINE);
      if (!"JSONata".equals(machine.content.get("QueryLanguage"))) {
        throw new UnsupportedOperationException("Only JSONata is run here.");
      }
      machine.check();
      return machine;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String substituted(String text, Map<String, String> substitutions) {
    return SUBSTITUTION
        .matcher(text)
        .replaceAll(
            found -> {
              if (found.group(1).equals(Template.PARTITION)) {
                return "aws";
              }
              String value = substitutions.get(found.group(1));
              if (value == null) {
                throw new IllegalStateException(
                    "The template gives no value for ${" + found.group(1) + "}.");
              }
              return Matcher.quoteReplacement(value);
            });
  }

  String startAt() {
    return (String) content.get("StartAt");
  }

  long timeoutSeconds() {
    return ((Number) content.get("TimeoutSeconds")).longValue();
  }

  Map<String, Map<String, Object>> states() {
    return states;
  }

  /** Returns its states with those that its maps run for each item. */
  Map<String, Map<String, Object>> allStates() {
    Map<String, Map<String, Object>> all = new LinkedHashMap<>(states);
    processors.values().forEach(processor -> all.putAll(processor.allStates()));
    return all;
  }

  /** Returns what the state of this name runs for each item. */
  StateMachine processor(String map) {
    return processors.get(map);
  }

  /** Returns the machines that its maps run for each item. */
  Collection<StateMachine> processors() {
    return processors.values();
  }

  Map<String, Object> state(String name) {
    Map<String, Object> state = states.get(name);
    if (state == null) {
      throw new IllegalStateException("There is no state " + name + ".");
    }
    return state;
  }

  static List<Map<String, Object>> list(Map<String, Object> state, String field) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Object each : (List<?>) state.getOrDefault(field, List.of())) {
      all.add(object(each));
    }
    return all;
  }

  static List<String> names(Map<String, Object> rule) {
    return ((List<?>) rule.get("ErrorEquals")).stream().map(String.class::cast).toList();
  }

  static Map<String, Object> object(Object value) {
    Map<String, Object> object = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((key, member) -> object.put((String) key, member));
    return object;
  }

  private void check() {
    object(content.get("States")).forEach((name, state) -> states.put(name, object(state)));
    states.forEach(this::check);
    state(startAt());
  }

  private void check(String name, Map<String, Object> state) {
    String type = (String) state.get("Type");
    if (!FIELDS.containsKey(type)) {
      throw new UnsupportedOperationException(name + ": states of type " + type + " are not run.");
    }
    only(name, state, FIELDS.get(type));
    if (type.equals("Task")
        && !Set.of(INVOKE, WAIT_FOR_TOKEN, RUN).contains((String) state.get("Resource"))) {
      throw new UnsupportedOperationException(name + ": " + state.get("Resource"));
    }
    if (type.equals("Map")) {
      StateMachine processor = new StateMachine(object(state.get("ItemProcessor")));
      only(name, processor.content, PROCESSOR);
      if (!Map.of("Mode", "INLINE").equals(processor.content.get("ProcessorConfig"))) {
        throw new UnsupportedOperationException(name + ": only inline maps are run here.");
      }
      processor.check();
      processors.put(name, processor);
    }
    list(state, "Choices").forEach(rule -> only(name, rule, CHOICE));
    list(state, "Retry").forEach(rule -> only(name, rule, RETRIER));
    list(state, "Catch").forEach(rule -> only(name, rule, CATCHER));
    for (String next : nexts(state)) {
      state(next);
    }
    boolean ends = Boolean.TRUE.equals(state.get("End"));
    boolean mustLead = !type.equals("Fail") && !type.equals("Choice");
    if (mustLead && ends == state.containsKey("Next")) {
      throw new IllegalStateException(name + " needs either Next or End.");
    }
  }

  /** Returns all states that can follow a state. */
  static List<String> nexts(Map<String, Object> state) {
    List<String> nexts = new ArrayList<>();
    Map<String, Object> own = new HashMap<>(state);
    for (String field : List.of("Next", "Default")) {
      if (own.containsKey(field)) {
        nexts.add((String) own.get(field));
      }
    }
    list(state, "Choices").forEach(rule -> nexts.add((String) rule.get("Next")));
    list(state, "Catch").forEach(rule -> nexts.add((String) rule.get("Next")));
    return nexts;
  }

  private static void only(String where, Map<String, Object> object, Set<String> known) {
    for (String field : object.keySet()) {
      if (!known.contains(field)) {
        throw new UnsupportedOperationException(where + ": the field " + field + " is not run.");
      }
    }
  }
}
