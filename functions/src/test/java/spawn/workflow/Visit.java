package spawn.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a state was given and where it led, as this package runs it: another engine, asked for the
 * same state, should say the same.
 *
 * @param machine the name of the state machine
 * @param state its name
 * @param definition the state alone
 * @param input its input
 * @param variables the variables when it was entered
 * @param context the context object
 * @param answer what its task answered, where that ended it
 * @param failure what its task failed with, where that ended it, or what a Fail state says
 * @param next the state that follows; nowhere at the end
 * @param output what goes on to that state; nothing of a Fail state
 */
public record Visit(
    String machine,
    String state,
    Map<String, Object> definition,
    JsonNode input,
    JsonNode variables,
    JsonNode context,
    Optional<JsonNode> answer,
    Optional<Failure> failure,
    Optional<String> next,
    Optional<JsonNode> output) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * An error by its name.
   *
   * @param error the name
   * @param cause what it says
   */
  public record Failure(String error, String cause) {}

  /** Returns the definition as text, complete by itself. */
  public String text() {
    Map<String, Object> alone = new LinkedHashMap<>(definition);
    alone.put("QueryLanguage", "JSONata");
    return JSON.valueToTree(alone).toString();
  }

  /** Returns the type of the state. */
  public String type() {
    return (String) definition.get("Type");
  }

  /** Returns whether a failure of its task is tried again, at least once. */
  public boolean isRetried(String error) {
    return StateMachine.list(definition, "Retry").stream()
        .anyMatch(rule -> Retriers.isNamed(error, StateMachine.names(rule)));
  }

  /** Returns the state that a failure of a task leads to once it is not tried again. */
  public String caught(String error) {
    return StateMachine.list(definition, "Catch").stream()
        .filter(rule -> Retriers.isNamed(error, StateMachine.names(rule)))
        .map(rule -> (String) rule.get("Next"))
        .findFirst()
        .orElseThrow();
  }

  /** Returns every error that the rules of a task name, but for the names of many. */
  public List<String> namedErrors() {
    return Stream.of("Retry", "Catch")
        .flatMap(field -> StateMachine.list(definition, field).stream())
        .flatMap(rule -> StateMachine.names(rule).stream())
        .map(name -> name.equals("States.ALL") ? "spawn.error.NameOfNoRule" : name)
        .distinct()
        .toList();
  }

  @Override
  public String toString() {
    return machine + ": " + state + " → " + next.orElse("the end");
  }
}
