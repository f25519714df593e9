package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;

/** People are asked, and answer by the lines that they are sent, with the real command line. */
@Tag("apart")
@ResourceLock(LocalStack.APART)
class ApprovalIT {
  private static final LocalStack STACK = LocalStack.apart();
  private static final String TOPIC = "arn:aws:sns:us-east-1:000000000000:approvers";
  private static final Pattern LINE =
      Pattern.compile("aws (lambda invoke --function-name (\\S+) .*) --payload '(.*)' /dev/stdout");

  private static Workflow workflow;
  private static String queue;

  @BeforeAll
  static void theStackAsks() {
    STACK.close();
    STACK.deployed("BroadAccess=approve ApprovalTopicArn=" + TOPIC).edges("{\"profileDelay\": 0}");
    workflow = new Workflow(STACK);
    aws("sns", "create-topic", "--name", "approvers");
    queue =
        LocalStack.json(aws("sqs", "create-queue", "--queue-name", "mail"))
            .path("QueueUrl")
            .asText();
    aws(
        "sns",
        "subscribe",
        "--topic-arn",
        TOPIC,
        "--protocol",
        "sqs",
        "--notification-endpoint",
        "arn:aws:sqs:us-east-1:000000000000:mail");
  }

  @AfterAll
  static void itEnds() {
    STACK.close();
  }

  @BeforeEach
  void nothingIsCounted() {
    STACK.edges("{\"calls\": [], \"profileDelay\": 0, \"startDelay\": 0, \"faults\": []}");
  }

  private static String aws(String... arguments) {
    List<String> command = new ArrayList<>(List.of("local/aws"));
    command.addAll(List.of(arguments));
    return STACK.run(command.toArray(String[]::new));
  }

  private static String broad() {
    ObjectNode payload = (ObjectNode) LocalStack.json(LocalStack.file("events/launch.json"));
    ((ObjectNode) payload.path("iam")).remove("resources");
    ((ObjectNode) payload.path("iam")).putArray("policies").add("s3:FullAccess");
    return payload.toString();
  }

  /** Waits for the next message, and returns its text. */
  private static String message() {
    List<String> got = new ArrayList<>();
    Workflow.waitUntil(
        Duration.ofMinutes(1),
        () -> {
          String answer = aws("sqs", "receive-message", "--queue-url", queue);
          if (!answer.isBlank()) {
            JsonNode message = LocalStack.json(answer).at("/Messages/0");
            aws(
                "sqs",
                "delete-message",
                "--queue-url",
                queue,
                "--receipt-handle",
                message.path("ReceiptHandle").asText());
            got.add(LocalStack.json(message.path("Body").asText()).path("Message").asText());
          }
          return !got.isEmpty();
        });
    return got.get(0);
  }

  /** Answers by a line of the message, with a reason in place of WHY. */
  private static JsonNode answer(String message, String answer, String reason) {
    Matcher lines = LINE.matcher(message);
    while (lines.find()) {
      if (lines.group(3).contains("\"answer\":\"" + answer + "\"")) {
        assertThat(lines.group(2)).isEqualTo(STACK.output("AnswerFunctionName"));
        // Version 1 of the command line, which runs here, takes payloads as they are.
        List<String> command =
            new ArrayList<>(
                List.of(
                    lines
                        .group(1)
                        .replace(" --cli-binary-format raw-in-base64-out", "")
                        .split(" ")));
        command.addAll(List.of("--payload", lines.group(3).replace("WHY", reason), "/dev/stdout"));
        String said = aws(command.toArray(String[]::new));
        return LocalStack.json(said.substring(0, said.indexOf('}') + 1));
      }
    }
    throw new AssertionError(message);
  }

  @Test
  void aBroadLaunchWaitsUntilSomebodyAgrees() {
    String execution = workflow.start(broad());
    String message = message();
    assertThat(message).contains("- s3:* on *\n", "HIGH FULL_ACCESS");
    assertThat(STACK.calls("CreateRole")).isEmpty();

    JsonNode given = answer(message, "approve", "Agreed with the data team");

    assertThat(given.path("answer").asText()).isEqualTo("approve");
    assertThat(given.path("reason").asText()).isEqualTo("Agreed with the data team");
    assertThat(given.path("first").asBoolean()).isTrue();
    assertThat(given.path("delivered").asBoolean()).isTrue();
    assertThat(given.path("launch").asText()).isEqualTo(execution);
    assertThat(given.path("message").asText()).isEqualTo("Approved: the launch has been told.");
    assertThat(workflow.output(execution).at("/instances/0/state").asText()).isEqualTo("running");
    JsonNode contrary = answer(message, "deny", "Too late");
    assertThat(contrary.path("errorMessage").asText())
        .contains("$.answer: This approval was already answered with \"approve\"");
  }

  @Test
  void aRefusalEndsItAndNothingWasMade() {
    String execution =
        workflow.start(broad().replace("\"iam\":{", "\"iam\":{\"creator\":\"ann\","));
    String message = message();
    assertThat(message).contains("Who says they ask: ann\n");

    answer(message, "deny", "Ask for ReadOnly");

    DescribeExecutionResponse end = workflow.end(execution);
    assertThat(end.error()).isEqualTo("spawn.error.ApprovalDenied");
    assertThat(end.cause()).isEqualTo("Refused: Ask for ReadOnly. Nothing was made.");
    assertThat(STACK.calls("CreateRole")).isEmpty();
  }

  @Test
  void whoBreaksTheGlassDoesNotWait() {
    String execution =
        STACK
            .stepFunctions()
            .startExecution(
                start ->
                    start.stateMachineArn(STACK.output("BreakGlassStateMachineArn")).input(broad()))
            .executionArn();

    assertThat(workflow.output(execution).at("/instances/0/state").asText()).isEqualTo("running");
    assertThat(workflow.entered(execution, "AskForApproval")).isZero();
  }

  @Test
  void aLaunchOfNothingBroadDoesNotWait() {
    String execution = workflow.start(LocalStack.file("events/launch.json"));

    assertThat(workflow.output(execution).at("/instances/0/state").asText()).isEqualTo("running");
    assertThat(workflow.entered(execution, "PlanLaunch")).isZero();
  }
}
