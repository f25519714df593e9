package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;

/** What an update and a deletion of the stack do to launches and to what launches have made. */
@Tag("apart")
@ResourceLock(LocalStack.APART)
class DeploymentIT {
  private static final LocalStack STACK = LocalStack.apart();

  @BeforeAll
  static void nothingIsLeftOfAnEarlierRun() {
    STACK.close();
  }

  @AfterAll
  static void itEnds() {
    STACK.close();
  }

  @BeforeEach
  void theStackIsDeployedAsItsDefaultsSay() {
    STACK.deployed("BroadAccess=warn MaxDeletionsPerRun=50").edges("{\"profileDelay\": 0}");
  }

  @Test
  void anUpdateTakesEffectAtOnceAndKeepsWhatLaunchesKnowAndMade() {
    Workflow workflow = new Workflow(STACK);
    String broad = asking("s3:FullAccess");
    JsonNode before = workflow.launch(broad);
    Map<String, String> outputs = outputs();
    Map<String, String> roles = roles();
    assertThat(environmentOfTheSweep()).containsEntry("SPAWN_MAX_DELETIONS", "50");

    STACK.deployed("BroadAccess=reject MaxDeletionsPerRun=7");

    assertThat(outputs()).isEqualTo(outputs);
    assertThat(roles()).isEqualTo(roles).containsKey(before.at("/role/name").asText());
    DescribeExecutionResponse end = workflow.end(workflow.start(broad));
    assertThat(end.error()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(end.cause()).contains("This stack rejects such broad access");
    assertThat(environmentOfTheSweep()).containsEntry("SPAWN_MAX_DELETIONS", "7");
  }

  @Test
  void aDeletionTakesTheStackAndLeavesTheRolesBehindTheirBoundary() {
    JsonNode launched = new Workflow(STACK).launch(asking("s3:ReadOnly"));
    String role = launched.at("/role/name").asText();
    String boundary = STACK.output("InstanceBoundaryArn");
    Map<String, String> roles = roles();
    assertThat(leftOfTheStack()).allSatisfy((what, names) -> assertThat(names).isNotEmpty());

    STACK.run("local/stack", "delete");

    assertThat(leftOfTheStack()).allSatisfy((what, names) -> assertThat(names).isEmpty());
    assertThat(roles()).isEqualTo(roles).containsKey(role);
    assertThat(STACK.iam().getRole(get -> get.roleName(role)).role().permissionsBoundary())
        .satisfies(kept -> assertThat(kept.permissionsBoundaryArn()).isEqualTo(boundary));
    assertThat(
            STACK
                .iam()
                .listInstanceProfiles(of -> of.pathPrefix("/spawn/spawn/us-east-1/"))
                .instanceProfiles())
        .extracting(InstanceProfile::instanceProfileName)
        .contains(role);
  }

  private static String asking(String word) {
    ObjectNode payload = (ObjectNode) LocalStack.json(LocalStack.file("events/launch.json"));
    ((ObjectNode) payload.path("iam")).remove("resources");
    ((ObjectNode) payload.path("iam")).putArray("policies").add(word);
    return payload.toString();
  }

  /** Returns what callers and events go by. */
  private static Map<String, String> outputs() {
    Map<String, String> outputs = new TreeMap<>();
    for (String key :
        List.of(
            "LaunchStateMachineArn",
            "RoleSetStateMachineArn",
            "TerminationQueueUrl",
            "CleanupFunctionName",
            "AuditFunctionName",
            "RepairFunctionName",
            "InstanceBoundaryArn",
            "ServiceBoundaryArn",
            "LauncherPolicyArn",
            "RoleSetPolicyArn",
            "OperatorPolicyArn",
            "CommandLinePolicyArn",
            "RoleTestPolicyArn",
            "InstanceAccessPolicyArn")) {
      outputs.put(key, STACK.output(key));
    }
    return outputs;
  }

  /** Returns the ids of the roles that launches made, by their names. */
  private static Map<String, String> roles() {
    Map<String, String> ids = new TreeMap<>();
    for (Role role :
        STACK.iam().listRolesPaginator(of -> of.pathPrefix("/spawn/spawn/us-east-1/")).roles()) {
      ids.put(role.roleName(), role.roleId());
    }
    return ids;
  }

  /** Returns the variables of the version that the queue and the schedule call. */
  private static Map<String, String> environmentOfTheSweep() {
    JsonNode variables =
        aws(
            "lambda",
            "get-function-configuration",
            "--function-name",
            STACK.output("CleanupFunctionName"),
            "--query",
            "Environment.Variables");
    Map<String, String> environment = new TreeMap<>();
    variables
        .properties()
        .forEach(variable -> environment.put(variable.getKey(), variable.getValue().asText()));
    return environment;
  }

  /** Returns the names of the stack's resources that are there, by their kind. */
  private static Map<String, List<String>> leftOfTheStack() {
    return Map.of(
        "functions",
        names("lambda", "list-functions", "Functions[].FunctionName"),
        "event sources",
        names("lambda", "list-event-source-mappings", "EventSourceMappings[].FunctionArn"),
        "state machines",
        names("stepfunctions", "list-state-machines", "stateMachines[].name"),
        "queues",
        names("sqs", "list-queues", "QueueUrls"),
        "rules",
        names("events", "list-rules", "Rules[].Name"),
        "schedules",
        names("scheduler", "list-schedules", "Schedules[].Name"));
  }

  private static List<String> names(String service, String operation, String query) {
    return aws(service, operation, "--query", query).valueStream().map(JsonNode::asText).toList();
  }

  private static JsonNode aws(String... command) {
    List<String> line = new ArrayList<>(List.of("local/aws"));
    line.addAll(List.of(command));
    return LocalStack.json(STACK.run(line.toArray(String[]::new)));
  }
}
