package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;

/** Roles that end by themselves, and roles that an operator stops. */
@OnLocalStack
class ExpiryIT {
  private final LocalStack stack;
  private final Workflow workflow;

  ExpiryIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
  }

  @BeforeEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0.4, \"faults\": [], \"calls\": []}");
  }

  private static String launchOf(String bucket) {
    ObjectNode payload = (ObjectNode) LocalStack.json(LocalStack.file("events/launch.json"));
    ((ObjectNode) payload.path("iam"))
        .putArray("resources")
        .add("s3://" + bucket)
        .add("dynamodb://" + bucket);
    return payload.toString();
  }

  private Role role(String name) {
    return stack.iam().getRole(get -> get.roleName(name)).role();
  }

  private JsonNode policy(String role, String name) {
    String document =
        stack.iam().getRolePolicy(get -> get.roleName(role).policyName(name)).policyDocument();
    return LocalStack.json(URLDecoder.decode(document, StandardCharsets.UTF_8));
  }

  private List<String> policies(String role) {
    return stack.iam().listRolePolicies(list -> list.roleName(role)).policyNames();
  }

  @Test
  void aRoleThatEndsDeniesEverythingFromTheInstantThatItsTagAndDescriptionTell() {
    String name = workflow.launch(LocalStack.file("events/expires.json")).at("/role/name").asText();

    String end =
        role(name).tags().stream()
            .filter(tag -> tag.key().equals("spawn:expires"))
            .map(Tag::value)
            .findFirst()
            .orElseThrow();
    assertThat(Instant.parse(end).getEpochSecond() % 900).isZero();
    assertThat(role(name).description()).isEqualTo("Made by spawn for EC2 launches, until " + end);
    assertThat(policy(name, "spawn").path("Statement"))
        .contains(
            LocalStack.json(
                "{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {\"DateGreaterThan\": {\"aws:CurrentTime\": \"%s\"}}}"
                    .formatted(end)));
  }

  @Test
  void anOperatorRevokesARoleAndUndoesItAsTheGuideShows() {
    String name = workflow.launch(launchOf("revoked")).at("/role/name").asText();
    String guide = LocalStack.file("docs/expiry.md");
    int begin = guide.indexOf("\n{\n", guide.indexOf("$ cat answer.json"));
    JsonNode shown =
        LocalStack.json(
            guide.substring(begin, guide.indexOf("```", begin)).replace("[…]", "[\"…\"]"));

    JsonNode answer =
        stack.invoke(
            "RevokeFunctionName",
            "{\"role\": \"%s\", \"reason\": \"its key was found in a public repository\", \"by\": \"ann\"}"
                .formatted(name));

    assertThat(answer.fieldNames()).toIterable().containsExactlyElementsOf(shown::fieldNames);
    assertThat(answer.path("role").asText()).isEqualTo(name);
    assertThat(answer.path("revoked")).isEqualTo(shown.path("revoked"));
    assertThat(answer.path("changed")).isEqualTo(shown.path("changed"));
    assertThat(answer.path("arn").asText()).isEqualTo(role(name).arn());
    assertThat(policies(name)).containsExactly("spawn", "spawn-revoked");
    assertThat(policy(name, "spawn-revoked").at("/Statement/0/Effect").asText()).isEqualTo("Deny");

    DescribeExecutionResponse refused = workflow.end(workflow.start(launchOf("revoked")));
    assertThat(refused.error()).isEqualTo("spawn.error.RoleRevoked");
    assertThat(refused.cause())
        .contains("(ann: its key was found in a public repository)", "Ask an operator");

    JsonNode undone =
        stack.invoke("RevokeFunctionName", "{\"role\": \"%s\", \"undo\": true}".formatted(name));
    assertThat(undone.path("revoked").isNull()).isTrue();
    assertThat(policies(name)).containsExactly("spawn");
    assertThat(workflow.launch(launchOf("revoked")).at("/role/outcome").asText())
        .isEqualTo("reused");
  }

  @Test
  void aCallWithMistakesIsRefusedWithAllOfThem() {
    JsonNode answer =
        stack.invoke("RevokeFunctionName", "{\"rolle\": \"a\", \"sessions\": \"yes\"}");

    assertThat(answer.path("errorType").asText()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(answer.path("errorMessage").asText())
        .contains("The payload has 4 problems:", "$.rolle", "$.role:", "$.sessions:", "$.reason:");
    assertThat(stack.calls()).isEmpty();
  }
}
