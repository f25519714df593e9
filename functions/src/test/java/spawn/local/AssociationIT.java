package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;

/** Roles for instances that are there already, on the local stack. */
@ExtendWith(LocalStack.class)
class AssociationIT {
  private static final List<String> CHANGES =
      List.of(
          "AssociateIamInstanceProfile",
          "ReplaceIamInstanceProfileAssociation",
          "DisassociateIamInstanceProfile");

  private final LocalStack stack;
  private final Workflow workflow;
  private final Ec2Client ec2;

  AssociationIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
    this.ec2 = stack.ec2("us-east-1");
  }

  @BeforeEach
  void forgetCalls() {
    stack.edges("{\"calls\": [], \"profileDelay\": 2, \"startDelay\": 0, \"faults\": []}");
  }

  @Test
  void aRunningInstanceGetsAProfileThatEc2SeesOnlyAfterAWhileThenAnotherThenNone() {
    String instance = launched();
    stack.edges("{\"profileDelay\": 8}");

    String waited = workflow.start(associating(instance, "first"));
    JsonNode first = workflow.output(waited);

    assertThat(profileOf(instance)).contains(arn(first));
    assertThat(workflow.entered(waited, "PauseForAssociation")).isPositive();
    assertThat(first.path("previousInstanceProfile").isNull()).isTrue();
    assertNothingChanges(associating(instance, "first"));

    stack.edges("{\"profileDelay\": 2}");
    JsonNode second = workflow.launch(associating(instance, "second"));

    assertThat(profileOf(instance)).contains(arn(second));
    assertThat(second.at("/previousInstanceProfile/arn").asText()).isEqualTo(arn(first));
    assertNothingChanges(associating(instance, "second"));

    takeOff(instance, arn(second));
  }

  @Test
  void aStoppedInstanceGetsAProfileThenAnotherThatEc2HasShownThenNone() {
    String instance = launched();
    ec2.stopInstances(stop -> stop.instanceIds(instance));

    JsonNode first = workflow.launch(associating(instance, "stopped-first"));

    assertThat(profileOf(instance)).contains(arn(first));
    assertThat(first.at("/instances/0/state").asText()).isEqualTo("stopped");
    assertNothingChanges(associating(instance, "stopped-first"));

    stack.edges("{\"profileDelay\": 8}");
    String waited = workflow.start(associating(instance, "stopped-second"));
    JsonNode second = workflow.output(waited);

    assertThat(profileOf(instance)).contains(arn(second));
    assertThat(workflow.entered(waited, "WaitForPropagation")).isGreaterThan(1);
    assertNothingChanges(associating(instance, "stopped-second"));

    takeOff(instance, arn(second));
  }

  @Test
  void anInstanceThatIsNotThereIsTheCallersMistakeAndNothingIsMade() {
    DescribeExecutionResponse end =
        workflow.end(workflow.start(associating("i-0123456789abcdef0", "nowhere")));

    assertThat(end.error()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(end.cause()).contains("$.instanceId: There is no instance i-0123456789abcdef0");
    assertThat(stack.calls("CreateRole")).isEmpty();
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

    assertThat(stack.calls())
        .extracting(call -> call.path("operation").asText())
        .isNotEmpty()
        .doesNotContainAnyElementsOf(CHANGES)
        .noneMatch(operation -> operation.matches("(Create|Put|Attach|Tag|Add).*"));
  }

  private static String associating(String instance, String bucket) {
    return "{\"instanceId\": \"%s\", \"iam\": {\"policies\": [\"s3:ReadOnly\"], \"resources\": [\"s3://%s\"]}}"
        .formatted(instance, bucket);
  }

  private static String arn(JsonNode output) {
    return output.at("/instanceProfile/arn").asText();
  }

  private String launched() {
    String image = ec2.describeImages(of -> of.owners("amazon")).images().get(0).imageId();
    return ec2.runInstances(
            launch ->
                launch
                    .imageId(image)
                    .instanceType("t3.micro")
                    .minCount(1)
                    .maxCount(1)
                    .tagSpecifications(
                        TagSpecification.builder()
                            .resourceType(ResourceType.INSTANCE)
                            .tags(Tag.builder().key("spawn:associate").value("true").build())
                            .build()))
        .instances()
        .get(0)
        .instanceId();
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
