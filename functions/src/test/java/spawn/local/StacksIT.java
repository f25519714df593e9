package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import spawn.role.Tags;

/** Two stacks of one account, of the same name in two regions: neither touches the other's. */
@Order(Integer.MAX_VALUE - 4) // sweeps follow its terminations, and other tests look at all calls
@Tag("account")
@OnTarget
class StacksIT {
  private final Target first;
  private final IamClient iam;

  StacksIT(Target stack) {
    this.first = stack;
    this.iam = stack.iam();
  }

  @BeforeEach
  void standardEdges() {
    first.edges("{\"profileDelay\": 0.4, \"faults\": [], \"calls\": []}");
  }

  @Test
  void eachLaunchesAndSweepsAndLeavesTheOthersRolesAsTheyAre() {
    Target second = first.second().orElse(null);
    Assumptions.assumeTrue(second != null, "there is no second stack");
    List<String> executions = started(first);
    List<String> others = started(second);
    List<JsonNode> launched = launched(first, executions);
    List<JsonNode> ofTheOther = launched(second, others);
    Map<String, String> before = roles(launched);

    assertThatItsNamesAreNotForTheOther(second);
    ofTheOther.forEach(output -> end(second, output));
    assertThatEverythingIsRemoved(second);

    assertThat(roles(launched)).isEqualTo(before);
    launched.forEach(output -> assertThat(rolePath(output)).isEqualTo(first.rolePath()));
    if (second instanceof LocalStack local) {
      local.delete();
      assertThat(roles(launched)).isEqualTo(before);
    }
    assertThat(launch(first, "{\"policies\": [\"sqs:Consume\"]}").at("/role/outcome").asText())
        .isEqualTo("reused");
  }

  /** Starts a launch without permissions, one with some and one that names its role. */
  private static List<String> started(Target stack) {
    return List.of(
        start(stack, "{}"),
        start(stack, "{\"policies\": [\"sqs:Consume\"]}"),
        start(stack, named(stack)));
  }

  private static String named(Target stack) {
    return "{\"role\": \"%s-reports-%s\", \"policies\": [\"sns:WriteOnly\"]}"
        .formatted(stack.name(), stack.region());
  }

  private static String start(Target stack, String iamOfThePayload) {
    ObjectNode payload =
        (ObjectNode) LocalStack.json(stack.payload(LocalStack.file("events/launch.json")));
    payload.set("iam", LocalStack.json(iamOfThePayload));
    return new Workflow(stack).start(payload.toString());
  }

  private static JsonNode launch(Target stack, String iamOfThePayload) {
    return new Workflow(stack).output(start(stack, iamOfThePayload));
  }

  /** Returns what launches came to, each of which must have a role of its own stack's. */
  private static List<JsonNode> launched(Target stack, List<String> executions) {
    Workflow workflow = new Workflow(stack);
    List<JsonNode> outputs = executions.stream().map(workflow::output).toList();
    assertThat(outputs)
        .allSatisfy(output -> assertThat(rolePath(output)).isEqualTo(stack.rolePath()))
        .allSatisfy(
            output ->
                assertThat(output.at("/instances/0/availabilityZone").asText())
                    .startsWith(stack.region()));
    return outputs;
  }

  private void assertThatItsNamesAreNotForTheOther(Target second) {
    DescribeExecutionResponse end = new Workflow(second).end(start(second, named(first)));

    assertThat(end.error()).isEqualTo("spawn.error.RoleConflict");
    assertThat(end.cause()).contains(first.rolePath());
  }

  /** As an hour after its instances have ended. */
  private void end(Target stack, JsonNode output) {
    stack
        .ec2(stack.region())
        .terminateInstances(of -> of.instanceIds(Workflow.instanceIds(output)));
    iam.tagRole(
        tag ->
            tag.roleName(output.at("/role/name").asText())
                .tags(Tags.of(Tags.LEASE_UNTIL, "2026-01-01T00:00:00Z")));
  }

  private void assertThatEverythingIsRemoved(Target stack) {
    Workflow.waitUntil(
        Duration.ofMinutes(2),
        () -> {
          removeEverything(stack);
          return iam.listRoles(of -> of.pathPrefix(stack.rolePath())).roles().isEmpty();
        });
    assertThat(iam.listInstanceProfiles(of -> of.pathPrefix(stack.rolePath())).instanceProfiles())
        .isEmpty();
  }

  /** Its instances have ended, so another sweep may run, and only one does at a time. */
  private static void removeEverything(Target stack) {
    try {
      stack.cleanUp("{\"everything\": true, \"mayDeleteMost\": true}");
    } catch (IllegalStateException refused) {
      assertThat(refused).hasMessageContaining("TooManyRequests");
    }
  }

  private static String rolePath(JsonNode output) {
    String arn = output.at("/role/arn").asText();
    return arn.substring(arn.indexOf(":role/") + ":role".length(), arn.lastIndexOf('/') + 1);
  }

  /** Returns the roles of launches with their tags and policies, by name. */
  private Map<String, String> roles(List<JsonNode> outputs) {
    Map<String, String> roles = new TreeMap<>();
    for (JsonNode output : outputs) {
      String name = output.at("/role/name").asText();
      Role role = iam.getRole(get -> get.roleName(name)).role();
      roles.put(
          name,
          "%s %s %s %s"
              .formatted(
                  role.roleId(),
                  role.tags(),
                  iam.listRolePolicies(of -> of.roleName(name)).policyNames(),
                  iam.listInstanceProfilesForRole(of -> of.roleName(name)).instanceProfiles()));
    }
    return roles;
  }
}
