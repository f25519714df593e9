package spawn.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * How an execution ended.
 *
 * @param output what it returned; empty if it failed
 * @param error the name of its failure; empty if it succeeded
 * @param cause what its failure says
 * @param states the states that were entered, in their order
 */
public record Outcome(
    Optional<JsonNode> output,
    Optional<String> error,
    Optional<String> cause,
    List<String> states) {
  static Outcome succeeded(JsonNode output, List<String> states) {
    return new Outcome(
        Optional.of(output), Optional.empty(), Optional.empty(), List.copyOf(states));
  }

  static Outcome failed(String error, String cause, List<String> states) {
    return new Outcome(
        Optional.empty(), Optional.of(error), Optional.ofNullable(cause), List.copyOf(states));
  }

  /** Returns whether the execution succeeded. */
  public boolean succeeded() {
    return output.isPresent();
  }

  /** Returns how often a state was entered. */
  public long entered(String state) {
    return states.stream().filter(state::equals).count();
  }
}
