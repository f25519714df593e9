package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;

@Order(Integer.MAX_VALUE - 1) // its crowd fills the logs, which WatchingIT reads again and again
@OnTarget
class LaunchIT {
  private final Target stack;
  private final Workflow workflow;

  LaunchIT(Target stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
  }

  @BeforeEach
  void standardEdges() {
    stack.edges(
        "{\"profileDelay\": 0.4, \"startDelay\": 0.4, \"events\": true, \"faults\": [], \"calls\": []}");
  }

  private String event(String name) {
    return stack.payload(LocalStack.file("events/" + name + ".json"));
  }

  /** Returns a launch whose role no other test shares. */
  private String launchOf(String bucket) {
    ObjectNode payload = (ObjectNode) LocalStack.json(event("launch"));
    ((ObjectNode) payload.path("iam"))
        .putArray("resources")
        .add("s3://" + bucket)
        .add("dynamodb://" + bucket);
    return payload.toString();
  }

  /**
   * Returns the calls that ask for instances, but for those that came before EC2 saw the profile.
   */
  private List<JsonNode> launches() {
    return stack.calls("RunInstances").stream()
        .filter(call -> !call.path("error").asText().equals("InvalidParameterValue"))
        .toList();
  }

  private List<Instance> instances(List<String> ids) {
    return stack
        .ec2(stack.region())
        .describeInstances(of -> of.instanceIds(ids))
        .reservations()
        .stream()
        .flatMap(reservation -> reservation.instances().stream())
        .toList();
  }

  private Role role(JsonNode output) {
    return stack.iam().getRole(get -> get.roleName(output.at("/role/name").asText())).role();
  }

  private JsonNode inlinePolicy(String role) {
    return LocalStack.json(
        URLDecoder.decode(
            stack
                .iam()
                .getRolePolicy(get -> get.roleName(role).policyName("spawn"))
                .policyDocument(),
            StandardCharsets.UTF_8));
  }

  @Test
  @Tag("account")
  void aLaunchGivesAnInstanceARoleOfExactlyThePayloadsPermissions() {
    JsonNode plan = workflow.launch(event("plan"));
    JsonNode output = workflow.launch(event("launch"));

    assertThat(output.at("/role/name").asText()).matches("spawn-instance-[0-9a-f]{8}");
    assertThat(output.path("policyHash")).isEqualTo(plan.path("policyHash"));
    assertThat(instances(Workflow.instanceIds(output)))
        .singleElement()
        .satisfies(
            instance -> {
              assertThat(instance.iamInstanceProfile().arn())
                  .matches(
                      "arn:.*:instance-profile%s\\d{8}T\\d{9}Z/".formatted(stack.rolePath())
                          + output.at("/role/name").asText());
              assertThat(instance.metadataOptions().httpTokensAsString()).isEqualTo("required");
              assertThat(instance.tags())
                  .extracting(tag -> tag.key())
                  .contains("spawn:managed", "spawn:role", "spawn:execution");
            });
    assertThat(inlinePolicy(output.at("/role/name").asText()))
        .isEqualTo(plan.at("/role/inlinePolicy"));
    assertThat(role(output).path()).isEqualTo(stack.rolePath());
    assertThat(role(output).permissionsBoundary().permissionsBoundaryArn())
        .isEqualTo(stack.output("InstanceBoundaryArn"));
    assertThat(role(output).tags())
        .extracting(tag -> tag.key())
        .filteredOn(key -> !key.startsWith("spawn:record-"))
        .containsExactlyInAnyOrder(
            "spawn:managed",
            "spawn:created",
            "spawn:creator",
            "spawn:policies",
            "spawn:lease-until",
            "spawn:leased-id");
  }

  @Test
  void theReadmeShowsWhatALaunchPrints() {
    String readme = LocalStack.file("README.md");
    int begin =
        readme.indexOf(
            "\n{\n", readme.indexOf("$ ./local/launch events/launch.json --output json"));
    JsonNode shown = LocalStack.json(readme.substring(begin, readme.indexOf("```", begin)));

    assertThat(withoutIds(shown)).isEqualTo(withoutIds(workflow.launch(event("launch"))));
  }

  /** Returns an output with what differs from launch to launch made equal. */
  private static String withoutIds(JsonNode output) {
    return output
        .toString()
        .replaceAll("\"i-[0-9a-f]+\"", "\"i\"")
        .replaceAll("\"\\d+\\.\\d+\\.\\d+\\.\\d+\"", "\"10.0.0.1\"")
        .replaceAll("ec2-\\d+-\\d+-\\d+-\\d+", "ec2-10-0-0-1")
        .replaceAll("us-east-1[a-f]", "us-east-1a")
        .replaceAll("\\d{8}T\\d{9}Z", "20260101T000000000Z")
        .replaceAll("\"outcome\":\"(created|reused)\"", "\"outcome\":\"\"");
  }

