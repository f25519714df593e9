package spawn.workflow;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import spawn.aws.Crash;

/**
 * Lambda in memory: JSON bytes in and out of real handlers, and errors by the names that Step
 * Functions sees.
 */
final class Lambda {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Clock clock;
  private final Consumer<Throwable> uncaught;
  private final Map<String, Function> functions = new HashMap<>();
  private final Map<String, TaskFailure> failing = new HashMap<>();

  /** The end of the time of what the thread runs; a function's calls look at it. */
  private static final ThreadLocal<Running> RUNNING = new ThreadLocal<>();

  private record Function(
      RequestStreamHandler handler,
      Duration timeout,
      InvocationContext context,
      Optional<AtomicBoolean> running) {}

  /** One invocation; one that has ended by an error makes no call any more. */
  private static final class Running {
    private final Lambda lambda;
    private final String function;
    private final Instant until;
    private Optional<Error> end = Optional.empty();

    Running(Lambda lambda, String function, Instant until) {
      this.lambda = lambda;
      this.function = function;
      this.until = until;
    }
  }

  Lambda(Clock clock, Consumer<Throwable> uncaught) {
    this.clock = clock;
    this.uncaught = uncaught;
  }

  /**
   * Adds a function.
   *
   * @param one whether one execution is reserved for it: then a second one at once is throttled (<a
   *     href="https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html">reserved
   *     concurrency</a>)
   */
  void add(
      String name,
      RequestStreamHandler handler,
      Duration timeout,
      int memoryInMegabytes,
      boolean one) {
    functions.put(
        name,
        new Function(
            handler,
            timeout,
            new InvocationContext(name, memoryInMegabytes, timeout),
            one ? Optional.of(new AtomicBoolean()) : Optional.empty()));
  }

  /**
   * Runs a function. What it throws has the name of its class; one that ends is {@code
   * Lambda.Unknown}, one that is cut off {@code Sandbox.Timedout} (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html">handling
   * errors in Step Functions workflows</a>).
   */
  Object invoke(String name, Object payload) throws TaskFailure {
    Function function = functions.get(name);
    if (function == null) {
      throw new IllegalStateException("There is no function " + name + ".");
    }
    if (failing.containsKey(name)) {
      throw failing.get(name);
    }
    if (function.running().isPresent() && !function.running().get().compareAndSet(false, true)) {
      throw new TaskFailure("Lambda.TooManyRequestsException", "Rate Exceeded.");
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    RUNNING.set(new Running(this, name, clock.instant().plus(function.timeout())));
    try {
      byte[] input = JSON.writeValueAsBytes(payload);
      function.handler().handleRequest(new ByteArrayInputStream(input), output, function.context());
      checkTime();
      return JSON.readValue(output.toByteArray(), Object.class);
    } catch (TimedOut cutOff) {
      throw new TaskFailure(
          "Sandbox.Timedout",
          errorJson(
              "Sandbox.Timedout",
              "RequestId: 1 Error: Task timed out after %d.00 seconds"
                  .formatted(function.timeout().toSeconds())));
    } catch (Crash crashed) {
      throw new TaskFailure(
          "Lambda.Unknown",
          "The cause could not be determined because Lambda did not return an error type. Returned payload:"
              + " {\"errorMessage\":\"RequestId: 1 Process exited before completing request\"}");
    } catch (RuntimeException thrown) {
      uncaught.accept(thrown);
      throw new TaskFailure(
          thrown.getClass().getName(), errorJson(thrown.getClass().getName(), thrown.getMessage()));
    } catch (IOException impossibleInMemory) {
      throw new UncheckedIOException(impossibleInMemory);
    } finally {
      RUNNING.remove();
      function.running().ifPresent(running -> running.set(false));
    }
  }

  /** Lets every further call of a function fail, instead of running it. */
  void fail(String name, TaskFailure failure) {
    failing.put(name, failure);
  }

  /** Runs a function whose answer nobody waits for. */
  void invokeAsync(String name, Object payload) {
    try {
      invoke(name, payload);
    } catch (TaskFailure nobodyWaits) {
      return;
    }
  }

  /** Ends the function that this thread runs if its time is over, or if it has ended before. */
  void checkTime() {
    Running current = RUNNING.get();
    if (current == null) {
      return;
    }
    if (current.end.isEmpty() && clock.instant().isAfter(current.until)) {
      current.end = Optional.of(new TimedOut(current.function));
    }
    if (current.end.isPresent()) {
      throw current.end.get();
    }
  }

  /** Notes that the function that this thread runs has ended: its process is gone. */
  void end(Error how) {
    Running current = RUNNING.get();
    if (current != null) {
      current.end = Optional.of(how);
    }
  }

  /** Returns what does a part of the work of the function that this thread runs, on another one. */
  static Runnable onBehalf(Runnable part) {
    Running current = RUNNING.get();
    return () -> {
      RUNNING.set(current);
      try {
        part.run();
      } finally {
        RUNNING.remove();
      }
    };
  }

  /** Returns whether this thread runs the function of this name. */
  boolean isRunning(String function) {
    return Optional.ofNullable(RUNNING.get())
        .filter(current -> current.function.equals(function))
        .isPresent();
  }

  /** Returns whether this thread runs one of these functions. */
  boolean isRunningAny() {
    return Optional.ofNullable(RUNNING.get()).filter(current -> current.lambda == this).isPresent();
  }

  /** Returns until when the function may run that this thread runs. */
  Optional<Instant> runningUntil() {
    return Optional.ofNullable(RUNNING.get()).map(current -> current.until);
  }

  /** Returns the JSON in which Lambda's runtime reports what a function throws. */
  static String errorJson(String type, String message) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("errorMessage", message);
    error.put("errorType", type);
    error.put("stackTrace", List.of());
    try {
      return JSON.writeValueAsString(error);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
