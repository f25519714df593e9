package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Tag;

@OnLocalStack
class CleanupIT {
  private final LocalStack stack;
  private final Workflow workflow;

  CleanupIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
  }

  @BeforeEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0.4, \"faults\": [], \"calls\": []}");
  }

  private JsonNode launch(String bucket) {
    return workflow.launch(LocalStack.launchOf(bucket).toString());
  }

  private static String roleOf(JsonNode output) {
    return output.at("/role/name").asText();
  }

  private boolean exists(String role) {
    try {
      stack.iam().getRole(get -> get.roleName(role));
      return true;
    } catch (NoSuchEntityException gone) {
      return false;
    }
  }

  private void terminate(String region, List<String> ids) {
    stack.ec2(region).terminateInstances(of -> of.instanceIds(ids));
  }

  @Test
  void theEndOfTheLastInstanceLeadsToTheRolesRemovalAndWhatIsInUseStays() {
    JsonNode ended = launch("ended");
    JsonNode running = launch("running");
    JsonNode stopped = launch("stopped");
    JsonNode elsewhere = launch("elsewhere");
    stack.ec2("us-east-1").stopInstances(of -> of.instanceIds(Workflow.instanceIds(stopped)));
    stack
        .ec2("eu-west-1")
        .runInstances(
            of ->
                of.imageId("ami-12c6146b")
                    .minCount(1)
                    .maxCount(1)
                    .iamInstanceProfile(profile -> profile.name(roleOf(elsewhere))));
    terminate("us-east-1", Workflow.instanceIds(elsewhere));
    String unmanaged = "spawn-instance-0000abcd";
    stack
        .iam()
        .createRole(
            of ->
                of.roleName(unmanaged)
                    .path("/spawn/spawn/us-east-1/")
                    .assumeRolePolicyDocument(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                            + "{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"));
    stack.edges("{\"calls\": []}");
    terminate("us-east-1", Workflow.instanceIds(ended));
    // A sweep that meets the lease gives the event back, and nothing else starts the next ones.
    Workflow.waitUntil(Duration.ofMinutes(1), () -> !stack.calls("ListRoles").isEmpty());
    assertThat(exists(roleOf(ended))).isTrue();
    endLease(roleOf(ended));

    Workflow.waitUntil(Duration.ofMinutes(4), () -> !exists(roleOf(ended)));

    Map<String, String> verdicts =
        StreamSupport.stream(
                stack.cleanUp(LocalStack.file("events/dry-run.json")).path("roles").spliterator(),
                false)
            .collect(
                Collectors.toMap(
                    role -> role.path("role").asText(), role -> role.path("reason").asText()));
    assertThat(verdicts.get(roleOf(running)))
        .startsWith("in use by " + Workflow.instanceIds(running).get(0));
    assertThat(verdicts.get(roleOf(stopped)))
        .startsWith("in use by " + Workflow.instanceIds(stopped).get(0));
    assertThat(verdicts.get(roleOf(elsewhere))).startsWith("in use by ");
    assertThat(verdicts.get(unmanaged)).contains("lacks the tag");
    assertThat(verdicts).doesNotContainKey(roleOf(ended));
    assertThat(stack.iam().listInstanceProfiles().instanceProfiles())
        .noneMatch(profile -> profile.instanceProfileName().equals(roleOf(ended)));
  }

  /** As an hour later: the role's lease is over. */
  private void endLease(String role) {
    stack
        .iam()
        .tagRole(
            tag ->
                tag.roleName(role)
                    .tags(
                        Tag.builder()
                            .key("spawn:lease-until")
                            .value("2026-01-01T00:00:00Z")
                            .build()));
  }

  private JsonNode reported(JsonNode report, String role) {
    return StreamSupport.stream(report.path("roles").spliterator(), false)
        .filter(found -> found.path("role").asText().equals(role))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theNightlySweepTakesWhatALostEventLeftButNotWhileARegionIsSilent() {
    stack.edges("{\"events\": false}");
    JsonNode lost = launch("lost");
    String role = roleOf(lost);
    terminate("us-east-1", Workflow.instanceIds(lost));
    stack.edges(
        "{\"events\": true, \"faults\": [{\"operation\": \"DescribeIamInstanceProfileAssociations\","
            + "\"region\": \"eu-west-1\", \"code\": \"UnauthorizedOperation\"}]}");
    endLease(role);
    String nightly = LocalStack.file("events/nightly.json");
    Workflow.waitUntil(
        Duration.ofSeconds(30),
        () -> !reported(stack.cleanUp(nightly), role).path("code").asText().equals("TOO_YOUNG"));

    JsonNode silent = stack.cleanUp(nightly);

    assertThat(silent.at("/unreadableRegions/eu-west-1").asText())
        .contains("UnauthorizedOperation");
    assertThat(silent.at("/counts/marked").asInt() + silent.at("/counts/deleted").asInt()).isZero();
    assertThat(reported(silent, role).path("code").asText()).isEqualTo("REGION_NOT_READ");
    assertThat(exists(role)).isTrue();
    stack.edges("{\"faults\": []}");

    sendAsTheSchedule();

    Workflow.waitUntil(Duration.ofMinutes(1), () -> !exists(role));
  }

  /** Rules come round at no time here. */
  private void sendAsTheSchedule() {
    stack.typed(
        """
        rule=$(./local/aws events list-rules --query 'Rules[?ScheduleExpression].Name' --output text)
        target() { ./local/aws events list-targets-by-rule --rule "$rule" --query "Targets[0].$1" --output text; }
        queue=$(./local/aws sqs get-queue-url --queue-name "$(target Arn | sed 's/.*://')" --output text)
        ./local/aws sqs send-message --queue-url "$queue" --message-body "$(target Input)"
        """);
  }

  @Test
  void aRoleThatALaunchTemplateNamesStaysUntilTheTemplateIsDeleted() {
    stack.edges("{\"events\": false}");
    JsonNode ended = launch("templated");
    String role = roleOf(ended);
    String template =
        stack
            .ec2("eu-west-1")
            .createLaunchTemplate(
                make ->
                    make.launchTemplateName("templated")
                        .launchTemplateData(
                            data -> data.iamInstanceProfile(profile -> profile.name(role))))
            .launchTemplate()
            .launchTemplateId();
    terminate("us-east-1", Workflow.instanceIds(ended));
    stack.edges("{\"events\": true}");
    endLease(role);
    String nightly = LocalStack.file("events/nightly.json");
    Workflow.waitUntil(
        Duration.ofSeconds(30),
        () -> !reported(stack.cleanUp(nightly), role).path("code").asText().equals("TOO_YOUNG"));

    JsonNode kept = reported(stack.cleanUp(nightly), role);

    assertThat(kept.path("code").asText()).isEqualTo("CAN_STILL_START");
    assertThat(kept.path("reason").asText())
        .startsWith("used by launch template " + template + " in eu-west-1");
    stack.ec2("eu-west-1").deleteLaunchTemplate(gone -> gone.launchTemplateId(template));
    Workflow.waitUntil(
        Duration.ofMinutes(1),
        () -> {
          stack.cleanUp(nightly);
          return !exists(role);
        });
  }

  @Test
  void aDryRunWritesNothing() {
    stack.cleanUp(LocalStack.file("events/dry-run.json"));

    assertThat(stack.calls())
        .extracting(call -> call.path("operation").asText())
        .isNotEmpty()
        .allMatch(operation -> operation.matches("(Get|List|Describe).*"));
  }

  @Test
  void aMisspeltDryRunIsRefusedAndNotTakenForNone() {
    JsonNode answer = stack.cleanUp("{\"dryrun\": true}");

    assertThat(answer.path("errorType").asText()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(stack.calls()).isEmpty();
  }
}
