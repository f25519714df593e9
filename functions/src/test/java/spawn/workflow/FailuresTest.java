package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.aws.GivenInstance;
import spawn.aws.SimulatedAws;

/**
 * Whatever fails a task, and whichever task it is: the execution ends with the error's own name and
 * one readable sentence.
 */
class FailuresTest {
  private static final Workflow WORKFLOW = Workflow.read();

  /** The same, where every launch asks. */
  private static final Workflow ASKING =
      Workflow.with(Map.of("ApproveLaunches", "all", "ApprovalTopicArn", ApprovalScript.TOPIC));

  /** The examples that lead to a task; the example of a launch leads to the others. */
  private static final Map<String, String> EVENTS =
      Map.of("TestPermissions", "expect", "PlanLaunch", "plan");

  /** The tasks of a launch that only one comes to that was approved. */
  private static final List<String> AFTER_THE_YES = List.of("ResolveAgain", "PlanAgain");

  private static final String NO_REASON =
      "No reason was given. The log of the function that failed may hold one.";

  private static final String SENTENCE =
      "Role \"worker\" is gone:\n- C:\\temp\tmet\n- \u00e9t\u00e9 {1}";

  /** An error as Step Functions sees it, and what a reader should see of it. */
  private record Failure(String error, String cause, String sentence) {
    @Override
    public String toString() {
      return error + (cause == null ? " without a cause" : "");
    }
  }

  /** A task of one of the two state machines. */
  private record Task(String machine, String state, String function) {
    @Override
    public String toString() {
      return machine + " " + state;
    }
  }

  private static List<Failure> failures() {
    List<Failure> failures = new ArrayList<>();
    for (String name : SpawnErrors.names()) {
      failures.add(new Failure(name, thrown(name, SENTENCE), SENTENCE));
    }
    failures.addAll(
        List.of(
            new Failure(
                "java.lang.IllegalStateException",
                thrown("java.lang.IllegalStateException", SENTENCE),
                SENTENCE),
            new Failure(
                "java.lang.NullPointerException",
                "{\"errorMessage\":null,\"errorType\":\"java.lang.NullPointerException\",\"stackTrace\":[\"a\"]}",
                NO_REASON),
            new Failure(
                "java.lang.StackOverflowError",
                cutOff(thrown("java.lang.StackOverflowError", "It went too deep.")),
                "It went too deep."),
            new Failure(
                "Lambda.Unknown",
                "The cause could not be determined because Lambda did not return an error type. Returned payload:"
                    + " {\"errorMessage\":\"RequestId: 1 Process exited before completing request\"}",
                "RequestId: 1 Process exited before completing request"),
            new Failure(
                "Sandbox.Timedout",
                "{\"errorMessage\":\"RequestId: 1 Error: Task timed out after 60.00 seconds\",\"errorType\":\"Sandbox.Timedout\"}",
                "RequestId: 1 Error: Task timed out after 60.00 seconds"),
            new Failure(
                "Lambda.TooManyRequestsException",
                "Rate Exceeded. (Service: Lambda, Status Code: 429)",
                "Rate Exceeded. (Service: Lambda, Status Code: 429)"),
            new Failure("States.TaskFailed", "It failed.", "It failed."),
            new Failure("States.Timeout", null, NO_REASON),
            new Failure("States.Timeout", "", NO_REASON)));
    return failures;
  }

  /** The JSON in which Lambda's runtime reports what a function throws. */
  private static String thrown(String type, String message) {
    return Lambda.errorJson(type, message)
        .replace("[]", "[\"spawn.EnsureRole.handle(EnsureRole.java:1)\",\"main(A.java:2)\"]");
  }

  /** A long stack trace does not fit into the 32,768 characters that a cause may have. */
  private static String cutOff(String json) {
    return json.substring(0, json.length() - 10);
  }

  static List<Task> tasks() {
    return Stream.of(
            tasks("launch", WORKFLOW.launch()),
            tasks("role-set", WORKFLOW.roleSet()),
            tasks("approval", WORKFLOW.approval()))
        .flatMap(tasks -> tasks)
        .toList();
  }

  private static Stream<Task> tasks(String name, StateMachine machine) {
    return machine.allStates().entrySet().stream()
        .filter(state -> "Task".equals(state.getValue().get("Type")))
        .filter(state -> !StateMachine.RUN.equals(state.getValue().get("Resource")))
        // What EC2 answers to a plan is part of the plan.
        .filter(state -> !state.getKey().equals("AskEc2"))
        .map(
            state ->
                new Task(
                    name,
                    state.getKey(),
                    (String)
                        StateMachine.object(state.getValue().get("Arguments"))
                            .get("FunctionName")));
  }

  static Stream<Arguments> everyFailureOfEveryTask() {
    return tasks().stream()
        .flatMap(
            task ->
                failures().stream()
                    .filter(failure -> !endsTheWait(task, failure))
                    .map(failure -> Arguments.of(task, failure)));
  }

