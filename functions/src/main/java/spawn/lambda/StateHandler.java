package spawn.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.crac.Core;
import software.amazon.awssdk.core.exception.SdkException;
import spawn.error.AwsErrors;
import spawn.error.InvalidRequest;
import spawn.error.SpawnException;
import spawn.json.Json;
import spawn.json.Unreadable;

/**
 * A Lambda function that is one state of a workflow: JSON in, one call, JSON out, one line in the
 * log.
 *
 * <p>A stream handler, since with Lambda's own parser an input that does not parse would fail
 * before it could be named. What AWS answers unexpectedly leaves as one of spawn's own errors, so
 * that the state machine can tell them apart.
 *
 * @param <I> the input, as JSON
 * @param <O> the output, as JSON
 */
public abstract class StateHandler<I, O> implements RequestStreamHandler {
  private final Class<I> inputType;
  private final Consumer<LogLine> log;
  private final Deadline deadline;
  private final CallCounter calls;

  /** Kept here, since Lambda holds what it tells of a snapshot only weakly. */
  private Optional<Rehearsal> rehearsal = Optional.empty();

  /** Creates a handler whose calls to AWS, if it makes any, are neither limited nor counted. */
  protected StateHandler(Class<I> inputType, Consumer<LogLine> log) {
    this(inputType, log, new Deadline(), new CallCounter());
  }

  /**
   * Creates a handler that reads inputs of this type.
   *
   * @param deadline what its clients keep; each invocation begins it anew
   * @param calls what its clients send
   */
  protected StateHandler(
      Class<I> inputType, Consumer<LogLine> log, Deadline deadline, CallCounter calls) {
    this.inputType = inputType;
    this.log = log;
    this.deadline = deadline;
    this.calls = calls;
  }

  /** Has this function rehearse before Lambda takes a snapshot of it, where it takes any. */
  protected final void rehearse(Optional<Rehearsal> rehearsal) {
    this.rehearsal = rehearsal;
    rehearsal.ifPresent(each -> Core.getGlobalContext().register(each));
  }

  /** Returns what runs before the snapshot, if there is to be one. */
  final Optional<Rehearsal> rehearsal() {
    return rehearsal;
  }

  /** Does the work of the state. Safe to repeat: Step Functions and Lambda both do. */
  protected abstract O handle(I input, Invocation invocation);

  /**
   * Returns the JSON path of what the function does its work for, which a refusal by AWS names;
   * nothing where no part of a payload can be the reason for one.
   */
  protected Optional<String> path() {
    return Optional.empty();
  }

  @Override
  public final void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    deadline.begin(() -> Duration.ofMillis(context.getRemainingTimeInMillis()));
    Duration before = deadline.left();
    Map<String, Long> calledBefore = calls.byOperation();
    LogLine line = new LogLine();
    Consumer<LogLine> write =
        told -> {
          if (!told.isEmpty()) {
            log.accept(
                told.with("called", calls.since(calledBefore)) // how far a failure came, too
                    .with("seconds", before.minus(deadline.left()).toMillis() / 1000.0)
                    .with("requestId", context.getAwsRequestId()));
          }
        };
    try {
      O answer = handle(parsed(input), new Invocation(deadline, line));
      Json.write(answer, output);
    } catch (SdkException unexpected) {
      SpawnException failure = AwsErrors.translate(unexpected, path());
      told(failure, () -> write.accept(line.failed(name(), failure)));
      throw failure;
    } catch (SpawnException failure) {
      told(failure, () -> write.accept(line.failed(name(), failure)));
      throw failure;
    } catch (IOException | RuntimeException | Error unforeseen) {
      told(unforeseen, () -> write.accept(line.failed(name(), unforeseen)));
      throw unforeseen;
    }
    write.accept(line);
  }

  private String name() {
    return getClass().getSimpleName();
  }

  /** Tells the log of a failure. Whatever goes wrong with that must not hide the failure itself. */
  private static void told(Throwable failure, Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException | Error second) {
      if (second != failure) { // the JVM keeps one OutOfMemoryError for when it can make none
        failure.addSuppressed(second);
      }
    }
  }

  private I parsed(InputStream input) throws IOException {
    try {
      return Optional.ofNullable(Json.to(Json.read(input), inputType))
          .orElseThrow(
              () ->
                  new InvalidRequest(
                      "$", "Must be an object, as the workflow hands it over, not null."));
    } catch (Unreadable wrong) {
      throw new InvalidRequest(
          "$",
          wrong.unknown().map(StateHandler::ofAnotherVersion).orElseGet(() -> unreadable(wrong)));
    } catch (JsonProcessingException malformed) {
      throw new InvalidRequest("$", unreadable(malformed));
    }
  }

  private static String ofAnotherVersion(String field) {
    return "This execution was started under another version of the stack: this one does not know its field \"%s\". The step has changed nothing. Start the execution again."
        .formatted(field);
  }

  private static String unreadable(JsonProcessingException input) {
    return "The input cannot be read: " + input.getOriginalMessage();
  }
}
