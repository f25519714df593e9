package spawn.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;

/** Role sets on the local stack, held against what its IAM then shows. */
@OnLocalStack
class RoleSetIT {
  private static final String AWS = "arn:aws:iam::aws:policy/";
  private static final List<String> ENDINGS =
      List.of("batch-instance-role", "batch-job-role", "batch-service-role", "spot-fleet-role");

  private static final Set<String> TAGS =
      Set.of(
          "team",
          "spawn:managed",
          "spawn:set",
          "spawn:created",
          "spawn:creator",
          "spawn:policies",
          "spawn:lease-until",
          "spawn:leased-id");

  private final LocalStack stack;
  private final Workflow roleSets;
  private final IamClient iam;

  RoleSetIT(LocalStack stack) {
    this.stack = stack;
    this.roleSets = Workflow.ofRoleSets(stack);
    this.iam = stack.iam();
  }

  @BeforeEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0, \"faults\": [], \"calls\": []}");
  }

  @Test
  void thePresetGivesAllItsOutputsAndRolesThatHoldJustWhatTheyName() {
    JsonNode output = roleSets.launch(payload("all").toString());

    String roles = "arn:aws:iam::000000000000:role/spawn/spawn/us-east-1/all-";
    assertThat(text(output, "batchJobRoleArn")).isEqualTo(roles + "batch-job-role");
    assertThat(text(output, "batchJobRoleName")).isEqualTo("all-batch-job-role");
    assertThat(text(output, "batchServiceRoleArn")).isEqualTo(roles + "batch-service-role");
    assertThat(text(output, "batchServiceRoleName")).isEqualTo("all-batch-service-role");
    assertThat(text(output, "batchInstanceRoleArn")).isEqualTo(roles + "batch-instance-role");
    assertThat(text(output, "batchInstanceRoleName")).isEqualTo("all-batch-instance-role");
    assertThat(text(output, "batchInstanceProfileName")).isEqualTo("all-batch-instance-role");
    assertThat(text(output, "spotFleetRoleArn")).isEqualTo(roles + "spot-fleet-role");
    assertThat(text(output, "spotFleetRoleName")).isEqualTo("all-spot-fleet-role");

    Map<String, Held> held = held("all");
    assertThat(held.keySet()).containsExactlyElementsOf(names("all"));
    assertThat(text(output, "batchInstanceProfileArn"))
        .startsWith("arn:aws:iam::000000000000:instance-profile/spawn/spawn/us-east-1/")
        .isEqualTo(held.get("all-batch-instance-role").profile().orElseThrow());
    assertThat(held.get("all-batch-job-role"))
        .returns(trust("ecs-tasks"), Held::trust)
        .returns(Map.of("spawn", jobPolicy()), Held::inline)
        .returns(
            Set.of(AWS + "AmazonDynamoDBReadOnlyAccess", AWS + "AmazonSQSReadOnlyAccess"),
            Held::managed)
        .returns(stack.output("InstanceBoundaryArn"), Held::boundary);
    assertThat(held.get("all-batch-service-role"))
        .returns(trust("batch"), Held::trust)
        .returns(Map.of(), Held::inline)
        .returns(Set.of(AWS + "service-role/AWSBatchServiceRole"), Held::managed)
        .returns(stack.output("ServiceBoundaryArn"), Held::boundary);
    assertThat(held.get("all-batch-instance-role"))
        .returns(trust("ec2"), Held::trust)
        .returns(Map.of(), Held::inline)
        .returns(Set.of(AWS + "service-role/AmazonEC2ContainerServiceforEC2Role"), Held::managed)
        .returns(stack.output("InstanceBoundaryArn"), Held::boundary);
    assertThat(held.get("all-spot-fleet-role"))
        .returns(trust("spotfleet"), Held::trust)
        .returns(Map.of(), Held::inline)
        .returns(Set.of(AWS + "service-role/AmazonEC2SpotFleetTaggingRole"), Held::managed)
        .returns(stack.output("ServiceBoundaryArn"), Held::boundary);
    assertThat(held.values())
        .filteredOn(role -> role.profile().isPresent())
        .containsExactly(held.get("all-batch-instance-role"));
    assertThat(held.values())
        .allSatisfy(
            role ->
                assertThat(role.tags())
                    .containsEntry("team", "data")
                    .containsEntry("spawn:set", "all")
                    .containsEntry("spawn:managed", "true")
                    .containsOnlyKeys(TAGS));
  }

  @Test
  void theReadmeShowsWhatARoleSetPrints() {
    String readme = LocalStack.file("README.md");
    int begin = readme.indexOf("\n{\n", readme.indexOf("$ ./local/role-set"));
    String shown = readme.substring(begin, readme.indexOf("```", begin)).replace("[…]", "[]");

    ObjectNode output =
        (ObjectNode) roleSets.launch(LocalStack.file("events/role-set.json")).deepCopy();

    output.putArray("roles");
    output.putArray("warnings");
    assertThat(withoutTimes(output)).isEqualTo(withoutTimes(LocalStack.json(shown)));
  }

  private static String withoutTimes(JsonNode output) {
    return output.toString().replaceAll("\\d{8}T\\d{9}Z", "20260101T000000000Z");
  }

  @Test
  void aSecondRunWritesNothing() {
    roleSets.launch(payload("twice").toString());
    Map<String, Held> before = held("twice");
    stack.edges("{\"calls\": []}");

    JsonNode output = roleSets.launch(payload("twice").toString());

    assertThat(outcomes(output)).containsOnly("reused").hasSize(4);
    assertThat(writes("twice")).isEmpty();
    assertThat(held("twice")).isEqualTo(before);
  }

  @Test
  void aChangedPayloadChangesWhatDiffersAndNothingElse() {
    roleSets.launch(payload("changed").toString());
    Map<String, Held> before = held("changed");
    ObjectNode payload = payload("changed");
    ((ObjectNode) payload.at("/jobStatements/0")).put("Action", "sns:GetTopicAttributes");
    ((ArrayNode) payload.path("additionalJobPolicies")).remove(0);
    stack.edges("{\"calls\": []}");

    JsonNode output = roleSets.launch(payload.toString());

    assertThat(outcomes(output)).containsExactly("updated", "reused", "reused", "reused");
    assertThat(changes(output))
        .containsExactly(
            "put inline policy spawn", "detach " + AWS + "AmazonDynamoDBReadOnlyAccess");
    assertThat(writes("changed")).allMatch(write -> write.endsWith(" changed-batch-job-role"));
    Map<String, Held> after = held("changed");
    Held job = after.remove("changed-batch-job-role");
    Held was = before.remove("changed-batch-job-role");
    assertThat(after).isEqualTo(before);
    assertThat(job.managed()).containsExactly(AWS + "AmazonSQSReadOnlyAccess");
    assertThat(job.inline().get("spawn").toString())
        .isEqualTo(
            was.inline().get("spawn").toString().replace("sns:Publish", "sns:GetTopicAttributes"));
    assertThat(job.tags().get("spawn:policies")).isNotEqualTo(was.tags().get("spawn:policies"));
  }

  @Test
  void aRoleOfTheSameNameThatIsNotOfTheSetIsRefusedAndTheOthersAreDone() {
    iam.createRole(
        create ->
            create
                .roleName("taken-batch-service-role")
                .path("/spawn/spawn/us-east-1/")
                .assumeRolePolicyDocument(trust("batch").toString()));
    Held before = held("taken").get("taken-batch-service-role");

    DescribeExecutionResponse end = roleSets.end(roleSets.start(payload("taken").toString()));

    assertThat(end.error()).isEqualTo("spawn.error.RoleConflict");
    assertThat(end.cause())
        .startsWith("Of the role set \"taken\", 3 of 4 roles are as they should be: ")
        .contains("\n- taken-batch-service-role: ", "was not made by this stack");
    Map<String, Held> held = held("taken");
    assertThat(held.remove("taken-batch-service-role")).isEqualTo(before);
    assertThat(held.values())
        .hasSize(3)
        .allSatisfy(role -> assertThat(role.tags()).containsEntry("spawn:set", "taken"));
  }

  @Test
  void aPlanMakesNothing() {
    JsonNode output = roleSets.launch(payload("planned").put("plan", true).toString());

    assertThat(outcomes(output)).containsOnly("created").hasSize(4);
    assertThat(changes(output)).contains("create role", "put inline policy spawn");
    assertThat(held("planned")).isEmpty();
    assertThat(writes("planned")).isEmpty();
  }

  @Test
  void aSetGoesAsAWholeButNotWhileAnInstanceUsesOneOfItsRoles() {
    roleSets.launch(payload("gone").toString());
    Map<String, Held> before = held("gone");
    String instance = launchedElsewhere("gone-batch-instance-role");
    String delete = "{\"namePrefix\": \"gone\", \"delete\": true}";

    DescribeExecutionResponse refused = roleSets.end(roleSets.start(delete));

    assertThat(refused.error()).isEqualTo("spawn.error.RoleSetInUse");
    assertThat(refused.cause()).contains("gone-batch-instance-role: in use by " + instance);
    assertThat(held("gone")).isEqualTo(before);

    stack.ec2("eu-west-1").terminateInstances(of -> of.instanceIds(instance));
    JsonNode output = roleSets.launch(delete);

    assertThat(output.path("roles").findValuesAsText("verdict")).containsOnly("deleted").hasSize(4);
    assertThat(held("gone")).isEmpty();
    assertThat(iam.listInstanceProfiles().instanceProfiles())
        .extracting(InstanceProfile::instanceProfileName)
        .doesNotContain("gone-batch-instance-role");
  }

  /** Returns the example, with two additional policies: all that the preset can have. */
  private static ObjectNode payload(String prefix) {
    ObjectNode payload = (ObjectNode) LocalStack.json(LocalStack.file("events/role-set.json"));
    ((ArrayNode) payload.path("additionalJobPolicies")).add("AmazonSQSReadOnlyAccess");
    return payload.put("namePrefix", prefix);
  }

  private String launchedElsewhere(String profile) {
    return stack
        .ec2("eu-west-1")
        .runInstances(
            launch ->
                launch
                    .imageId("ami-12c6146b")
                    .minCount(1)
                    .maxCount(1)
                    .iamInstanceProfile(of -> of.name(profile)))
        .instances()
        .get(0)
        .instanceId();
  }

  /** Returns what the plan of a launch with the same permissions shows. */
  private JsonNode jobPolicy() {
    JsonNode statements = payload("all").path("jobStatements");
    JsonNode plan =
        new Workflow(stack)
            .launch(
                "{\"iam\": {\"role\": \"same\", \"policies\": [\"s3:ReadWrite\", \"logs:WriteOnly\", \"ecr:ReadOnly\"], \"resources\": [\"s3://metaflow-data/*\"],"
                    + " \"statements\": %s, \"trustServices\": [\"ecs-tasks\"]}, \"options\": {\"plan\": true}}"
                        .formatted(statements));
    assertThat(plan.at("/role/inlinePolicy/Statement").findValuesAsText("Action"))
        .contains("sns:Publish", "kms:Decrypt");
    return plan.at("/role/inlinePolicy");
  }

  private static JsonNode trust(String service) {
    return LocalStack.json(
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"%s.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"
            .formatted(service));
  }

  /**
   * All of a role that a set decides.
   *
   * @param profile the ARN of the instance profile that holds it, which has its name
   */
  private record Held(
      JsonNode trust,
      Map<String, JsonNode> inline,
      Set<String> managed,
      String boundary,
      Map<String, String> tags,
      Optional<String> profile) {}

  /** Returns what IAM holds of a set, by the names of its roles. */
  private Map<String, Held> held(String prefix) {
    Map<String, Held> held = new TreeMap<>();
    for (Role listed :
        iam.listRolesPaginator(of -> of.pathPrefix("/spawn/spawn/us-east-1/")).roles()) {
      if (listed.roleName().startsWith(prefix + "-")) {
        held.put(listed.roleName(), held(listed));
      }
    }
    return held;
  }

  private Held held(Role listed) {
    String name = listed.roleName();
    Role role = iam.getRole(get -> get.roleName(name)).role();
    Map<String, JsonNode> inline = new TreeMap<>();
    for (String policy : iam.listRolePolicies(of -> of.roleName(name)).policyNames()) {
      inline.put(
          policy,
          decoded(
              iam.getRolePolicy(get -> get.roleName(name).policyName(policy)).policyDocument()));
    }
    Set<String> managed = new TreeSet<>();
    for (AttachedPolicy policy :
        iam.listAttachedRolePolicies(of -> of.roleName(name)).attachedPolicies()) {
      managed.add(policy.policyArn());
    }
    List<InstanceProfile> profiles =
        iam.listInstanceProfilesForRole(of -> of.roleName(name)).instanceProfiles();
    assertThat(profiles).allMatch(profile -> profile.instanceProfileName().equals(name));
    return new Held(
        decoded(role.assumeRolePolicyDocument()),
        inline,
        managed,
        Optional.ofNullable(role.permissionsBoundary())
            .map(boundary -> boundary.permissionsBoundaryArn())
            .orElse("none"),
        role.tags().stream()
            .collect(Collectors.toMap(Tag::key, Tag::value, (one, other) -> one, TreeMap::new)),
        profiles.stream().map(InstanceProfile::arn).findFirst());
  }

  private static JsonNode decoded(String document) {
    return LocalStack.json(URLDecoder.decode(document, UTF_8));
  }

  /** Returns the calls that changed a role of the set or its profile: operation and name. */
  private List<String> writes(String prefix) {
    return stack.calls().stream()
        .filter(call -> !call.path("operation").asText().matches("(Get|List|Describe).*"))
        .map(
            call ->
                call.path("operation").asText()
                    + " "
                    + call.path("RoleName").asText(call.path("InstanceProfileName").asText()))
        .filter(write -> write.contains(" " + prefix + "-"))
        .toList();
  }

  private static List<String> names(String prefix) {
    return ENDINGS.stream().map(ending -> prefix + "-" + ending).toList();
  }

  private static List<String> outcomes(JsonNode output) {
    return output.path("roles").findValuesAsText("outcome");
  }

  private static List<String> changes(JsonNode output) {
    return output
        .path("roles")
        .valueStream()
        .flatMap(role -> role.path("changes").valueStream())
        .map(JsonNode::asText)
        .toList();
  }

  private static String text(JsonNode output, String name) {
    return output.path(name).asText();
  }
}
