package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.InvalidNameException;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;

/** Starts executions of the stack's workflows, and follows them to their end. */
final class Executions {
  /**
   * How often is looked: an account has 20 looks a second for all who follow anything (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html">quotas</a>).
   */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** While nothing happens, the looks become as rare as this. */
  private static final Duration RARELY = Duration.ofSeconds(5);

  /** On this machine looks are nobody else's. */
  private static final Duration LOCAL_LOOK = Duration.ofMillis(100);

  private static final Duration LOCAL_RARELY = Duration.ofMillis(250);

  /** So often in a row a look may fail, after the SDK's own attempts, before it is given up. */
  private static final int FAILED_LOOKS = 5;

  /** An execution that is older than the call was started by an earlier one. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  private final Shell shell;
  private final SfnClient stepFunctions;
  private final Duration look;
  private final Duration rarely;
  private final Clock clock;

  /**
   * Creates them.
   *
   * @param isLocal whether the stack is on this machine
   */
  Executions(Shell shell, SfnClient stepFunctions, boolean isLocal) {
    this(
        shell,
        stepFunctions,
        isLocal ? LOCAL_LOOK : LOOK,
        isLocal ? LOCAL_RARELY : RARELY,
        Clock.systemUTC());
  }

  Executions(Shell shell, SfnClient stepFunctions, Duration look, Duration rarely, Clock clock) {
    this.shell = shell;
    this.stepFunctions = stepFunctions;
    this.look = look;
    this.rarely = rarely;
    this.clock = clock;
  }

  /**
   * Starts an execution. Under a name of the caller's own, nothing is started twice: if there is
   * such an execution with the same payload already, it is the answer.
   *
   * @param machine the state machine's ARN
   * @return the execution's ARN
   * @throws CommandFailure if the name is taken by an execution with another payload
   */
  String start(String machine, JsonNode payload, Optional<String> name) {
    Instant now = clock.instant();
    // With a name of its own, an attempt that the SDK repeats starts nothing twice.
    String its = name.orElseGet(() -> UUID.randomUUID().toString());
    try {
      StartExecutionResponse started =
          stepFunctions.startExecution(
              start -> start.stateMachineArn(machine).name(its).input(payload.toString()));
      if (name.isPresent() && started.startDate().isBefore(now.minus(CLOCK_SKEW))) {
        shell.err().println("The execution %s runs since %s.".formatted(its, started.startDate()));
      }
      return started.executionArn();
    } catch (ExecutionAlreadyExistsException taken) {
      return existing(machine.replace(":stateMachine:", ":execution:") + ":" + its, payload);
    } catch (InvalidNameException wrong) {
      throw CommandFailure.wrongCall(
          "--execution-name: a name has 1 to 80 letters, digits, - and _.");
    }
  }

  private String existing(String arn, JsonNode payload) {
    DescribeExecutionResponse before = stepFunctions.describeExecution(of -> of.executionArn(arn));
    String name = before.name();
    if (!payload.equals(Json.read(before.input(), "the payload of " + name))) {
      throw CommandFailure.failed(
          "There is an execution %s already, started at %s with another payload. Nothing was started: give another --execution-name."
              .formatted(name, before.startDate()));
    }
    shell
        .err()
        .println(
            "The execution %s was started at %s with the same payload: nothing is started again."
                .formatted(name, before.startDate()));
    return arn;
  }

  /**
   * Shows an execution's states until it has ended.
   *
   * @return how it ended
   */
  DescribeExecutionResponse follow(String execution) {
    ExecutionHistory history = new ExecutionHistory(stepFunctions, execution);
    ExecutionLines lines = new ExecutionLines(shell.err());
    Duration pause = look;
    int failed = 0;
    while (!lines.haveEnded()) {
      try {
        List<HistoryEvent> events = history.next();
        events.forEach(lines::show);
        failed = 0;
        pause = events.isEmpty() ? longer(pause) : look;
      } catch (SdkException refused) {
        pause = longer(pause);
        if (++failed == FAILED_LOOKS || !isPassing(refused)) {
          lines.close();
          throw refused;
        }
      }
      if (!lines.haveEnded()) {
        Pause.of(pause);
      }
    }
    return end(execution);
  }

  /** Throttled, failed or not reached: the execution goes on meanwhile. */
  private static boolean isPassing(SdkException refused) {
    return !(refused instanceof SdkServiceException answer)
        || answer.isThrottlingException()
        || answer.statusCode() >= 500;
  }

  private Duration longer(Duration pause) {
    Duration next = pause.multipliedBy(3).dividedBy(2);
    return next.compareTo(rarely) > 0 ? rarely : next;
  }

  /** The description may lag behind the history. */
  private DescribeExecutionResponse end(String execution) {
    DescribeExecutionResponse end = describe(execution);
    for (int i = 0; i < FAILED_LOOKS && end.status() == ExecutionStatus.RUNNING; i++) {
      Pause.of(look);
      end = describe(execution);
    }
    return end;
  }

  private DescribeExecutionResponse describe(String execution) {
    return stepFunctions.describeExecution(of -> of.executionArn(execution));
  }

  /**
   * Returns an execution's output.
   *
   * @throws CommandFailure if it did not succeed, with its error and cause
   */
  static JsonNode output(DescribeExecutionResponse end) {
    if (end.status() == ExecutionStatus.SUCCEEDED) {
      return Json.read(end.output(), "the output of " + end.name());
    }
    String error = Optional.ofNullable(end.error()).orElse(end.statusAsString());
    throw CommandFailure.failed(
        "%s: %s".formatted(error, Optional.ofNullable(end.cause()).orElse("no cause was given.")));
  }
}
