package spawn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.SfnException;

/**
 * How far an execution is.
 *
 * @param execution as Step Functions describes it
 * @param events what has happened in it, in order; empty if that may not be read
 */
record ExecutionStatus(DescribeExecutionResponse execution, List<HistoryEvent> events) {
  /** The outputs that name the workflows whose executions people start. */
  private static final List<String> WORKFLOWS =
      List.of("LaunchStateMachineArn", "RoleSetStateMachineArn", "BreakGlassStateMachineArn");

  /** Copies what it is given. */
  ExecutionStatus {
    events = List.copyOf(events);
  }

  /** Returns whether a word is the ARN of an execution. */
  static boolean isArn(String word) {
    return word.matches("arn:[a-z-]+:states:[a-z0-9-]+:\\d{12}:execution:[^:]+:[^:]+");
  }

  /**
   * Finds an execution.
   *
   * @param word its ARN, or the name that it has in one of the stack's workflows
   * @return nothing if there is none
   */
  static Optional<ExecutionStatus> find(String word, SfnClient stepFunctions, Connection stack) {
    if (isArn(word)) {
      return describe(word, stepFunctions);
    }
    SfnException denied = null;
    for (String workflow : WORKFLOWS) {
      Optional<String> arn = stack.findOutput(workflow);
      if (arn.isPresent()) {
        try {
          Optional<ExecutionStatus> found =
              describe(
                  arn.get().replace(":stateMachine:", ":execution:") + ":" + word, stepFunctions);
          if (found.isPresent()) {
            return found;
          }
        } catch (SfnException refused) {
          denied = refused; // whoever launches may not see role sets
        }
      }
    }
    if (denied != null) {
      throw denied;
    }
    return Optional.empty();
  }

  private static Optional<ExecutionStatus> describe(String arn, SfnClient stepFunctions) {
    try {
      return Optional.of(
          new ExecutionStatus(
              stepFunctions.describeExecution(describe -> describe.executionArn(arn)),
              events(arn, stepFunctions)));
    } catch (ExecutionDoesNotExistException none) {
      return Optional.empty();
    }
  }

  private static List<HistoryEvent> events(String arn, SfnClient stepFunctions) {
    try {
      return new ExecutionHistory(stepFunctions, arn).next();
    } catch (SfnException mayNotBeRead) {
      return List.of();
    }
  }

  /** Prints it for people: what it is, each state, and how it ended. */
  void print(PrintStream out) {
    Table about =
        Table.of("EXECUTION", execution.name())
            .row("status", execution.statusAsString())
            .row("started", execution.startDate());
    if (execution.stopDate() != null) {
      about.row("ended", execution.stopDate());
    }
    about.row("ARN", execution.executionArn()).print(out);
    ExecutionLines lines = new ExecutionLines(out);
    events.forEach(lines::show);
    lines.close();
    if (execution.error() != null) {
      out.println("%s: %s".formatted(execution.error(), execution.cause()));
    }
    if (execution.output() != null) {
      out.println(Json.pretty(Json.read(execution.output(), "the execution's output")));
    }
  }

  /** Returns it for scripts. */
  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("execution", execution.name());
    json.put("executionArn", execution.executionArn());
    json.put("status", execution.statusAsString());
    json.put("started", String.valueOf(execution.startDate()));
    json.put("ended", execution.stopDate() == null ? null : execution.stopDate().toString());
    ArrayNode entered = json.putArray("states");
    events.stream()
        .filter(event -> event.stateEnteredEventDetails() != null)
        .forEach(
            event ->
                entered
                    .addObject()
                    .put("name", event.stateEnteredEventDetails().name())
                    .put("entered", Objects.toString(event.timestamp())));
    json.put("error", execution.error());
    json.put("cause", execution.cause());
    json.set(
        "output",
        execution.output() == null
            ? null
            : Json.read(execution.output(), "the execution's output"));
    return json;
  }
}
