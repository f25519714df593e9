package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;

/** Roles for instances that are there already. */
@OnTarget
class AssociationIT {
  private static final List<String> CHANGES =
      List.of(
          "AssociateIamInstanceProfile",
          "ReplaceIamInstanceProfileAssociation",
          "DisassociateIamInstanceProfile");

  private final Target stack;
  private final Workflow workflow;
  private final Ec2Client ec2;

  AssociationIT(Target stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
    this.ec2 = stack.ec2(stack.region());
  }

  @BeforeEach
  void forgetCalls() {
    stack.edges("{\"calls\": [], \"profileDelay\": 0.4, \"startDelay\": 0, \"faults\": []}");
  }

  @Test
  @org.junit.jupiter.api.Tag("account")
  void aRunningInstanceGetsAProfileThatEc2SeesOnlyAfterAWhileThenAnotherThenNone() {
    String instance = launched();
    boolean isDelayed = stack.edges("{\"profileDelay\": 4}");

    String waited = workflow.start(associating(instance, "first"));
    JsonNode first = workflow.output(waited);

    assertThat(profileOf(instance)).contains(arn(first));
    if (isDelayed) {
      assertThat(workflow.entered(waited, "PauseForAssociation")).isPositive();
    }
    assertThat(first.path("previousInstanceProfile").isNull()).isTrue();
    assertNothingChanges(associating(instance, "first"));

    stack.edges("{\"profileDelay\": 0.4}");
    JsonNode second = workflow.launch(associating(instance, "second"));

    assertThat(profileOf(instance)).contains(arn(second));
    assertThat(second.at("/previousInstanceProfile/arn").asText()).isEqualTo(arn(first));
    assertNothingChanges(associating(instance, "second"));

    takeOff(instance, arn(second));
  }

  @Test
  @org.junit.jupiter.api.Tag("account")
  void aStoppedInstanceGetsAProfileThenAnotherThatEc2HasShownThenNone() {
    String instance = launched();
    ec2.stopInstances(stop -> stop.instanceIds(instance));
    untilItIs(InstanceStateName.STOPPED, instance);

    JsonNode first = workflow.launch(associating(instance, "stopped-first"));

    assertThat(profileOf(instance)).contains(arn(first));
    assertThat(first.at("/instances/0/state").asText()).isEqualTo("stopped");
    assertNothingChanges(associating(instance, "stopped-first"));

    boolean isDelayed = stack.edges("{\"profileDelay\": 4}");
    String waited = workflow.start(associating(instance, "stopped-second"));
    JsonNode second = workflow.output(waited);

    assertThat(profileOf(instance)).contains(arn(second));
    assertThat(workflow.entered(waited, "WaitForPropagation")).isGreaterThan(isDelayed ? 1 : 0);
    assertNothingChanges(associating(instance, "stopped-second"));

    takeOff(instance, arn(second));
  }

  @Test
  @org.junit.jupiter.api.Tag("account")
  void anInstanceThatIsNotThereIsTheCallersMistakeAndNothingIsMade() {
    DescribeExecutionResponse end =
        workflow.end(workflow.start(associating("i-0123456789abcdef0", "nowhere")));

    assertThat(end.error()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(end.cause()).contains("$.instanceId: There is no instance i-0123456789abcdef0");
    stack.whereCallsAreSeen(calls -> assertThat(stack.calls("CreateRole")).isEmpty());
  }

  private void takeOff(String instance, String before) {
    String payload = "{\"instanceId\": \"%s\", \"iam\": {\"none\": true}}".formatted(instance);

    JsonNode off = workflow.launch(payload);

    assertThat(profileOf(instance)).isEmpty();
    assertThat(off.at("/previousInstanceProfile/arn").asText()).isEqualTo(before);
    assertNothingChanges(payload);
  }

  private void assertNothingChanges(String payload) {
    stack.edges("{\"calls\": []}");

    workflow.launch(payload);

    stack.whereCallsAreSeen(
        calls ->
            assertThat(calls)
                .extracting(call -> call.path("operation").asText())
                .isNotEmpty()
                .doesNotContainAnyElementsOf(CHANGES)
                .noneMatch(operation -> operation.matches("(Create|Put|Attach|Tag|Add).*")));
  }

  private static String associating(String instance, String bucket) {
    return "{\"instanceId\": \"%s\", \"iam\": {\"policies\": [\"s3:ReadOnly\"], \"resources\": [\"s3://%s\"]}}"
        .formatted(instance, bucket);
  }

  private static String arn(JsonNode output) {
    return output.at("/instanceProfile/arn").asText();
  }

  private String launched() {
    String instance =
        ec2.runInstances(
                launch ->
                    launch
                        .imageId(stack.image())
                        .instanceType(stack.instanceType())
                        .subnetId(stack.subnet().orElse(null))
                        .minCount(1)
                        .maxCount(1)
                        .tagSpecifications(
                            TagSpecification.builder()
                                .resourceType(ResourceType.INSTANCE)
                                .tags(tag("spawn:associate", "true"), tag("Name", stack.name()))
                                .build()))
            .instances()
            .get(0)
            .instanceId();
    untilItIs(InstanceStateName.RUNNING, instance);
    return instance;
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  private void untilItIs(InstanceStateName state, String instance) {
    Workflow.waitUntil(
        Duration.ofMinutes(1),
        () ->
            !ec2.describeInstances(
                    of ->
                        of.filters(
                            filter("instance-id", instance),
                            filter("instance-state-name", state.toString())))
                .reservations()
                .isEmpty());
  }

  private static Filter filter(String name, String value) {
    return Filter.builder().name(name).values(value).build();
  }

  private Optional<String> profileOf(String instance) {
    Instance shown =
        ec2.describeInstances(of -> of.instanceIds(instance))
            .reservations()
            .get(0)
            .instances()
            .get(0);
    return Optional.ofNullable(shown.iamInstanceProfile()).map(IamInstanceProfile::arn);
  }
}
