package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceLifecycleType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import spawn.role.Tags;

/** What an account shows that no simulation can, beside the tests of launches and associations. */
@Order(Integer.MAX_VALUE - 3) // sweeps follow its terminations, and other tests look at all calls
@Tag("account")
@OnTarget
class AcceptanceIT {
  private final Target stack;
  private final Workflow workflow;
  private final Ec2Client ec2;

  AcceptanceIT(Target stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
    this.ec2 = stack.ec2(stack.region());
  }

  @BeforeEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0.4, \"faults\": [], \"calls\": []}");
  }

  /** Returns a launch whose role no other test shares. */
  private ObjectNode launchOf(String bucket) {
    String example = stack.payload(LocalStack.file("events/launch.json"));
    ObjectNode payload = (ObjectNode) LocalStack.json(example);
    ((ObjectNode) payload.path("iam"))
        .putArray("resources")
        .add("s3://" + bucket)
        .add("dynamodb://" + bucket);
    return payload;
  }

  private static ObjectNode instanceOf(ObjectNode payload) {
    return (ObjectNode) payload.path("instance");
  }

  private Instance onlyInstance(JsonNode output) {
    List<String> ids = Workflow.instanceIds(output);
    assertThat(ids).hasSize(1);
    return ec2.describeInstances(of -> of.instanceIds(ids))
        .reservations()
        .get(0)
        .instances()
        .get(0);
  }

  private static String roleOf(JsonNode output) {
    return output.at("/role/name").asText();
  }

  @Test
  void aNewProfileIsWaitedForAndAnotherLaunchOfTheSamePermissionsReusesTheRole() {
    String payload = launchOf("reused").toString();
    String execution = workflow.start(payload);
    JsonNode first = workflow.output(execution);

    JsonNode second = workflow.launch(payload);

    assertThat(workflow.entered(execution, "WaitForPropagation")).isPositive();
    assertThat(first.at("/role/outcome").asText()).isEqualTo("created");
    assertThat(second.at("/role/outcome").asText()).isEqualTo("reused");
    assertThat(second.path("instanceProfile")).isEqualTo(first.path("instanceProfile"));
    assertThat(onlyInstance(second).iamInstanceProfile().arn())
        .isEqualTo(first.at("/instanceProfile/arn").asText());
  }

  @Test
  void aSpotInstanceGetsItsRoleToo() {
    ObjectNode payload = launchOf("spot");
    instanceOf(payload).putObject("InstanceMarketOptions").put("MarketType", "spot");

    JsonNode output = workflow.launch(payload.toString());

    assertThat(onlyInstance(output).instanceLifecycle()).isEqualTo(InstanceLifecycleType.SPOT);
    assertThat(onlyInstance(output).iamInstanceProfile().arn()).endsWith("/" + roleOf(output));
  }

  @Test
  void aLaunchTemplateSaysWhatThePayloadDoesNot() {
    String template = stack.name() + "-template";
    String id =
        ec2.createLaunchTemplate(
                create ->
                    create
                        .launchTemplateName(template)
                        .tagSpecifications(
                            TagSpecification.builder()
                                .resourceType(ResourceType.LAUNCH_TEMPLATE)
                                .tags(
                                    software.amazon.awssdk.services.ec2.model.Tag.builder()
                                        .key("spawn:launch")
                                        .value("true")
                                        .build())
                                .build())
                        .launchTemplateData(
                            data -> data.imageId(stack.image()).instanceType(stack.instanceType())))
            .launchTemplate()
            .launchTemplateId();
    ObjectNode payload = launchOf("template");
    instanceOf(payload).remove(List.of("ImageId", "InstanceType"));
    instanceOf(payload).putObject("LaunchTemplate").put("LaunchTemplateId", id);

    try {
      JsonNode output = workflow.launch(payload.toString());

      assertThat(onlyInstance(output).instanceTypeAsString()).isEqualTo(stack.instanceType());
      assertThat(onlyInstance(output).iamInstanceProfile().arn()).endsWith("/" + roleOf(output));
    } finally {
      ec2.deleteLaunchTemplate(delete -> delete.launchTemplateId(id));
    }
  }

  @Test
  void aVolumeIsEncryptedByTheCustomersKey() {
    Assumptions.assumeTrue(
        stack.volumeKey().isPresent(), "the stack has no parameter for keys of volumes");
    String key = stack.volumeKey().orElseThrow();
    // The local EC2 knows no policies, so it is told which keys a launch may use.
    stack.edges("{\"keys\": [\"" + key + "\"]}");
    ObjectNode payload = launchOf("key");
    ObjectNode device =
        instanceOf(payload)
            .putArray("BlockDeviceMappings")
            .addObject()
            .put("DeviceName", "/dev/sdf");
    device.putObject("Ebs").put("VolumeSize", 1).put("Encrypted", true).put("KmsKeyId", key);

    JsonNode output = workflow.launch(payload.toString());

    String instance = onlyInstance(output).instanceId();
    assertThat(
            ec2.describeVolumes(
                    of ->
                        of.filters(
                            Filter.builder()
                                .name("attachment.instance-id")
                                .values(instance)
                                .build()))
                .volumes())
        .anySatisfy(
            volume -> {
              assertThat(volume.encrypted()).isTrue();
              assertThat(volume.kmsKeyId()).isEqualTo(key);
            });
  }

  @Test
  void aThousandMistakesAreCountedAndTheFirstAreNamed() {
    ObjectNode payload = launchOf("mistakes");
    for (int number = 0; number < 1_000; number++) {
      instanceOf(payload).put("Mistake" + number, true);
    }

    DescribeExecutionResponse end = workflow.end(workflow.start(payload.toString()));

    assertThat(end.error()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(end.cause()).contains("$.instance.Mistake0").endsWith("and 950 more.");
  }

  @Test
  void theRoleOfAnInstanceThatHasEndedIsMarkedAndThenRemoved() {
    JsonNode ended = workflow.launch(launchOf("ended").toString());
    JsonNode running = workflow.launch(launchOf("running").toString());
    String role = roleOf(ended);
    endLease(role);
    endLease(roleOf(running));

    ec2.terminateInstances(end -> end.instanceIds(Workflow.instanceIds(ended)));

    Workflow.waitUntil(Duration.ofMinutes(4), () -> isMarkedOrGone(role));
    Workflow.waitUntil(Duration.ofMinutes(4), () -> found(role).isEmpty());
    Workflow.waitUntil(
        Duration.ofMinutes(1),
        () ->
            stack
                .iam()
                .listInstanceProfilesPaginator(of -> of.pathPrefix(stack.rolePath()))
                .instanceProfiles()
                .stream()
                .noneMatch(profile -> profile.instanceProfileName().equals(role)));
    assertThat(found(roleOf(running))).isNotEmpty();
    assertThat(stack.cleanUp(LocalStack.file("events/dry-run.json")).toString())
        .containsPattern("in use by [^\"]*" + Workflow.instanceIds(running).get(0));
  }

  /** As after the lease's time: the tag says that it is over. */
  private void endLease(String role) {
    stack
        .iam()
        .tagRole(
            tag ->
                tag.roleName(role)
                    .tags(
                        software.amazon.awssdk.services.iam.model.Tag.builder()
                            .key(Tags.LEASE_UNTIL)
                            .value("2026-01-01T00:00:00Z")
                            .build()));
  }

  /** A poll may miss a mark that the next sweep acts on at once. */
  private boolean isMarkedOrGone(String role) {
    return found(role).stream()
        .allMatch(kept -> kept.tags().stream().anyMatch(tag -> tag.key().equals(Tags.DELETING)));
  }

  /** Returns the role of a name, or nothing. */
  private List<Role> found(String name) {
    try {
      return List.of(stack.iam().getRole(get -> get.roleName(name)).role());
    } catch (NoSuchEntityException gone) {
      return List.of();
    }
  }
}
