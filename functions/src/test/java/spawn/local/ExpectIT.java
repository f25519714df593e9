package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Permissions that are tested before a role is made, as the guide shows it. */
@OnLocalStack
class ExpectIT {
  private static final String GUIDE = "docs/expect.md";

  private final LocalStack stack;
  private final Workflow workflow;

  ExpectIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
  }

  @BeforeEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0, \"startDelay\": 0, \"faults\": [], \"calls\": []}");
  }

  @Test
  void theGuideShowsWhatAnExpectationThatIsNotMetPrints() {
    String guide = LocalStack.file(GUIDE);
    int script = guide.indexOf("```sh\n") + 6;
    int printed = guide.indexOf("```\nFAILED") + 4;

    String output = stack.typed(guide.substring(script, guide.indexOf("\n```", script)));

    assertThat(output.strip().replace('\t', '\n'))
        .isEqualTo(guide.substring(printed, guide.indexOf("\n```", printed)));
    assertThat(stack.written()).isEmpty();
  }

  @Test
  void aRoleThatIsAsExpectedIsMadeAndAPlanHasTheVerdicts() {
    JsonNode launched = workflow.launch(LocalStack.file("events/expect.json"));

    assertThat(launched.path("instances")).hasSize(1);
    assertThat(stack.written()).contains("CreateRole", "RunInstances");
    assertThat(stack.calls("SimulateCustomPolicy")).hasSize(6);

    ObjectNode plan = (ObjectNode) LocalStack.json(LocalStack.file("events/expect.json"));
    plan.putObject("options").put("plan", true);
    stack.edges("{\"calls\": []}");
    JsonNode planned = workflow.launch(plan.toString());

    assertThat(planned.path("expectations").findValuesAsText("met"))
        .hasSize(6)
        .containsOnly("true");
    assertThat(stack.written()).isEmpty();
  }

  @Test
  void ofARoleOfTheAccountsOwnWhatItHoldsIsTested() {
    stack.ownRole();
    stack.edges("{\"calls\": []}");

    JsonNode planned =
        workflow.launch(
            """
            {"instance": {"ImageId": "ami-12c6146b"}, "options": {"plan": true}, "iam": {"role": "%s",
              "expect": {"deny": ["iam:CreateUser"]}}}"""
                .formatted(LocalStack.OWN_ROLE));

    assertThat(planned.path("expectations").findValuesAsText("met")).containsExactly("true");
    assertThat(stack.written()).isEmpty();
  }

  @Test
  void theRolesOfASetAreTestedBeforeTheFirstIsMade() {
    Workflow roleSets = Workflow.ofRoleSets(stack);

    String set =
        roleSets.start(
            """
            {"namePrefix": "expecting", "roles": [
              {"role": "expecting-first", "policies": ["s3:ReadOnly"]},
              {"role": "expecting-second", "policies": ["s3:WriteOnly"],
               "expect": {"deny": ["s3:PutObject s3://a/b"]}}]}""");

    assertThat(roleSets.end(set).error()).isEqualTo("spawn.error.ExpectationFailed");
    assertThat(roleSets.end(set).cause()).contains("$.roles[1].expect.deny[0]: s3:PutObject on");
    assertThat(stack.written()).isEmpty();
  }
}
