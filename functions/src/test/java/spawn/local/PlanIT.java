package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plans that ask the deployed stack, as the guide shows it. */
@OnLocalStack
class PlanIT {
  private static final String GUIDE = "docs/plan.md";

  private final LocalStack stack;
  private final Workflow workflow;

  PlanIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
  }

  @BeforeEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0, \"startDelay\": 0, \"faults\": [], \"calls\": []}");
  }

  @Test
  void theGuideShowsWhatAPlanPrints() {
    String guide = LocalStack.file(GUIDE);
    int script = guide.indexOf("```sh\narn=") + 6;
    int printed = guide.indexOf("```\nThe role") + 4;

    String output = stack.typed(guide.substring(script, guide.indexOf("\n```", script)));

    assertThat(output.strip()).isEqualTo(guide.substring(printed, guide.indexOf("\n```", printed)));
    assertThat(stack.written()).isEmpty();
  }

  @Test
  void aRoleOfThatNameIsComparedAndInstancesThatUseItAreTold() {
    String first = payload("s3://first/*", "");
    String hash = workflow.launch(payload("s3://first/*", PLAN)).path("planHash").asText();
    JsonNode launched = workflow.launch(first);
    stack.edges("{\"calls\": []}");

    JsonNode same = workflow.launch(payload("s3://first/*", PLAN));
    JsonNode other = workflow.launch(payload("s3://second/*", PLAN));

    assertThat(same.at("/role/outcome").asText()).isEqualTo("reuse");
    assertThat(same.at("/grants/more")).isEmpty();
    assertThat(same.at("/grants/less")).isEmpty();
    assertThat(same.path("planHash").asText()).isEqualTo(hash);
    assertThat(same.at("/usedBy/instances/0").asText())
        .isEqualTo(launched.at("/instances/0/instanceId").asText());
    assertThat(other.at("/role/outcome").asText()).isEqualTo("conflict");
    assertThat(other.at("/grants/more").toString()).contains("second").doesNotContain("first");
    assertThat(other.at("/grants/less").toString()).contains("first").doesNotContain("second");
    assertThat(other.path("planHash").asText()).isNotEqualTo(hash);
    assertThat(stack.written()).isEmpty();
  }

  private static final String PLAN = ", \"options\": {\"plan\": true}";

  private static String payload(String resource, String options) {
    return """
    {"instance": {"ImageId": "ami-12c6146b"}, "iam": {"role": "planned", "policies": ["s3:ReadOnly"], "resources": ["%s"]}%s}"""
        .formatted(resource, options);
  }
}
