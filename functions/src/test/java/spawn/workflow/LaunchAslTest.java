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

/** The definition, the template and the handlers speak of the same names. */
class LaunchAslTest {
  private static final Pattern SPAWN_ERROR = Pattern.compile("spawn\\.error\\.\\w+");
  private static final Path ERRORS = Path.of("functions/src/main/java/spawn/error");

  private final Template template = Template.read();
  private final String text = text();
  private final StateMachine machine =
      StateMachine.read(template.definition(), template.functionsBySubstitution());

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
    machine
        .states()
        .values()
        .forEach(
            state ->
                StateMachine.list(state, "Catch")
                    .forEach(rule -> caught.addAll(StateMachine.names(rule))));
    assertThat(caught).containsAll(errorsThrown());
  }

  @Test
  void everySubstitutionIsOneThatTheTemplateGivesAndTheOtherWayRound() {
    Set<String> used =
        Pattern.compile("\\$\\{(\\w+)}")
            .matcher(text)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(used).isEqualTo(template.functionsBySubstitution().keySet());
  }

  @Test
  void everyFunctionOfTheWorkflowHasAHandlerOfThisProject() {
    assertThat(template.functionsBySubstitution().values())
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
  void everyTaskCatchesAllLastAndEndsInAFail() {
    eachTask(
        (name, state) -> {
          List<Map<String, Object>> rules = StateMachine.list(state, "Catch");
          Map<String, Object> last = rules.get(rules.size() - 1);
          assertThat(StateMachine.names(last)).as(name).containsExactly("States.ALL");
          assertThat(machine.state((String) last.get("Next")))
              .as(name)
              .containsEntry("Type", "Fail");
        });
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
    Set<String> reached = new TreeSet<>();
    List<String> next = new ArrayList<>(List.of(machine.startAt()));
    while (!next.isEmpty()) {
      String name = next.remove(0);
      if (reached.add(name)) {
        next.addAll(StateMachine.nexts(machine.state(name)));
      }
    }
    assertThat(reached).containsExactlyInAnyOrderElementsOf(machine.states().keySet());
  }

  private void eachState(BiConsumer<String, Map<String, Object>> check) {
    assertThat(machine.states()).isNotEmpty();
    machine.states().forEach(check);
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
    return SPAWN_ERROR
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> errorsThrown() {
    try (Stream<Path> files = Files.list(ERRORS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java") && !name.equals("package-info.java"))
          .map(name -> "spawn.error." + name.substring(0, name.length() - ".java".length()))
          .filter(LaunchAslTest::isThrown)
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

  private String text() {
    try {
      return Files.readString(template.definition());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
