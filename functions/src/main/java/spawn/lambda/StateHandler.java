package spawn.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import spawn.error.AwsErrors;
import spawn.error.InvalidRequest;
import spawn.error.SpawnException;

/**
 * A Lambda function that is one state of a workflow: JSON in, one call, JSON out.
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

  /** Creates a handler that reads inputs of this type. */
  protected StateHandler(Class<I> inputType) {
    this.inputType = inputType;
  }

  /** Does the work of the state. Safe to repeat: Step Functions and Lambda both do. */
  protected abstract O handle(I input);

  /**
   * Does the work of a state that may have to stop before its time is over; most need not ask.
   *
   * @param timeLeft how much longer Lambda lets the function run
   */
  protected O handle(I input, Supplier<Duration> timeLeft) {
    return handle(input);
  }

  @Override
  public final void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    Supplier<Duration> timeLeft = () -> Duration.ofMillis(context.getRemainingTimeInMillis());
    Aws.within(timeLeft);
    try {
      Json.MAPPER.writeValue(output, handle(parsed(input), timeLeft));
    } catch (SdkException unexpected) {
      throw logged(AwsErrors.translate(unexpected), context);
    } catch (SpawnException failure) {
      throw logged(failure, context);
    }
  }

  private I parsed(InputStream input) throws IOException {
    try {
      return Json.MAPPER.readValue(input, inputType);
    } catch (JsonProcessingException malformed) {
      throw new InvalidRequest("$", "The input cannot be read: " + malformed.getOriginalMessage());
    }
  }

  private static SpawnException logged(SpawnException failure, Context context) {
    context
        .getLogger()
        .log(failure.getClass().getName() + ": " + failure.getMessage(), LogLevel.ERROR);
    return failure;
  }
}
