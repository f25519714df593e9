package spawn.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineForExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineForExecutionResponse;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineRequest;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.GetExecutionHistoryRequest;
import software.amazon.awssdk.services.sfn.model.GetExecutionHistoryResponse;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.HistoryEventType;
import software.amazon.awssdk.services.sfn.model.SendTaskSuccessRequest;
import software.amazon.awssdk.services.sfn.model.SendTaskSuccessResponse;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;
import software.amazon.awssdk.services.sfn.model.TaskTimedOutException;

/**
 * What Step Functions knows of executions, beside running them: their names, which are taken once,
 * what they began with, and the tokens of the tasks that wait (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html">StartExecution</a>,
 * <a
 * href="https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token">waiting
 * for a callback with a task token</a>).
 *
 * <p>Executions that a client starts here end at once: the only machine that clients start by
 * themselves does nothing.
 */
public final class SimulatedStates {
  private final Map<String, String> definitions = new LinkedHashMap<>();
  private final Map<String, Started> executions = new LinkedHashMap<>();
  private final Map<String, Optional<String>> waiting = new LinkedHashMap<>();
  private Duration lag = Duration.ZERO;
  private long lastToken;

  /** An execution. */
  private static final class Started {
    private final String machine;
    private final String input;
    private final String definition;
    private final Instant since;
    private final List<String> scheduled = new ArrayList<>();
    private ExecutionStatus status = ExecutionStatus.RUNNING;

    Started(String machine, String input, String definition, Instant since) {
      this.machine = machine;
      this.input = input;
      this.definition = definition;
      this.since = since;
    }
  }

  SimulatedStates() {}

  /** Lets executions be shown only so long after they were started by a client. */
  public void shownAfter(Duration time) {
    lag = time;
  }

  /** Deploys a machine, or another definition of it; executions keep theirs. */
  public synchronized void deploy(String machineArn, String definition) {
    definitions.put(machineArn, definition);
  }

  /** Notes that an execution begins, or begins anew after a redrive. */
  public synchronized void began(String execution, String machineArn, String input, Instant now) {
    executions.computeIfAbsent(
                execution,
                first ->
                    new Started(machineArn, input, definitions.getOrDefault(machineArn, ""), now))
            .status =
        ExecutionStatus.RUNNING;
  }

  /** Notes how an execution has ended. */
  public synchronized void ended(String execution, ExecutionStatus status) {
    executions.get(execution).status = status;
  }

  /** Returns whether an execution of that name was ever started. */
  public synchronized boolean exists(String execution) {
    return executions.containsKey(execution);
  }

  /** Returns whether an execution runs. */
  public synchronized boolean isRunning(String execution) {
    return executions.get(execution).status == ExecutionStatus.RUNNING;
  }