  /** The end of the time that people have is no failure of the task. */
  private static boolean endsTheWait(Task task, Failure failure) {
    return task.state().equals("AskForApproval") && failure.error().equals("States.Timeout");
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("everyFailureOfEveryTask")
  void endsWithItsOwnNameAndOneSentence(Task task, Failure failure) {
    Outcome outcome = failing(task, failure);

    assertThat(outcome.entered(entered(task))).isPositive();
    assertThat(outcome.error()).contains(failure.error());
    String cause = outcome.cause().orElseThrow();
    if (isInAMap(task)) {
      assertThat(cause)
          .startsWith("Of the role set \"metaflow-prod\", ")
          .contains("\n- metaflow-prod-batch-instance-role: " + failure.sentence());
    } else {
      assertThat(cause).isEqualTo(failure.sentence() + afterwards(task, failure));
    }
    assertThat(cause.replace(failure.sentence(), "")).doesNotContain("{", "stackTrace");
  }

  /**
   * Whatever ends an execution that has launched names the instances; LaunchFailed does so itself.
   */
  private static String afterwards(Task task, Failure failure) {
    return task.state().equals("WaitForInstances")
            && !failure.error().equals("spawn.error.LaunchFailed")
        ? "\nThis execution has launched, and its instances are left as they are: i-00000000000000005"
        : "";
  }

  static List<Failure> everyFailure() {
    return failures();
  }

  @ParameterizedTest
  @MethodSource("everyFailure")
  void whateverEc2AnswersToAPlanIsPartOfIt(Failure failure) {
    SimulatedAws aws = SimulatedAws.create();
    Stack stack = Stack.on(aws, WORKFLOW);
    stack.launch("made", Stack.event("launch"));
    aws.advance(Duration.ofMinutes(11));
    stack.failing("WaitForPropagation", failure.error(), failure.cause());

    Outcome outcome = stack.launch("plan", Stack.event("plan"));

    assertThat(outcome.error()).isEmpty();
    JsonNode verdict = outcome.output().orElseThrow().path("ec2");
    assertThat(verdict.path("asked").asBoolean()).isTrue();
    assertThat(verdict.path("allowed").asBoolean()).isFalse();
    assertThat(verdict.path("error").asText()).isEqualTo(failure.error());
    assertThat(verdict.path("message").asText())
        .isEqualTo(
            failure.error().startsWith("spawn.error.")
                ? failure.sentence()
                : "EC2 could not be asked.");
  }

  @Test
  void theSentenceOfARoleOfASetIsMadeAsThatOfAWholeExecution() {
    String launch = (String) WORKFLOW.launch().state("Failed").get("Cause");
    Map<String, Object> ofARole =
        StateMachine.object(WORKFLOW.roleSet().allStates().get("RoleFailed").get("Output"));

    assertThat(WORKFLOW.roleSet().state("Failed").get("Cause"))
        .isEqualTo(launch.replace(" & $launchedBefore", ""));
    assertThat(StateMachine.object(ofARole.get("failure")))
        .containsEntry(
            "message", launch.replace("$failure.", "$trouble.").replace(" & $launchedBefore", ""));
  }

  /** The states of the workflow that asks are told with its name. */
  private static String entered(Task task) {
    return task.machine().equals("approval") ? "spawn-approval " + task.state() : task.state();
  }

  private static boolean asks(Task task) {
    return task.machine().equals("approval") || AFTER_THE_YES.contains(task.state());
  }

  private static boolean isInAMap(Task task) {
    return task.machine().equals("role-set")
        && !WORKFLOW.roleSet().states().containsKey(task.state());
  }

  /** Runs an execution that comes to the task, from which on the task's function fails. */
  private static Outcome failing(Task task, Failure failure) {
    SimulatedAws aws = SimulatedAws.create();
    Stack stack = Stack.on(aws, asks(task) ? ASKING : WORKFLOW);
    ApprovalScript people = new ApprovalScript(aws, stack, List.of("1h yes"));
    Timeline timeline =
        new Timeline() {
          @Override
          public void pause(Duration length) {
            people.pause(length);
          }

          @Override
          public void entering(String state) {
            if (state.equals(task.state())) {
              stack.failing(task.function(), failure.error(), failure.cause());
            }
          }
        };
    return execution(task, aws, stack, timeline).run();
  }

  /** A set of own roles, the first of which is expected to be denied something. */
  static JsonNode setThatExpects() {
    JsonNode set = Stack.event("role-set-of-own-roles");
    ((ObjectNode) set.at("/roles/0"))
        .putObject("expect")
        .putArray("deny")
        .add("iam:CreateUser arn:aws:iam::123456789012:user/ann");
    return set;
  }

  private static Execution execution(Task task, SimulatedAws aws, Stack stack, Timeline timeline) {
    if (task.machine().equals("role-set")) {
      JsonNode payload =
          task.state().equals("TestPermissions")
              ? setThatExpects()
              : Stack.event(task.state().equals("RemoveRoles") ? "role-set-delete" : "role-set");
      return stack.roleSetExecution("failing", payload, timeline);
    }
    boolean existing = List.of("LookAtInstance", "AssociateProfile").contains(task.state());
    JsonNode payload =
        existing
            ? Stack.event("running-instance", GivenInstance.running(aws))
            : Stack.event(EVENTS.getOrDefault(task.state(), "launch"));
    return stack.execution("failing", payload, timeline);
  }
}
