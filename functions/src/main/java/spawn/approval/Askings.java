package spawn.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.Optional;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.HistoryEventType;
import software.amazon.awssdk.services.sfn.model.InvalidTokenException;
import software.amazon.awssdk.services.sfn.model.TaskDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.TaskTimedOutException;
import spawn.json.Json;

/** The executions that ask people, and the way to wake them. */
public final class Askings {
  /** More than the tries that a task has, each of five events. */
  private static final int LAST_EVENTS = 200;

  private final SfnClient states;
  private final ApprovalMachines machines;

  /** Creates the executions of a stack. */
  public Askings(SfnClient states, ApprovalMachines machines) {
    this.states = states;
    this.machines = machines;
  }

  /** Returns the execution of that name; nothing if there is none. */
  Optional<Asking> find(String name) {
    try {
      DescribeExecutionResponse found =
          states.describeExecution(asked -> asked.executionArn(machines.asking(name)));
      JsonNode input = read(found.input());
      return Optional.of(
          new Asking(
              name,
              found.status() == ExecutionStatus.RUNNING,
              found.statusAsString(),
              input.path("approval").asText(),
              input.path("planHash").asText(),
              input.path("launch").asText()));
    } catch (ExecutionDoesNotExistException none) {
      return Optional.empty();
    }
  }

  /**
   * Wakes an execution that waits. What it goes by is the record, so nothing is handed over.
   *
   * @return whether it waited; if not, it finds the record by itself
   */
  boolean wake(String name) {
    Optional<String> token = token(name);
    if (token.isEmpty()) {
      return false;
    }
    try {
      states.sendTaskSuccess(asked -> asked.taskToken(token.get()).output("{}"));
      return true;
    } catch (TaskTimedOutException | TaskDoesNotExistException | InvalidTokenException over) {
      return false;
    }
  }

  /**
   * Returns the token of its last try, which stands nowhere but in this history: each try has
   * another.
   */
  private Optional<String> token(String name) {
    return states
        .getExecutionHistory(
            asked ->
                asked
                    .executionArn(machines.asking(name))
                    .reverseOrder(true)
                    .maxResults(LAST_EVENTS))
        .events()
        .stream()
        .filter(event -> event.type() == HistoryEventType.TASK_SCHEDULED)
        .map(HistoryEvent::taskScheduledEventDetails)
        .map(scheduled -> read(scheduled.parameters()).at("/Payload/taskToken").asText())
        .filter(token -> !token.isEmpty())
        .findFirst();
  }

  private static JsonNode read(String json) {
    try {
      return Json.readLeniently(json);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
