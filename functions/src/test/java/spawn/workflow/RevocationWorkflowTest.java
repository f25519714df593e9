package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import spawn.aws.SimulatedAws;

/** An operator's revocation meets launches, plans and role sets by their state machines. */
class RevocationWorkflowTest {
  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  private JsonNode revoke(String call) {
    return stack.revoke(json(call)).orElseThrow();
  }

  @Test
  void aLaunchEndsAtOnceAPlanSaysSoAndTheUndoLetsBothGoOn() {
    JsonNode launch = Stack.event("launch");
    ObjectNode plan = launch.deepCopy();
    plan.putObject("options").put("plan", true);
    String role = stack.launch("first", launch).output().orElseThrow().at("/role/name").asText();
    revoke("{'role': '%s', 'reason': 'leaked'}".formatted(role));
    aws.forgetCalls();

    Outcome refused = stack.launch("second", launch);

    assertThat(refused.error()).contains("spawn.error.RoleRevoked");
    assertThat(aws.operations()).containsExactly("GetRole");
    Outcome planned = stack.launch("plan", plan);
    assertThat(planned.error()).isEmpty();
    assertThat(planned.output().orElseThrow().toString())
        .contains("an operator has revoked the role " + role, "\"revoked\"");

    revoke("{'role': '%s', 'undo': true}".formatted(role));
    assertThat(stack.launch("third", launch).error()).isEmpty();
  }

  @Test
  void aRoleSetEndsWithItAndLeavesTheOtherRolesDone() {
    JsonNode set =
        json(
            "{'namePrefix': 'flows', 'roles': [{'role': 'flows-a', 'policies': ['s3:ReadOnly']},"
                + " {'role': 'flows-b', 'policies': ['s3:ReadOnly']}]}");
    stack.roleSet("first", set);
    revoke("{'role': 'flows-a', 'reason': 'leaked'}");

    Outcome refused = stack.roleSet("second", set);

    assertThat(refused.error()).contains("spawn.error.RoleRevoked");
    assertThat(aws.role("flows-a").orElseThrow().inlinePolicies()).containsKey("spawn-revoked");
  }
}
