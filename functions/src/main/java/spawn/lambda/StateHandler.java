package spawn.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import spawn.error.AwsErrors;
import spawn.error.InvalidRequest;
import spawn.error.SpawnException;

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

  /** Creates a handler that reads inputs of this type. */
  protected StateHandler(Class<I> inputType, Consumer<LogLine> log) {
    this.inputType = inputType;
    this.log = log;
  }

  /** Does the work of the state. Safe to repeat: Step Functions and Lambda both do. */
  protected abstract O handle(I input, Invocation invocation);

  @Override
  public final void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    Supplier<Duration> timeLeft = () -> Duration.ofMillis(context.getRemainingTimeInMillis());
    Aws.within(timeLeft);
    Duration before = timeLeft.get();
    Map<String, Long> calledBefore = Aws.called();
    LogLine line = new LogLine();
    try {
      O answer = handle(parsed(input), new Invocation(timeLeft, line));
      Json.MAPPER.writeValue(output, answer);
    } catch (SdkException unexpected) {
      SpawnException failure = AwsErrors.translate(unexpected);
      line.failed(failure);
      throw failure;
    } catch (SpawnException failure) {
      line.failed(failure);
      throw failure;
    } catch (RuntimeException bug) {
      line.failed(bug);
      throw bug;
    } finally {
      if (!line.isEmpty()) {
        log.accept(
            line.with("called", since(calledBefore))
                .with("seconds", before.minus(timeLeft.get()).toMillis() / 1000.0)
                .with("requestId", context.getAwsRequestId()));
      }
    }
  }

  private I parsed(InputStream input) throws IOException {
    try {
      return Json.MAPPER.readValue(input, inputType);
    } catch (UnrecognizedPropertyException ofAnotherVersion) {
      throw new InvalidRequest(
          "$",
          "This execution was started under another version of the stack: this one does not know its field \"%s\". The step has changed nothing. Start the execution again."
              .formatted(ofAnotherVersion.getPropertyName()));
    } catch (JsonProcessingException malformed) {
      throw new InvalidRequest("$", "The input cannot be read: " + malformed.getOriginalMessage());
    }
  }

  /** How often each operation of AWS was asked for since then: how far a failure came, too. */
  private static Map<String, Long> since(Map<String, Long> before) {
    Map<String, Long> called = new TreeMap<>();
    Aws.called()
        .forEach(
            (operation, times) -> {
              long more = times - before.getOrDefault(operation, 0L);
              if (more > 0) {
                called.put(operation, more);
              }
            });
    return called;
  }
}
