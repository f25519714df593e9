package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import spawn.aws.SimulatedAws;
import spawn.policy.StackContext;
import spawn.policy.StackContext.BroadAccess;

/** Which launches ask, what they ask, and that what was approved is what is made. */
class ApprovalWorkflowTest {
  private static final String IMAGE =
      "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

  private static final Workflow WORKFLOW = Workflow.read();
  private static final Workflow EVERY =
      Workflow.with(Map.of("ApproveLaunches", "all", "ApprovalTopicArn", ApprovalScript.TOPIC));

  private final SimulatedAws aws = SimulatedAws.create();

  /** What a stack says of itself that asks about broad access. */
  static StackContext approving() {
    StackContext standard = Stack.CONTEXT;
    return new StackContext(
        standard.partition(),
        standard.account(),
        standard.region(),
        standard.rolePath(),
        standard.stack(),
        standard.namePrefix(),
        standard.defaultBoundary(),
        standard.serviceBoundary(),
        standard.allowedBoundaries(),
        BroadAccess.APPROVE);
  }

  /** Runs a launch in a stack that asks about broad access, and answers with yes. */
  private Outcome launch(JsonNode payload) {
    return launch(Stack.on(aws, approving()), payload, "1h yes");
  }

  private Outcome launch(Stack stack, JsonNode payload, String... moments) {
    ApprovalScript people = new ApprovalScript(aws, stack, List.of(moments));
    return people.run(stack.execution("one", payload, people));
  }

  private static JsonNode broad() {
    return json("{'instance': {'ImageId': 'ami-1'}, 'iam': {'policies': ['s3:FullAccess']}}");
  }

  @Test
  void broadAccessIsAskedAboutAndNothingElse() {
    assertThat(launch(Stack.event("launch")).entered("AskForApproval")).isZero();
    assertThat(aws.published()).isEmpty();

    Outcome end = launch(broad());

    assertThat(end.error()).isEmpty();
    assertThat(end.entered("AskForApproval")).isOne();
    assertThat(aws.published()).hasSize(1);
  }

