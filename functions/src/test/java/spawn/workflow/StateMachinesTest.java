package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import spawn.error.SpawnException;

/** The definitions, the template and the handlers speak of the same names. */
class StateMachinesTest {
  private static final Pattern SPAWN_ERROR = Pattern.compile("spawn\\.error\\.\\w+");

  private static final List<String> MACHINES =
      List.of(
          "LaunchStateMachine",
          "RoleSetStateMachine",
          "ApprovalStateMachine",
          "AnswersStateMachine");

  /** What Lambda says of a function that it did not run, or that died. */
  private static final List<String> NOT_RUN_OR_DIED =
      List.of(
          "Lambda.ServiceException",
          "Lambda.AWSLambdaException",
          "Lambda.SdkClientException",
          "Lambda.TooManyRequestsException",
          "Lambda.ClientExecutionTimeoutException",
          "Lambda.SnapStartException",
          "Lambda.SnapStartTimeoutException",
          "Lambda.SnapStartNotReadyException",
          "Lambda.Unknown",
          "Runtime.ExitError");

  /**
   * A version that has not been called for 14 days has lost its snapshot: the first call gets this,
   * and Lambda makes a new one, which takes minutes (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html">SnapStart</a>).
   */
  private static final String NOT_READY = "Lambda.SnapStartNotReadyException";

  private static final List<String> LATE = List.of("Sandbox.Timedout", "States.Timeout");

  private static final List<String> AWS_REFUSES_FOR_NOW =
      List.of("spawn.error.Throttled", "spawn.error.AwsUnavailable");

  /** They call nothing, so AWS cannot keep them waiting, nor refuse. */
  private static final Set<String> CALLING_NOTHING =
      Set.of("ResolvePolicies", "ResolveAgain", "ResolveRoleSet");

  /** Its time is that of people, and what comes after it is not a failure. */
  private static final String WAITS_FOR_PEOPLE = "AskForApproval";

  /** The tasks that are not named as their function, since another one is, or it is another's. */
  private static final Map<String, String> FUNCTIONS =
      Map.of(
          "RemoveRoles",
          "CleanupUnusedRoles",
          "AskEc2",
          "WaitForPropagation",
          "ResolveAgain",
          "ResolvePolicies",
          "PlanAgain",
          "PlanLaunch",
          "RecallAnswer",
          "ConfirmAnswer");

  /** What only some tasks can meet that passes by itself. */
  private static final Map<String, List<String>> OWN =
      Map.of(
          "EnsureRole",
              List.of(
                  "spawn.error.NotVisibleYet",
                  "spawn.error.RoleBeingDeleted",
                  "spawn.error.RoleUnfinished"),
          "ConvergeRole", List.of("spawn.error.NotVisibleYet", "spawn.error.RoleBeingDeleted"),
          "EnsureProfile", List.of("spawn.error.NotVisibleYet"),
          "PlanLaunch", List.of("spawn.error.NotVisibleYet"),
          "TestPermissions", List.of("spawn.error.NotVisibleYet"),
          "PlanAgain", List.of("spawn.error.NotVisibleYet"),
          "WaitForPropagation", List.of("spawn.error.CapacityUnavailable"));

  /**
   * The longest pause, in seconds, before another call of the sweep, in place of the 20 of every
   * other function: only one sweep runs at a time, for up to three minutes, and throttles what
   * comes meanwhile.
   */
  private static final int LONGEST_WAIT_FOR_A_SWEEP = 60;

  private final Template template = Template.read();

  private StateMachine machine(String id) {
    return Workflow.machine(template, id);
  }

  private List<StateMachine> machines() {
    return MACHINES.stream().map(this::machine).toList();
  }

  @Test
  void everyErrorThatAStateNamesIsAFinalClassOfThisProject() {
    assertThat(errorsNamed())
        .isNotEmpty()
        .allSatisfy(
            name -> assertThat(Class.forName(name)).isAssignableTo(SpawnException.class).isFinal());
  }