  /** Returns the executions of a machine that run. */
  public synchronized List<String> running(String machineArn) {
    return executions.entrySet().stream()
        .filter(one -> one.getValue().machine.equals(machineArn))
        .filter(one -> one.getValue().status == ExecutionStatus.RUNNING)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns the inputs of the executions of a machine, by the executions' names. */
  public synchronized Map<String, String> inputs(String machineArn) {
    Map<String, String> inputs = new LinkedHashMap<>();
    executions.forEach(
        (arn, started) -> {
          if (started.machine.equals(machineArn)) {
            inputs.put(arn.substring(arn.lastIndexOf(':') + 1), started.input);
          }
        });
    return inputs;
  }

  /** Returns a token for a task that begins to wait. */
  public synchronized String newToken() {
    String token = "token-" + ++lastToken;
    waiting.put(token, Optional.empty());
    return token;
  }

  /** Writes into an execution's history with what a task is called. */
  public synchronized void scheduled(String execution, String parameters) {
    executions.get(execution).scheduled.add(parameters);
  }

  /** Returns what a task was answered; nothing while it waits. */
  public synchronized Optional<String> answer(String token) {
    return waiting.get(token);
  }

  /** Ends the wait of a task: its token is worth nothing any more. */
  public synchronized void close(String token) {
    waiting.remove(token);
  }

  /** Returns the tokens of all tasks that wait, as somebody would know who has found them. */
  public synchronized List<String> tokens() {
    return List.copyOf(waiting.keySet());
  }

  private Started visible(String execution, Instant now) {
    Started found = executions.get(execution);
    if (found == null || now.isBefore(found.since.plus(shownLate(found)))) {
      throw AwsErrors.states(
          ExecutionDoesNotExistException.builder(),
          "ExecutionDoesNotExist",
          "Execution Does Not Exist: '" + execution + "'");
    }
    return found;
  }

  private Duration shownLate(Started found) {
    return found.status == ExecutionStatus.SUCCEEDED ? lag : Duration.ZERO;
  }

  /** The client of one caller. */
  static final class Client extends SimulatedService implements SfnClient {
    private final SimulatedStates states;

    Client(SimulatedAws aws, IamEntities entities, SimulatedStates states, boolean observed) {
      super(aws, entities, "states", "us-east-1", observed);
      this.states = states;
    }

    @Override
    public StartExecutionResponse startExecution(StartExecutionRequest request) {
      return call("StartExecution", request, () -> states.start(request, now()));
    }

    @Override
    public DescribeExecutionResponse describeExecution(DescribeExecutionRequest request) {
      return call("DescribeExecution", request, () -> states.describe(request, now()));
    }

    @Override
    public GetExecutionHistoryResponse getExecutionHistory(GetExecutionHistoryRequest request) {
      return call("GetExecutionHistory", request, () -> states.history(request, now()));
    }

    @Override
    public SendTaskSuccessResponse sendTaskSuccess(SendTaskSuccessRequest request) {
      return call("SendTaskSuccess", request, () -> states.succeed(request));
    }

    @Override
    public DescribeStateMachineForExecutionResponse describeStateMachineForExecution(
        DescribeStateMachineForExecutionRequest request) {
      return call(
          "DescribeStateMachineForExecution",
          request,
          () -> {
            Started found = states.visible(request.executionArn(), now());
            return DescribeStateMachineForExecutionResponse.builder()
                .stateMachineArn(found.machine)
                .definition(found.definition)
                .build();
          });
    }

    @Override
    public DescribeStateMachineResponse describeStateMachine(DescribeStateMachineRequest request) {
      return call(
          "DescribeStateMachine",
          request,
          () ->
              DescribeStateMachineResponse.builder()
                  .stateMachineArn(request.stateMachineArn())
                  .definition(states.definition(request.stateMachineArn()))
                  .build());
    }
  }

  private synchronized String definition(String machineArn) {
    return definitions.getOrDefault(machineArn, "");
  }

  private synchronized StartExecutionResponse start(StartExecutionRequest request, Instant now) {
    String arn =
        request.stateMachineArn().replace(":stateMachine:", ":execution:") + ":" + request.name();
    if (executions.containsKey(arn)) {
      throw AwsErrors.states(
          ExecutionAlreadyExistsException.builder(),
          "ExecutionAlreadyExists",
          "Execution Already Exists: '" + arn + "'");
    }
    Started started =
        new Started(
            request.stateMachineArn(),
            request.input(),
            definitions.getOrDefault(request.stateMachineArn(), ""),
            now);
    started.status = ExecutionStatus.SUCCEEDED;
    executions.put(arn, started);
    return StartExecutionResponse.builder().executionArn(arn).startDate(now).build();
  }

  private synchronized DescribeExecutionResponse describe(
      DescribeExecutionRequest request, Instant now) {
    Started found = visible(request.executionArn(), now);
    return DescribeExecutionResponse.builder()
        .executionArn(request.executionArn())
        .stateMachineArn(found.machine)
        .status(found.status)
        .input(found.input)
        .startDate(found.since)
        .build();
  }

  private synchronized GetExecutionHistoryResponse history(
      GetExecutionHistoryRequest request, Instant now) {
    List<HistoryEvent> events = new ArrayList<>();
    for (String parameters : visible(request.executionArn(), now).scheduled) {
      events.add(
          0,
          HistoryEvent.builder()
              .type(HistoryEventType.TASK_SCHEDULED)
              .taskScheduledEventDetails(told -> told.parameters(parameters))
              .build());
    }
    return GetExecutionHistoryResponse.builder().events(events).build();
  }

  private synchronized SendTaskSuccessResponse succeed(SendTaskSuccessRequest request) {
    String token = request.taskToken();
    if (!waiting.containsKey(token) || waiting.get(token).isPresent()) {
      throw AwsErrors.states(
          TaskTimedOutException.builder(),
          "TaskTimedOut",
          "Task Timed Out: 'Provided task does not exist anymore'");
    }
    waiting.put(request.taskToken(), Optional.of(request.output()));
    return SendTaskSuccessResponse.builder().build();
  }
}
