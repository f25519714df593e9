package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
    return Stream.of(tasks("launch", WORKFLOW.launch()), tasks("role-set", WORKFLOW.roleSet()))
        .flatMap(tasks -> tasks)
        .toList();
  }

  private static Stream<Task> tasks(String name, StateMachine machine) {
    return machine.allStates().entrySet().stream()
        .filter(state -> "Task".equals(state.getValue().get("Type")))
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
        .flatMap(task -> failures().stream().map(failure -> Arguments.of(task, failure)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("everyFailureOfEveryTask")
  void endsWithItsOwnNameAndOneSentence(Task task, Failure failure) {
    Outcome outcome = failing(task, failure);

    assertThat(outcome.entered(task.state())).isPositive();
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

  private static boolean isInAMap(Task task) {
    return task.machine().equals("role-set")
        && !WORKFLOW.roleSet().states().containsKey(task.state());
  }

  /** Runs an execution that comes to the task, from which on the task's function fails. */
  private static Outcome failing(Task task, Failure failure) {
    SimulatedAws aws = SimulatedAws.create();
    Stack stack = Stack.on(aws, WORKFLOW);
    Timeline timeline =
        new Timeline() {
          @Override
          public void pause(Duration length) {
            aws.advance(length);
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

  private static Execution execution(Task task, SimulatedAws aws, Stack stack, Timeline timeline) {
    if (task.machine().equals("role-set")) {
      JsonNode payload =
          Stack.event(task.state().equals("RemoveRoles") ? "role-set-delete" : "role-set");
      return stack.roleSetExecution("failing", payload, timeline);
    }
    boolean existing = List.of("LookAtInstance", "AssociateProfile").contains(task.state());
    JsonNode payload =
        existing
            ? Stack.event("running-instance", GivenInstance.running(aws))
            : Stack.event("launch");
    return stack.execution("failing", payload, timeline);
  }
}