  @Test
  void everySubstitutionIsOneThatTheTemplateGivesAndTheOtherWayRound() {
    for (String machine : MACHINES) {
      Set<String> used =
          Pattern.compile("\\$\\{(\\w+)}")
              .matcher(text(machine))
              .results()
              .map(found -> found.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> given = new TreeSet<>(template.functionsBySubstitution(machine).keySet());
      given.addAll(template.parametersOf(machine).keySet());
      given.addAll(template.machinesBySubstitution(machine).keySet());
      if (!used.isEmpty()) {
        given.add(Template.PARTITION);
      }
      assertThat(used).isEqualTo(given);
    }
  }

  /**
   * An execution in another partition fails at a resource of this one, by an error that nothing
   * catches: "The resource belongs to a different partition from the running execution".
   */
  @Test
  void noStateNamesAPartition() {
    for (String machine : MACHINES) {
      assertThat(text(machine)).doesNotContainPattern("arn:aws[a-z-]*:");
    }
  }

  @Test
  void everyFunctionOfAStateMachineHasAHandlerOfThisProject() {
    assertThat(
            MACHINES.stream()
                .flatMap(machine -> template.functionsBySubstitution(machine).values().stream()))
        .allSatisfy(
            function ->
                assertThat(Class.forName(template.handler(function)))
                    .isFinal()
                    .isAssignableTo(
                        com.amazonaws.services.lambda.runtime.RequestStreamHandler.class));
  }

  @Test
  void theSweepIsReservedOneExecutionSoThatTwoNeverRunAtOnce() throws IOException {
    String template = Files.readString(Path.of("template.yaml"));
    String sweep =
        template.substring(
            template.indexOf("\n  CleanupUnusedRoles:"), template.indexOf("\n  RevokeRole:"));

    assertThat(sweep)
        .contains("ReservedConcurrentExecutions: !If [ReservesSweep, 1, !Ref AWS::NoValue]");
    assertThat(template)
        .containsPattern("ReserveSweepConcurrency:\n    Type: String\n    Default: \"true\"");
  }

  @Test
  void everyStateSaysWhatItIsFor() {
    eachState((name, state) -> assertThat(state.get("Comment")).as(name).asString().isNotBlank());
  }

  @Test
  void everyChoiceIsAQuestionAndNothingElseIsOne() {
    eachState(
        (name, state) ->
            assertThat(name.endsWith("?")).as(name).isEqualTo("Choice".equals(state.get("Type"))));
  }

  /**
   * The sweep alone removes, and it only once at a time, so a set is removed by its function. IAM
   * allows no dry run without the launch, so only the function that waits makes any.
   */
  @Test
  void everyTaskCallsTheFunctionOfItsName() {
    eachTask(
        (name, state) -> assertThat(function(state)).isEqualTo(FUNCTIONS.getOrDefault(name, name)));
  }

  @Test
  void everyTaskPassesWhatItsFunctionTakes() {
    eachTask(
        (name, state) -> {
          if (!name.equals("RemoveRoles")) {
            Set<String> passed =
                new TreeSet<>(
                    StateMachine.object(StateMachine.object(state.get("Arguments")).get("Payload"))
                        .keySet());
            if (name.equals("EnsureProfile")) {
              passed.add("planOnly"); // of role sets only: in a launch it is absent, and so false
            }
            assertThat(passed).as(name).isEqualTo(fieldsTaken(function(state)));
          }
        });
  }

  private Set<String> fieldsTaken(String function) {
    try {
      Class<?> input = Class.forName(template.handler(function) + "$Input");
      return Stream.of(input.getRecordComponents())
          .map(RecordComponent::getName)
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (ClassNotFoundException missing) {
      throw new IllegalStateException(missing);
    }
  }

  @Test
  void everyTaskIsRetriedCaughtAndTimed() {
    eachTask(
        (name, state) ->
            assertThat(state).as(name).containsKeys("Retry", "Catch", "TimeoutSeconds"));
  }

  @Test
  void everyTaskOutlastsItsFunction() {
    eachTask(
        (name, state) ->
            assertThat(timeout(state)).as(name).isGreaterThan(template.timeout(function(state))));
  }

  private static Duration timeout(Map<String, Object> state) {
    try {
      Object seconds = new Expressions().evaluate(state.get("TimeoutSeconds"), Map.of());
      return Duration.ofSeconds(((Number) seconds).longValue());
    } catch (TaskFailure broken) {
      throw new AssertionError(broken);
    }
  }

  @Test
  void whatRunsAnotherWorkflowOutlastsItAndIsNotRetriedOnceItHasRun() {
    Map<String, Object> asks = machine("LaunchStateMachine").state("AskForApproval");

    assertThat(asks).containsKeys("Retry", "Catch", "TimeoutSeconds");
    assertThat(timeout(asks))
        .isGreaterThan(timeout(machine("ApprovalStateMachine").state(WAITS_FOR_PEOPLE)));
    assertThat(retried(asks)).allMatch(error -> error.startsWith("StepFunctions."));
  }

  /** A phase of a launch is bounded by its states; the whole has to outlast the longest wait. */
  @Test
  void aLaunchOutlastsTheLongestWaitForAnApproval() {
    long longest = Long.parseLong(spawn.template.Template.read().values("ApprovalTimeout").get(1));

    assertThat(machine("ApprovalStateMachine").timeoutSeconds()).isEqualTo(longest + 3_600);
    assertThat(machine("LaunchStateMachine").timeoutSeconds()).isEqualTo(longest + 3_600 + 7_200);
  }

  @Test
  void breakingTheGlassIsTheSameWorkflowWithoutTheQuestion() {
    Map<String, String> asking = template.parametersOf("LaunchStateMachine");
    Map<String, String> unasked = new TreeMap<>(template.parametersOf("BreakGlassStateMachine"));

    assertThat(unasked.put("ApproveLaunches", asking.get("ApproveLaunches"))).isEqualTo("none");
    assertThat(unasked).isEqualTo(asking);
    assertThat(template.functionsBySubstitution("BreakGlassStateMachine"))
        .isEqualTo(template.functionsBySubstitution("LaunchStateMachine"));
    assertThat(template.definition("BreakGlassStateMachine"))
        .isEqualTo(template.definition("LaunchStateMachine"));
  }

  @Test
  void everyTaskRetriesWhatPassesByItselfAndNothingElse() {
    eachTask(
        (name, state) -> {
          List<String> passes = new ArrayList<>(NOT_RUN_OR_DIED);
          if (name.equals(WAITS_FOR_PEOPLE)) {
            passes.add("Sandbox.Timedout");
            passes.addAll(AWS_REFUSES_FOR_NOW);
          } else if (!CALLING_NOTHING.contains(name)) {
            passes.addAll(LATE);
            passes.addAll(AWS_REFUSES_FOR_NOW);
          }
          passes.addAll(OWN.getOrDefault(name, List.of()));
          assertThat(retried(state)).as(name).containsExactlyInAnyOrderElementsOf(passes);
        });
  }

  @Test
  void errorsThatAreRetriedAreRetriedInTheSameWayByEveryTask() {
    Map<String, Map<String, Object>> firstMet = new TreeMap<>();
    eachTask(
        (name, state) -> {
          for (Map<String, Object> rule : StateMachine.list(state, "Retry")) {
            for (String error : StateMachine.names(rule)) {
              Map<String, Object> how = new LinkedHashMap<>(rule);
              how.remove("ErrorEquals");
              if (name.equals("RemoveRoles")
                  && !error.startsWith("spawn.")
                  && !error.equals(NOT_READY)) {
                assertThat(how.replace("MaxDelaySeconds", 20)).isEqualTo(LONGEST_WAIT_FOR_A_SWEEP);
              }
              assertThat(how)
                  .as("%s in %s", error, name)
                  .isEqualTo(firstMet.computeIfAbsent(error, first -> how));
            }
          }
        });
  }

  @Test
  void whatTasksOfOneKindRetryStandsInTheSameOrder() {
    Map<String, List<String>> firstMet = new TreeMap<>();
    eachTask(
        (name, state) -> {
          for (Map<String, Object> rule : StateMachine.list(state, "Retry")) {
            List<String> errors = StateMachine.names(rule);
            String kind =
                CALLING_NOTHING.contains(name)
                    + (name.equals(WAITS_FOR_PEOPLE) ? WAITS_FOR_PEOPLE : "")
                    + errors.get(0);
            assertThat(errors).as(name).isEqualTo(firstMet.computeIfAbsent(kind, first -> errors));
          }
        });
  }

  @Test
  void everyTaskCatchesByNameWhatLeadsElsewhereAndLastAllTheRest() {
    for (StateMachine machine : machines()) {
      machine
          .allStates()
          .forEach(
              (name, state) -> {
                List<Map<String, Object>> rules = StateMachine.list(state, "Catch");
                if (!rules.isEmpty()) {
                  Map<String, Object> last = rules.get(rules.size() - 1);
                  boolean inAMap = !machine.states().containsKey(name);
                  assertThat(StateMachine.names(last)).as(name).containsExactly("States.ALL");
                  assertThat(last).as(name).containsEntry("Next", afterAll(name, inAMap));
                  assertThat(rules.subList(0, rules.size() - 1))
                      .as(name)
                      .noneMatch(rule -> rule.get("Next").equals(last.get("Next")))
                      .noneMatch(rule -> StateMachine.names(rule).contains("States.ALL"));
                }
              });
    }
  }

  /** What EC2 answers to a plan is part of it, whatever it is. */
  private static String afterAll(String state, boolean inAMap) {
    return state.equals("AskEc2") ? "Planned" : inAMap ? "RoleFailed" : "Failed";
  }

  @Test
  void noStateOfAMapHasTheNameOfOneOutside() {
    for (StateMachine machine : machines()) {
      assertThat(machine.allStates())
          .hasSize(
              machine.states().size()
                  + machine.processors().stream().mapToInt(each -> each.states().size()).sum());
    }
  }

  @Test
  void aSnapshotIsWaitedForFiveMinutesBeforeAnythingElseIsTried() {
    eachTask(
        (name, state) ->
            assertThat(StateMachine.list(state, "Retry").get(0))
                .as(name)
                .isEqualTo(
                    Map.of(
                        "ErrorEquals", List.of(NOT_READY),
                        "IntervalSeconds", 10,
                        "BackoffRate", 1,
                        "MaxAttempts", 30,
                        "JitterStrategy", "NONE")));
  }

  @Test
  void everyOtherRetryIsJitteredAndBounded() {
    eachTask(
        (name, state) ->
            assertThat(StateMachine.list(state, "Retry"))
                .as(name)
                .filteredOn(rule -> !StateMachine.names(rule).contains(NOT_READY))
                .allSatisfy(
                    rule ->
                        assertThat(rule)
                            .containsEntry("JitterStrategy", "FULL")
                            .containsKeys("MaxAttempts", "MaxDelaySeconds", "IntervalSeconds")));
  }

  @Test
  void noStateReadsAVariableBeforeItIsAssigned() {
    for (StateMachine machine : machines()) {
      assertThat(Variables.readTooEarly(machine)).isEmpty();
    }
  }

  /** A wait must be a whole number: Step Functions fails a state at 5.000000001 seconds. */
  @Test
  void everyWaitIsAWholeNumberThatNothingCalculates() {
    List<String> waits = new ArrayList<>();
    eachState(
        (name, state) -> {
          if ("Wait".equals(state.get("Type"))) {
            String seconds = (String) state.get("Seconds");
            assertThat(seconds)
                .as(name)
                .matches("\\{% \\$\\w+(\\.\\w+InSeconds|\\.againInSeconds)? %}");
            waits.add(seconds);
          }
        });
    assertThat(waits).isNotEmpty();
    for (String machine : MACHINES) {
      assertThat(text(machine)).doesNotContain("$power", "$sqrt", "$random", "$number");
      assertThat(text(machine)).doesNotContainPattern("\\{%[^%]* / [^%]*%}");
    }
  }

  /**
   * An error has at most 256 characters, a cause 32,768 (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html">what
   * a failed execution holds</a>).
   */
  @Test
  void whateverFailsErrorAndCauseFitIntoStepFunctions() throws TaskFailure {
    String huge = "A".repeat(200_000);
    Expressions expressions = new Expressions();
    Map<String, Object> failed = new LinkedHashMap<>();
    failed.put("failure", Map.of("Error", huge, "Cause", huge));
    failed.put("launchedBefore", "B".repeat(2_500));
    failed.put("profile", Map.of("name", "C".repeat(128)));
    failed.put("set", "metaflow");
    failed.put(
        "results",
        List.of(
            Map.of(
                "failure", Map.of("error", huge, "message", huge), "role", Map.of("name", "d"))));
    failed.put(
        "removal",
        Map.of("roles", List.of(Map.of("role", "d", "verdict", "kept", "reason", huge))));
    List<String> ends = new ArrayList<>();
    for (StateMachine machine : machines()) {
      for (Map.Entry<String, Map<String, Object>> state : machine.allStates().entrySet()) {
        if ("Fail".equals(state.getValue().get("Type"))) {
          ends.add(state.getKey());
          assertThat((String) expressions.evaluate(state.getValue().get("Error"), failed))
              .as(state.getKey())
              .hasSizeBetween(1, 256);
          assertThat((String) expressions.evaluate(state.getValue().get("Cause"), failed))
              .as(state.getKey())
              .hasSizeBetween(1, 32_768);
        }
      }
    }
    assertThat(ends).contains("Failed", "NeverVisible", "Incomplete", "NotRemoved");
  }

  @Test
  void everyStateIsReached() {
    machines().forEach(StateMachinesTest::assertAllIsReached);
  }

  private static void assertAllIsReached(StateMachine machine) {
    Set<String> reached = new TreeSet<>();
    List<String> next = new ArrayList<>(List.of(machine.startAt()));
    while (!next.isEmpty()) {
      String name = next.remove(0);
      if (reached.add(name)) {
        next.addAll(StateMachine.nexts(machine.state(name)));
      }
    }
    assertThat(reached).containsExactlyInAnyOrderElementsOf(machine.states().keySet());
    machine.processors().forEach(StateMachinesTest::assertAllIsReached);
  }

  private void eachState(BiConsumer<String, Map<String, Object>> check) {
    for (StateMachine machine : machines()) {
      assertThat(machine.allStates()).isNotEmpty();
      machine.allStates().forEach(check);
    }
  }

  private void eachTask(BiConsumer<String, Map<String, Object>> check) {
    eachState(
        (name, state) -> {
          if ("Task".equals(state.get("Type")) && !StateMachine.RUN.equals(state.get("Resource"))) {
            check.accept(name, state);
          }
        });
  }

  private static String function(Map<String, Object> task) {
    return (String) StateMachine.object(task.get("Arguments")).get("FunctionName");
  }

  private static List<String> retried(Map<String, Object> task) {
    return StateMachine.list(task, "Retry").stream()
        .flatMap(rule -> StateMachine.names(rule).stream())
        .toList();
  }

  private Set<String> errorsNamed() {
    return MACHINES.stream()
        .flatMap(machine -> SPAWN_ERROR.matcher(text(machine)).results())
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String text(String machine) {
    try {
      return Files.readString(template.definition(machine));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
