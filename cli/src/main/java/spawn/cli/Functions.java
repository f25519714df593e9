package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;

/** The stack's functions that people call directly. */
final class Functions {
  /**
   * A function that was not called for two weeks has to be made ready first, for some minutes (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html">SnapStart</a>).
   */
  private static final Set<String> NOT_READY =
      Set.of(
          "SnapStartNotReadyException", "ResourceNotReadyException", "ResourceConflictException");

  private static final int MOST_TRIES = 30;
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);

  /** What the names of spawn's own failures begin with. */
  private static final String FAILURE = "spawn.error.";

  private final Connection connection;
  private final Shell shell;
  private final Duration pause;

  Functions(Connection connection, Shell shell) {
    this(connection, shell, BETWEEN_TRIES);
  }

  /**
   * Creates the functions of a stack.
   *
   * @param pause how long to wait before a function that is not ready is called again
   */
  Functions(Connection connection, Shell shell, Duration pause) {
    this.connection = connection;
    this.shell = shell;
    this.pause = pause;
  }

  /**
   * Calls a function, and waits for its answer.
   *
   * @param output the stack's output that names the function, {@code AuditFunctionName} for example
   * @return its answer
   * @throws CommandFailure if the function failed, with its message
   */
  ObjectNode call(String output, JsonNode payload) {
    String name = connection.output(output);
    try (LambdaClient lambda = connection.lambda()) {
      InvokeResponse answer = invoke(lambda, name, payload);
      JsonNode json = Json.read(answer.payload().asUtf8String(), "the answer of " + name);
      if (answer.functionError() != null) {
        throw failure(name, json);
      }
      if (json instanceof ObjectNode object) {
        return object;
      }
      throw CommandFailure.failed("%s answered %s, which is no answer.".formatted(name, json));
    }
  }

  private InvokeResponse invoke(LambdaClient lambda, String name, JsonNode payload) {
    for (int tries = 1; ; tries++) {
      try {
        return lambda.invoke(
            call -> call.functionName(name).payload(SdkBytes.fromUtf8String(payload.toString())));
      } catch (LambdaException refused) {
        if (tries == MOST_TRIES
            || refused.awsErrorDetails() == null
            || !NOT_READY.contains(refused.awsErrorDetails().errorCode())) {
          throw refused;
        }
        if (tries == 1) {
          shell
              .err()
              .println(
                  "The function has not been called for a while; Lambda makes it ready. This takes some minutes.");
        }
        Pause.of(pause);
      }
    }
  }

  private static CommandFailure failure(String name, JsonNode error) {
    String message =
        Optional.ofNullable(error.path("errorMessage").textValue()).orElseGet(error::toString);
    String type = error.path("errorType").asText();
    if (type.equals(FAILURE + "InvalidRequest")) {
      return WrongCalls.of(message);
    }
    return CommandFailure.failed(
        type.startsWith(FAILURE)
            ? message
            : "The function %s failed (%s): %s".formatted(name, type, Failures.firstLine(message)));
  }
}
