package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.TestExecutionStatus;
import software.amazon.awssdk.services.sfn.model.TestStateRequest;
import software.amazon.awssdk.services.sfn.model.TestStateResponse;
import spawn.workflow.Visit;
import spawn.workflow.Visits;

/**
 * A third judge of the workflows: TestState runs each state by itself (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html">TestState</a>),
 * and should say of it what the tests' own interpreter has said. Where the local engine differs, a
 * test holds it to that, so that the list in {@code docs/simulated-aws.md} stays true.
 */
@Tag("account")
@OnTarget
class StatesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** TestState waits as long as the state says. */
  private static final int LONGEST_WAIT = 5;

  private final SfnClient sfn;
  private final boolean isAws;
  private final String partition;

  StatesIT(Target target) {
    sfn = target.stepFunctions();
    isAws = target.isAws();
    partition = target.partition();
  }

  static Stream<Visit> visits() {
    return Visits.all().stream()
        .filter(visit -> !visit.type().equals("Map")) // its states are visited one by one
        .filter(visit -> !visit.type().equals("Wait") || seconds(visit) <= LONGEST_WAIT);
  }

  private static int seconds(Visit visit) {
    JsonNode variables = visit.variables();
    return switch (visit.state()) {
      case "Pause" -> variables.at("/visibility/nextProbeInSeconds").asInt();
      case "WaitAgain" -> variables.path("waitPause").asInt();
      case "PauseForAssociation" -> variables.at("/step/nextStepInSeconds").asInt();
      case "PauseForInstances" -> variables.at("/starting/nextLookInSeconds").asInt(5);
      default -> Integer.MAX_VALUE;
    };
  }

  @ParameterizedTest
  @MethodSource("visits")
  void aStateLeadsWhereTheInterpreterSays(Visit visit) {
    TestStateResponse said = sfn.testState(asked(visit).build());

    assertThat(said.nextState()).isEqualTo(visit.next().orElse(null));
    if (visit.type().equals("Fail")) {
      assertThat(said.status()).isEqualTo(TestExecutionStatus.FAILED);
      assertThat(said.error()).isEqualTo(visit.failure().orElseThrow().error());
      assertThat(said.cause()).isEqualTo(visit.failure().orElseThrow().cause());
    } else {
      assertThat(said.status())
          .isEqualTo(
              visit.failure().isPresent()
                  ? TestExecutionStatus.CAUGHT_ERROR
                  : TestExecutionStatus.SUCCEEDED);
      JsonNode output = json(said.output());
      if (visit.failure().filter(failure -> failure.cause() == null).isPresent()) {
        ((ObjectNode) output).remove("Cause"); // a mocked failure is given one
      }
      assertThat(output).isEqualTo(visit.output().orElseThrow());
    }
  }

  static Stream<Visit> tasks() {
    return Visits.all().stream().filter(visit -> visit.answer().isPresent());
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void afterTheLastTryAnErrorIsCaughtByTheFirstRuleThatNamesIt(Visit task) {
    for (String error : task.namedErrors()) {
      TestStateResponse said = failing(task, error, 99);

      assertThat(said.status()).as(error).isEqualTo(TestExecutionStatus.CAUGHT_ERROR);
      assertThat(said.nextState()).as(error).isEqualTo(task.caught(error));
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void anErrorThatIsRetriedIsNotCaughtAtOnceButByTheLocalEngine(Visit task) {
    for (String error : task.namedErrors()) {
      if (task.isRetried(error)) {
        assertThat(failing(task, error, 0).status())
            .as(error)
            .isEqualTo(isAws ? TestExecutionStatus.RETRIABLE : TestExecutionStatus.CAUGHT_ERROR);
      }
    }
  }

  private TestStateResponse failing(Visit task, String error, int retries) {
    return sfn.testState(
        request(task)
            .mock(mock -> mock.errorOutput(told -> told.error(error).cause("{}")))
            .stateConfiguration(state -> state.retrierRetryCount(retries))
            .build());
  }

  private TestStateRequest.Builder asked(Visit visit) {
    TestStateRequest.Builder request = request(visit);
    if (visit.failure().isPresent() && !visit.type().equals("Fail")) {
      Visit.Failure failure = visit.failure().get();
      request
          .mock(
              mock -> mock.errorOutput(told -> told.error(failure.error()).cause(failure.cause())))
          .stateConfiguration(state -> state.retrierRetryCount(99));
    } else if (visit.answer().isPresent()) {
      request.mock(mock -> mock.result(visit.answer().get().toString()));
    }
    return request;
  }

  private TestStateRequest.Builder request(Visit visit) {
    return TestStateRequest.builder()
        .definition(visit.text().replace("\"arn:aws:", "\"arn:" + partition + ":"))
        .stateName(visit.state())
        .input(visit.input().toString())
        .variables(visit.variables().toString())
        .context(visit.context().toString());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException brokenAnswer) {
      throw new UncheckedIOException(brokenAnswer);
    }
  }
}