  @Test
  void aLaunchThatAsksForNothingBroadMakesNoCallMore() {
    launch(Stack.event("launch"));
    int asking = aws.calls().size();
    SimulatedAws other = SimulatedAws.create();
    Stack.on(other).launch("one", Stack.event("launch"));

    assertThat(asking).isEqualTo(other.calls().size());
    assertThat(aws.calls()).noneMatch(call -> call.service().equals("states"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'policies': ['s3:FullAccess'], 'role': 'named'}",
        "{'managedPolicies': ['AdministratorAccess']}",
        "{'statements': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}"
      })
  void whateverBringsAWarningOfHighSeverityIsAskedAbout(String iam) {
    launch(json("{'instance': {'ImageId': 'ami-1'}, 'iam': " + iam + "}"));

    assertThat(aws.published()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}",
        "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"*\"}}"
      })
  void namingAnExistingBroadRoleIsAskedAbout(String policy) {
    aws.givenRole("theirs", role -> role.inlinePolicy("broad", policy));

    Outcome end = launch(json("{'instance': {'ImageId': 'ami-1'}, 'iam': {'role': 'theirs'}}"));

    assertThat(end.error()).isEmpty();
    assertThat(aws.published()).hasSize(1);
    assertThat(aws.published().get(0).message()).contains("theirs", "HIGH ");
  }

  @Test
  void namingAnExistingNarrowRoleIsNot() {
    aws.givenRole(
        "theirs",
        role ->
            role.inlinePolicy(
                "narrow",
                "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::a/b\"}]}"));

    Outcome end = launch(json("{'instance': {'ImageId': 'ami-1'}, 'iam': {'role': 'theirs'}}"));

    assertThat(end.error()).isEmpty();
    assertThat(aws.published()).isEmpty();
  }

  @Test
  void anApprovedLaunchEntersSixStatesMoreThanOneThatNeedNotAsk() {
    List<String> ofTheLaunch =
        launch(broad()).states().stream()
            .filter(state -> !state.startsWith("spawn-approval "))
            .toList();

    assertThat(ofTheLaunch)
        .startsWith(
            "ResolvePolicies",
            "AnythingFirst?",
            "PlanLaunch",
            "MustAsk?",
            "AskForApproval",
            "ResolveAgain",
            "PlanAgain",
            "WhichTarget?",
            "EnsureRole",
            "EnsureProfile",
            "ProfileSettled?",
            "WaitForPropagation",
            "Visible?",
            "RunInstance");
  }

  @Test
  void aPlanNeverAsks() {
    ObjectNode plan = (ObjectNode) broad();
    plan.putObject("options").put("plan", true);

    assertThat(launch(plan).error()).isEmpty();
    assertThat(launch(Stack.on(aws, EVERY), plan).error()).isEmpty();
    assertThat(aws.published()).isEmpty();
    assertThat(aws.writes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"launch", "default-role", "managed-policies", "job-array", "custom-policy"})
  void aStackCanLetEveryLaunchAsk(String event) {
    Outcome end = launch(Stack.on(aws, EVERY), Stack.event(event), "1h yes");

    assertThat(end.error()).isEmpty();
    assertThat(aws.published()).hasSize(1);
  }

  @Test
  void whereTheGlassIsBrokenNobodyIsAsked() {
    Workflow unasked = Workflow.with(Map.of("ApproveLaunches", "none"));

    Outcome end = Stack.on(aws, unasked).launch("one", broad());

    assertThat(end.error()).isEmpty();
    assertThat(aws.published()).isEmpty();
  }

  @Test
  void aRoleSetWithBroadAccessIsRefusedSinceItAsksNobody() {
    ObjectNode set = (ObjectNode) Stack.event("role-set-of-own-roles");
    ((ObjectNode) set.at("/roles/0")).putArray("policies").add("s3:FullAccess");
    ((ObjectNode) set.at("/roles/0")).remove("resources");

    Outcome end = Stack.on(aws, approving()).roleSet("set", set);

    assertThat(end.error()).contains("spawn.error.InvalidRequest");
    assertThat(end.cause().orElseThrow()).contains("FULL_ACCESS");
    assertThat(aws.writes()).isEmpty();
  }

  // What is asked

  @Test
  void theMessageSaysWhoAsksForWhatAndHowToAnswer() {
    ObjectNode payload = (ObjectNode) broad();
    ((ObjectNode) payload.path("iam")).put("creator", "ann");
    ((ObjectNode) payload.path("instance")).put("UserData", "export TOKEN=canary-do-not-tell");
    launch(payload);
    PublishRequest message = aws.published().get(0);

    assertThat(message.subject()).isEqualTo("spawn: approve or refuse the launch one");
    assertThat(message.message())
        .contains(
            "Who says they ask: ann\n",
            "HIGH FULL_ACCESS at $.iam.policies[0]: ",
            "- s3:* on *\n",
            "- but no more than " + Stack.BOUNDARY + " allows\n",
            "- ImageId: ami-1\n",
            "It waits until 2026-01-02T00:00:00Z",
            "aws lambda invoke --function-name " + Stack.ANSWER_FUNCTION + " --region us-east-1")
        .doesNotContain("canary", "TOKEN", "token-1");
    assertThat(ApprovalScript.line(message, "approve").path("planHash").asText())
        .isEqualTo(ApprovalScript.line(message, "deny").path("planHash").asText())
        .matches("[0-9a-f]{64}");
  }

  @Test
  void theHistoryOfALaunchHoldsNoTaskToken() {
    Stack stack = Stack.on(aws, EVERY);
    StringBuilder history = new StringBuilder();
    stack.observedBy(
        visit ->
            history
                .append(visit.machine().equals("launch") ? "" : "asking")
                .append(visit.input())
                .append(visit.variables())
                .append(visit.context())
                .append(visit.answer())
                .append(visit.output()));
    launch(stack, Stack.event("launch"), "1h yes");

    String asking =
        ApprovalScript.APPROVAL_MACHINE.replace(":stateMachine:", ":execution:")
            + ":"
            + ApprovalScript.line(aws.published().get(0), "approve").path("approval").asText();
    assertThat(
            aws.personsStates()
                .getExecutionHistory(asked -> asked.executionArn(asking))
                .events()
                .get(0)
                .taskScheduledEventDetails()
                .parameters())
        .contains("token-1");
    assertThat(history.toString()).contains("asking").doesNotContain("token-1");
  }

  // What is made

  @Test
  void whatIsLaunchedIsTheImageThatWasApproved() {
    aws.parameter(IMAGE, "ami-0aaaaaaaaaaaaaaa1");

    Outcome end = launch(Stack.on(aws, EVERY), Stack.event("launch"), "1h yes");

    assertThat(end.error()).isEmpty();
    assertThat(aws.calls("RunInstances"))
        .isNotEmpty()
        .allMatch(
            call ->
                "ami-0aaaaaaaaaaaaaaa1".equals(((RunInstancesRequest) call.request()).imageId()));
  }

  @Test
  void anApprovalOfAnotherImageIsStale() {
    aws.parameter(IMAGE, "ami-0aaaaaaaaaaaaaaa1");
    Stack stack = Stack.on(aws, EVERY);
    ApprovalScript people = new ApprovalScript(aws, stack, List.of("1h yes"));
    Timeline moving =
        new Timeline() {
          @Override
          public void pause(Duration length) {
            aws.parameter(IMAGE, "ami-0bbbbbbbbbbbbbbb2");
            people.pause(length);
          }
        };

    Outcome end = people.run(stack.execution("one", Stack.event("launch"), moving));

    assertThat(end.error()).contains("spawn.error.ApprovalDenied");
    assertThat(end.cause().orElseThrow()).contains("stale");
    assertThat(ApprovalScript.writes(aws)).isEmpty();
  }

  @Test
  void anApprovalOfARoleThatHasChangedIsStale() {
    String all =
        "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"%s:*\", \"Resource\": \"*\"}]}";
    aws.givenRole("theirs", role -> role.inlinePolicy("broad", all.formatted("s3")));
    Stack stack = Stack.on(aws, approving());
    ApprovalScript people = new ApprovalScript(aws, stack, List.of("1h yes"));
    Timeline widening =
        new Timeline() {
          @Override
          public void pause(Duration length) {
            aws.personsIam()
                .putRolePolicy(
                    put ->
                        put.roleName("theirs")
                            .policyName("broad")
                            .policyDocument(all.formatted("iam")));
            people.pause(length);
          }
        };

    Outcome end =
        people.run(
            stack.execution(
                "one",
                json("{'instance': {'ImageId': 'ami-1'}, 'iam': {'role': 'theirs'}}"),
                widening));

    assertThat(end.error()).contains("spawn.error.ApprovalDenied");
    assertThat(aws.instances()).isEmpty();
  }

  /** What was approved begins when it is approved. */
  @Test
  void aLeaseBeginsAtTheYes() {
    Outcome end = launch(Stack.on(aws, EVERY), Stack.event("launch"), "20h yes");

    assertThat(end.error()).isEmpty();
    assertThat(aws.roles().get(0).tag("spawn:lease-until").orElseThrow())
        .startsWith("2026-01-01T21:");
  }

  @Test
  void anAnswerForOneLaunchIsNoneForAnotherOfTheSamePlan() {
    Stack stack = Stack.on(aws, EVERY);
    ApprovalScript first = new ApprovalScript(aws, stack, List.of("1h yes"));
    assertThat(first.run(stack.execution("one", Stack.event("launch"), first)).error()).isEmpty();
    ApprovalScript second = new ApprovalScript(aws, stack, List.of());

    Outcome end = second.run(stack.execution("two", Stack.event("launch"), second));

    assertThat(end.error()).contains("spawn.error.ApprovalTimeout");
    assertThat(aws.published()).hasSize(2);
    assertThat(aws.instances()).hasSize(1);
  }

  @Test
  void aStackThatOnlyWarnsAsksNobody() {
    assertThat(Stack.on(aws, WORKFLOW).launch("one", broad()).error()).isEmpty();
    assertThat(aws.published()).isEmpty();
  }
}