  @Test
  @Tag("account")
  void aPlanMakesNothing() {
    JsonNode plan = workflow.launch(event("plan"));

    assertThat(plan.at("/role/name").asText()).startsWith("spawn-instance-");
    assertThat(plan.at("/instance/IamInstanceProfile/Name")).isEqualTo(plan.at("/role/name"));
    assertThat(plan.at("/pins/image/imageId").asText()).startsWith("ami-");
    assertThatNothingIsWritten();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'policies': ['S3:readonly'], 'resources': ['s3://b/p*']} | arn:aws:s3:::b/p*",
        "{'policies': ['dynamodb:ReadOnly'], 'resources': ['dynamodb://t']} | table/t/index/*",
        "{'policies': ['sqs:ReadWrite'], 'resources': ['sqs://q']} | arn:aws:sqs:us-east-1:000000000000:q",
        "{'policies': ['sns:WriteOnly'], 'resources': ['sns://t']} | arn:aws:sns:us-east-1:000000000000:t",
        "{'policies': ['logs:WriteOnly'], 'resources': ['logs://g']} | log-group:g",
        "{'policies': ['ecr:ReadOnly'], 'resources': ['ecr://r']} | repository/r",
        "{'policies': ['secretsmanager:ReadOnly'], 'resources': ['secretsmanager://n']} | secret:n-??????",
        "{'policies': ['ssm:ReadOnly'], 'resources': ['ssm:///p/*']} | parameter/p/*",
        "{'policies': ['lambda:WriteOnly'], 'resources': ['lambda://f']} | function:f",
        "{'policies': ['sts:WriteOnly'], 'resources': ['arn:aws:iam::444455556666:role/r']} | role/r",
        "{'managedPolicies': ['ReadOnlyAccess']} | arn:aws:iam::aws:policy/ReadOnlyAccess",
        "{'statements': [{'Effect': 'Allow', 'Action': 's3:ListBucket', 'Resource': 'arn:aws:s3:::x'}]} | s3:ListBucket",
        "{'assumeRoles': ['arn:aws:iam::444455556666:role/r']} | sts:AssumeRole",
        "{'role': 'mine', 'trustServices': ['ec2', 'ecs-tasks'], 'roleTags': {'a': 'b'}, 'maxSessionDuration': 7200} | ecs-tasks.amazonaws.com"
      })
  @Tag("account")
  void everyFormOfAPayloadCanBePlannedAndMakesNothing(String iam, String shown) {
    JsonNode plan =
        workflow.launch(
            here("{'instance': {'ImageId': 'ami-1'}, 'iam': "
                    + iam
                    + ", 'options': {'plan': true}}")
                .replace('\'', '"'));

    assertThat(plan.path("role").toString()).contains(here(shown));
    assertThat(plan.path("trustPolicies")).hasSize(iam.contains("assumeRoles") ? 1 : 0);
    assertThatNothingIsWritten();
  }

  private void assertThatNothingIsWritten() {
    stack.whereCallsAreSeen(
        calls ->
            assertThat(calls)
                .extracting(call -> call.path("operation").asText())
                .allMatch(operation -> operation.matches("(Get|List|Describe).*")));
  }

  /** Returns a text with the partition, region and account of the stack. */
  private String here(String text) {
    return text.replace("arn:aws:", "arn:" + stack.partition() + ":")
        .replace("us-east-1:000000000000", stack.region() + ":" + stack.account());
  }

  @Test
  void aProfileThatEc2DoesNotSeeYetIsWaitedForByTheWorkflow() {
    stack.edges("{\"profileDelay\": 4}");

    String execution = workflow.start(launchOf("propagation"));

    assertThat(Workflow.instanceIds(workflow.output(execution))).hasSize(1);
    assertThat(workflow.entered(execution, "WaitForPropagation")).isGreaterThan(2);
    assertThat(workflow.entered(execution, "Pause")).isGreaterThan(1);
  }

  @Test
  void aProfileThatIsNeverSeenEndsTheLaunchByName() {
    stack.edges("{\"profileDelay\": 400}");

    DescribeExecutionResponse end = workflow.end(workflow.start(launchOf("never-seen")));

    assertThat(end.error()).isEqualTo("spawn.error.PropagationTimeout");
    assertThat(end.cause()).startsWith("EC2 did not see instance profile spawn-instance-");
    assertThat(stack.calls("RunInstances")).isEmpty();
  }

  @Test
  void aLaunchThatHasSucceededRunsAndHasItsAddresses() {
    JsonNode instance = workflow.launch(launchOf("running")).at("/instances/0");

    assertThat(instance.path("state").asText()).isEqualTo("running");
    assertThat(instance.path("publicIpAddress").asText()).matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
    assertThat(instance.has("stateReason")).isFalse();
    assertThat(launches()).hasSize(1);
  }

  /** A volume under a key that the launch may not use: EC2 accepts it, and ends the instance. */
  @Test
  void anInstanceThatEndsWhileItStartsFailsTheLaunchWithTheCauseAndTheRemedy() {
    // The end would start a sweep, whose calls another test would see.
    stack.edges("{\"events\": false}");
    ObjectNode payload = (ObjectNode) LocalStack.json(launchOf("key"));
    payload
        .withObject("/instance")
        .putArray("BlockDeviceMappings")
        .addObject()
        .put("DeviceName", "/dev/xvdb")
        .putObject("Ebs")
        .put("VolumeSize", 1)
        .put("Encrypted", true)
        .put("KmsKeyId", "arn:aws:kms:us-east-1:000000000000:key/out-of-reach");

    DescribeExecutionResponse end = workflow.end(workflow.start(payload.toString()));

    assertThat(end.error()).isEqualTo("spawn.error.LaunchFailed");
    assertThat(end.cause())
        .startsWith("The instance of this launch ended before it ran:\n- i-")
        .contains("Client.InternalError: Client error on launch.", "KMS key", "VolumeKeyArns")
        .endsWith("Start a new execution to launch again.");
    assertThat(launches()).hasSize(1);
  }

  @Test
  void aLaunchThatWaitsForNothingEndsAsEc2Answers() {
    stack.edges("{\"startDelay\": 60}");
    ObjectNode payload = (ObjectNode) LocalStack.json(launchOf("not-waited-for"));
    payload.withObject("/options").put("wait", "pending");

    JsonNode output = workflow.launch(payload.toString());

    assertThat(output.at("/instances/0/state").asText()).isEqualTo("pending");
    assertThat(stack.calls("DescribeInstances")).isEmpty();
  }

  @Test
  @Tag("account")
  void aJobArrayIsOneCallAndOneRole() {
    String payload = event("job-array");
    int count = LocalStack.json(payload).at("/instance/MaxCount").asInt();

    JsonNode output = workflow.launch(payload);

    assertThat(Workflow.instanceIds(output))
        .hasSize(count)
        .hasSizeGreaterThan(1)
        .doesNotHaveDuplicates();
    assertThat(output.path("instances").findValuesAsText("launchIndex"))
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(Integer::toString).toList());
    stack.whereCallsAreSeen(calls -> assertThat(launches()).hasSize(1));
    assertThat(instances(Workflow.instanceIds(output)))
        .allSatisfy(
            instance ->
                assertThat(instance.iamInstanceProfile().arn())
                    .endsWith("/" + output.at("/role/name").asText()));
    assertThat(role(output).tags()).anySatisfy(tag -> assertThat(tag.key()).isEqualTo("team"));
  }

  @Test
  void theSamePayloadSixtyFourTimesAtOnceGivesOneRoleOneProfileAndSixtyFourInstances() {
    String payload = launchOf("sixty-four");

    List<String> executions =
        IntStream.range(0, 64).mapToObj(i -> workflow.start(payload)).toList();
    List<JsonNode> outputs = executions.stream().map(workflow::output).toList();

    Set<String> names =
        outputs.stream().map(o -> o.at("/role/name").asText()).collect(Collectors.toSet());
    Set<String> profiles =
        outputs.stream()
            .map(o -> o.at("/instanceProfile/arn").asText())
            .collect(Collectors.toSet());
    Set<String> instances = new HashSet<>();
    outputs.forEach(output -> instances.addAll(Workflow.instanceIds(output)));
    assertThat(names).hasSize(1);
    assertThat(profiles).hasSize(1);
    assertThat(instances).hasSize(64);
  }

  @Test
  void theSameExecutionStartedAgainLaunchesNothingMore() {
    String payload = launchOf("again");

    String execution = workflow.start("again", payload);
    // While it runs, AWS answers with the same execution; the local engine refuses then too, as AWS
    // does once it has ended.
    assertThatThrownBy(() -> workflow.start("again", payload))
        .isInstanceOf(ExecutionAlreadyExistsException.class);
    workflow.output(execution);
    assertThatThrownBy(() -> workflow.start("again", payload))
        .isInstanceOf(ExecutionAlreadyExistsException.class);

    assertThat(launches()).hasSize(1);
  }

  @Test
  void aLaunchWhoseAnswerWasLostLaunchesNothingMore() {
    stack.edges(
        "{\"faults\": [{\"operation\": \"RunInstances\", \"dryRun\": false, \"after\": true, \"times\": 1,"
            + " \"code\": \"InternalError\"}]}");

    JsonNode output = workflow.launch(launchOf("lost-answer"));

    assertThat(Workflow.instanceIds(output)).hasSize(1);
    assertThat(launches()).hasSizeGreaterThan(1);
    assertThat(
            stack
                .ec2("us-east-1")
                .describeInstances(
                    of ->
                        of.filters(
                            Filter.builder()
                                .name("tag:spawn:role")
                                .values(output.at("/role/name").asText())
                                .build()))
                .reservations())
        .flatExtracting(reservation -> reservation.instances())
        .hasSize(1);
  }

  @Test
  void wantOfCapacityInOneSubnetLeadsToTheNext() {
    // Three times: EC2 says so with status 500, which the SDK repeats by itself.
    stack.edges(
        "{\"faults\": [{\"operation\": \"RunInstances\", \"dryRun\": false, \"times\": 3,"
            + " \"code\": \"InsufficientInstanceCapacity\"}]}");
    List<String> subnets =
        stack.ec2("us-east-1").describeSubnets().subnets().stream()
            .map(Subnet::subnetId)
            .limit(2)
            .toList();

    JsonNode output =
        workflow.launch(
            launchOf("subnets")
                .replace(
                    "\"iam\"",
                    "\"options\": {\"subnetIds\": [\"%s\", \"%s\"]}, \"iam\""
                        .formatted(subnets.get(0), subnets.get(1))));

    assertThat(instances(Workflow.instanceIds(output)))
        .extracting(Instance::subnetId)
        .containsExactly(subnets.get(1));
    assertThat(launches()).hasSize(4);
  }

  @Test
  @Tag("account")
  void aPayloadWithThreeMistakesNamesAllOfThemAndWritesNothing() {
    DescribeExecutionResponse end = workflow.end(workflow.start(event("three-mistakes")));

    assertThat(end.error()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(end.cause())
        .contains("$.instance.InstanceTypo", "$.iam.policies[0]", "$.iam.maxSessionDuration")
        .doesNotContain("at spawn.");
    stack.whereCallsAreSeen(calls -> assertThat(calls).isEmpty());
  }

  @Test
  @Tag("account")
  void aRoleOfTheUsersOwnIsUsedAsItIs() {
    String ownRole = stack.ownRole();

    JsonNode output = workflow.launch(event("existing-role"));

    assertThat(output.at("/role/outcome").asText()).isEqualTo("existing");
    assertThat(role(output).tags()).isEmpty();
    assertThat(instances(Workflow.instanceIds(output)).get(0).iamInstanceProfile().arn())
        .matches("arn:.*:instance-profile%s\\d{8}T\\d{9}Z/".formatted(stack.rolePath()) + ownRole);
  }

  @Test
  @Tag("account")
  void aCustomPolicyIsPutAsItIs() {
    JsonNode output = workflow.launch(event("custom-policy"));

    assertThat(output.at("/role/name").asText()).isEqualTo("report-writer");
    JsonNode statement = inlinePolicy("report-writer").path("Statement").path(0);
    assertThat(statement.findPath("Resource").asText()).isEqualTo("arn:aws:s3:::reports/daily/*");
    assertThat(statement.at("/Condition/Bool/aws:SecureTransport").asText()).isEqualTo("true");
    assertThat(role(output).maxSessionDuration()).isEqualTo(7200);
  }

  @Test
  @Tag("account")
  void managedPoliciesAreAttached() {
    JsonNode output = workflow.launch(event("managed-policies"));

    assertThat(
            stack
                .iam()
                .listAttachedRolePolicies(of -> of.roleName(output.at("/role/name").asText()))
                .attachedPolicies())
        .extracting(policy -> policy.policyArn())
        .containsExactly(here("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"));
  }

  @Test
  @Tag("account")
  void withoutIamTheInstanceGetsTheDefaultRole() {
    JsonNode output = workflow.launch(event("default-role"));

    assertThat(output.at("/role/name").asText()).matches("spored-instance-role(-[0-9a-f]{8})?");
    assertThat(inlinePolicy(output.at("/role/name").asText()).toString())
        .contains("ec2:DescribeTags", "ec2:TerminateInstances", "ec2:ResourceTag/spawn:managed");
  }
}
