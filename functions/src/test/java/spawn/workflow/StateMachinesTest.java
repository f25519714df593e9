package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final Path ERRORS = Path.of("functions/src/main/java/spawn/error");

  private static final List<String> MACHINES = List.of("LaunchStateMachine", "RoleSetStateMachine");

  private final Template template = Template.read();

  private StateMachine machine(String id) {
    return StateMachine.read(template.definition(id), template.functionsBySubstitution(id));
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
  void everyErrorOfThisProjectIsNamedByAState() {
    assertThat(errorsNamed()).containsAll(errorsThrown());
  }

  @Test
  void everyErrorOfThisProjectIsCaughtByNameAndNotOnlyByStatesAll() {
    Set<String> caught = new TreeSet<>();
    eachTask(
        (name, state) ->
            StateMachine.list(state, "Catch")
                .forEach(rule -> caught.addAll(StateMachine.names(rule))));
    assertThat(caught).containsAll(errorsThrown());
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
      assertThat(used).isEqualTo(template.functionsBySubstitution(machine).keySet());
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
            template.indexOf("\n  CleanupUnusedRoles:"), template.indexOf("\n  TerminationRule:"));

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
  void everyTaskIsRetriedCaughtAndTimed() {
    eachTask(
        (name, state) ->
            assertThat(state).as(name).containsKeys("Retry", "Catch", "TimeoutSeconds"));
  }

  @Test
  void everyTaskOutlastsItsFunction() {
    eachTask(
        (name, state) ->
            assertThat(Duration.ofSeconds(((Number) state.get("TimeoutSeconds")).longValue()))
                .as(name)
                .isGreaterThan(template.timeout(function(state))));
  }

  @Test
  void everyTaskRetriesAFunctionThatDiedAndWhatIsTransientInLambda() {
    eachTask(
        (name, state) ->
            assertThat(retried(state))
                .as(name)
                .contains(
                    "Lambda.ServiceException",
                    "Lambda.AWSLambdaException",
                    "Lambda.SdkClientException",
                    "Lambda.TooManyRequestsException",
                    "Lambda.Unknown",
                    "Sandbox.Timedout",
                    "spawn.error.Throttled",
                    "spawn.error.AwsUnavailable"));
  }

  @Test
  void everyTaskCatchesAllLastAndEndsInAFailure() {
    for (StateMachine machine : machines()) {
      machine
          .allStates()
          .forEach(
              (name, state) -> {
                List<Map<String, Object>> rules = StateMachine.list(state, "Catch");
                if (!rules.isEmpty()) {
                  Map<String, Object> last = rules.get(rules.size() - 1);
                  assertThat(StateMachine.names(last)).as(name).containsExactly("States.ALL");
                  assertThat((String) last.get("Next")).as(name).endsWith("FailedUnexpectedly");
                }
              });
    }
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
  void everyRetryIsJitteredAndBounded() {
    eachTask(
        (name, state) ->
            assertThat(StateMachine.list(state, "Retry"))
                .as(name)
                .allSatisfy(
                    rule ->
                        assertThat(rule)
                            .containsEntry("JitterStrategy", "FULL")
                            .containsKeys("MaxAttempts", "MaxDelaySeconds", "IntervalSeconds")));
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
          if ("Task".equals(state.get("Type"))) {
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

  private static Set<String> errorsThrown() {
    try (Stream<Path> files = Files.list(ERRORS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java") && !name.equals("package-info.java"))
          .map(name -> "spawn.error." + name.substring(0, name.length() - ".java".length()))
          .filter(StateMachinesTest::isThrown)
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static boolean isThrown(String name) {
    try {
      Class<?> type = Class.forName(name);
      return SpawnException.class.isAssignableFrom(type)
          && !Modifier.isAbstract(type.getModifiers());
    } catch (ClassNotFoundException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private String text(String machine) {
    try {
      return Files.readString(template.definition(machine));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
