package spawn.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.ValidationException;

/** Starts executions of a deployed state machine, launches if no other, and waits for their end. */
final class Workflow {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int PATIENCE = DeployedStack.patience();

  private final SfnClient stepFunctions;
  private final String machine;

  Workflow(Target stack) {
    this(stack, "LaunchStateMachineArn");
  }

  private Workflow(Target stack, String output) {
    this.stepFunctions = stack.stepFunctions();
    this.machine = stack.output(output);
  }

  /** Returns the workflow of role sets. */
  static Workflow ofRoleSets(Target stack) {
    return new Workflow(stack, "RoleSetStateMachineArn");
  }

  /** Starts an execution and returns its ARN. */
  String start(String payload) {
    return stepFunctions
        .startExecution(start -> start.stateMachineArn(machine).input(payload))
        .executionArn();
  }

  String start(String name, String payload) {
    return stepFunctions
        .startExecution(start -> start.stateMachineArn(machine).name(name).input(payload))
        .executionArn();
  }

  /** Returns the output of a launch, which must succeed. */
  JsonNode launch(String payload) {
    return output(start(payload));
  }

  /** Waits for an execution, which must succeed, and returns its output. */
  JsonNode output(String execution) {
    DescribeExecutionResponse end = end(execution);
    if (end.status() != ExecutionStatus.SUCCEEDED) {
      throw new AssertionError(end.status() + " " + end.error() + ": " + end.cause());
    }
    return LocalStack.json(end.output());
  }

  /** Waits until an execution has ended, however it does. */
  DescribeExecutionResponse end(String execution) {
    waitUntil(
        Duration.ofMinutes(3),
        () ->
            stepFunctions.describeExecution(of -> of.executionArn(execution)).status()
                != ExecutionStatus.RUNNING);
    return stepFunctions.describeExecution(of -> of.executionArn(execution));
  }

  /** Stops what still runs. */
  void stopAll() {
    stepFunctions
        .listExecutions(list -> list.stateMachineArn(machine).statusFilter(ExecutionStatus.RUNNING))
        .executions()
        .forEach(running -> stop(running.executionArn()));
  }

  private void stop(String execution) {
    try {
      stepFunctions.stopExecution(stop -> stop.executionArn(execution));
    } catch (ValidationException endedMeanwhile) {
      return;
    }
  }

  /** Returns how often an execution entered a state. */
  long entered(String execution, String state) {
    return StreamSupport.stream(
            stepFunctions
                .getExecutionHistoryPaginator(of -> of.executionArn(execution))
                .events()
                .spliterator(),
            false)
        .map(HistoryEvent::stateEnteredEventDetails)
        .filter(entered -> entered != null && entered.name().equals(state))
        .count();
  }

  static List<String> instanceIds(JsonNode output) {
    return output.path("instances").findValuesAsText("instanceId");
  }

  /**
   * Waits for what the deployed system does by itself; these tests run against real time.
   *
   * @param atMost how long the local stack may take; AWS has several times as long
   */
  static void waitUntil(Duration atMost, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE * atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "It did not come true within " + PATIENCE * atMost.toSeconds() + " s.");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
