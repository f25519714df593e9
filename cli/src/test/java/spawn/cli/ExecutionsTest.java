package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.GetExecutionHistoryRequest;
import software.amazon.awssdk.services.sfn.model.GetExecutionHistoryResponse;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.SfnException;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;

/** Starting and following executions, on a Step Functions that this test plays. */
class ExecutionsTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final String MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:launch";
  private static final String EXECUTION =
      "arn:aws:states:eu-west-1:111122223333:execution:launch:mine";

  private final Played played = new Played();
  private final TypedShell shell = new TypedShell(Map.of());
  private final Executions executions =
      new Executions(
          shell.shell(),
          played,
          Duration.ofMillis(1),
          Duration.ofSeconds(5),
          Clock.fixed(NOW, ZoneOffset.UTC));

  private static final class Played implements SfnClient {
    private final List<StartExecutionRequest> started = new ArrayList<>();
    private final List<HistoryEvent> events = new ArrayList<>();
    private final List<Integer> pages = new ArrayList<>();
    private String inputBefore;
    private Instant startDate = NOW;
    private int refusals;
    private DescribeExecutionResponse end = DescribeExecutionResponse.builder().build();

    /** Some events come with each look. */
    private int newWithEachLook = Integer.MAX_VALUE;

    private int visible;

    @Override
    public StartExecutionResponse startExecution(StartExecutionRequest request) {
      started.add(request);
      if (inputBefore != null) {
        throw ExecutionAlreadyExistsException.builder().message("exists").build();
      }
      return StartExecutionResponse.builder().executionArn(EXECUTION).startDate(startDate).build();
    }

    @Override
    public DescribeExecutionResponse describeExecution(DescribeExecutionRequest request) {
      assertThat(request.executionArn()).isEqualTo(EXECUTION);
      return end.toBuilder().name("mine").startDate(startDate).input(inputBefore).build();
    }

    @Override
    public GetExecutionHistoryResponse getExecutionHistory(GetExecutionHistoryRequest request) {
      if (refusals > 0) {
        refusals--;
        throw SfnException.builder().message("throttled").statusCode(503).build();
      }
      assertThat(request.reverseOrder()).isTrue();
      int from = 0;
      if (request.nextToken() == null) {
        visible = (int) Math.min(events.size(), (long) visible + newWithEachLook);
      } else {
        from = Integer.parseInt(request.nextToken());
      }
      List<HistoryEvent> newestFirst = new ArrayList<>(events.subList(0, visible));
      Collections.reverse(newestFirst);
      int to = Math.min(newestFirst.size(), from + request.maxResults());
      pages.add(to - from);
      return GetExecutionHistoryResponse.builder()
          .events(newestFirst.subList(from, to))
          .nextToken(to < newestFirst.size() ? String.valueOf(to) : null)
          .build();
    }

    @Override
    public String serviceName() {
      return "states";
    }

    @Override
    public void close() {
      // There is nothing to close.
    }

    /** Has so many events happen, the last of them the end. */
    void happen(int count) {
      IntStream.rangeClosed(1, count)
          .mapToObj(
              id ->
                  HistoryEvent.builder()
                      .id((long) id)
                      .timestamp(NOW.plusSeconds(id))
                      .type(
                          id == 1
                              ? "ExecutionStarted"
                              : id == count ? "ExecutionSucceeded" : "PassStateEntered")
                      .stateEnteredEventDetails(details -> details.name("State" + id))
                      .build())
          .forEach(events::add);
      end =
          DescribeExecutionResponse.builder()
              .status(ExecutionStatus.SUCCEEDED)
              .output("{}")
              .build();
    }
  }

  private static JsonNode payload(String json) {
    return Json.read(json, "the payload");
  }

  @Test
  void eachStartHasANameOfItsOwnSoThatTheSdkMayRepeatTheCall() {
    executions.start(MACHINE, payload("{}"), Optional.empty());
    executions.start(MACHINE, payload("{}"), Optional.empty());

    assertThat(played.started).extracting(StartExecutionRequest::name).doesNotHaveDuplicates();
    assertThat(played.started.get(0).name()).matches("[0-9a-f-]{36}");
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void anExecutionThatRunsUnderTheNameIsTheAnswer() {
    played.startDate = NOW.minusSeconds(600);

    assertThat(executions.start(MACHINE, payload("{}"), Optional.of("mine"))).isEqualTo(EXECUTION);
    assertThat(shell.err()).contains("The execution mine runs since 2026-01-31T11:50:00Z.");
  }

  @Test
  void anExecutionThatHasEndedUnderTheNameIsTheAnswerIfThePayloadIsTheSame() {
    played.inputBefore = "{\"a\": 1, \"b\": 2}";

    assertThat(executions.start(MACHINE, payload("{\"b\":2,\"a\":1}"), Optional.of("mine")))
        .isEqualTo(EXECUTION);
    assertThat(shell.err()).contains("nothing is started again");

    assertThatThrownBy(() -> executions.start(MACHINE, payload("{\"a\":1}"), Optional.of("mine")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("with another payload. Nothing was started");
  }

  @Test
  void aLongHistoryIsReadOnFromWhatIsKnown() {
    played.happen(500);
    played.newWithEachLook = 30;

    executions.follow(EXECUTION);

    assertThat(shell.err().lines()).hasSize(498);
    assertThat(shell.err()).containsSubsequence("State2\n", "State3\n", "State499\n");
    assertThat(played.pages).as("calls, each of one page").hasSizeLessThanOrEqualTo(17);
  }

  @Test
  void whatHappensBetweenTwoLooksMayFillMoreThanAPage() {
    played.happen(200);

    executions.follow(EXECUTION);

    assertThat(shell.err().lines()).hasSize(198);
    assertThat(played.pages).hasSize(5);
  }

  @Test
  void aLookThatIsRefusedIsTriedAgain() {
    played.happen(3);
    played.refusals = 1;

    assertThat(executions.follow(EXECUTION).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
  }

  @Test
  void aFailedExecutionSaysItsErrorAndCause() {
    DescribeExecutionResponse end =
        DescribeExecutionResponse.builder()
            .status(ExecutionStatus.FAILED)
            .error("spawn.error.RoleConflict")
            .cause("The role is another's.")
            .build();
    assertThatThrownBy(() -> Executions.output(end))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("spawn.error.RoleConflict: The role is another's.");
    assertThatThrownBy(
            () ->
                Executions.output(
                    end.toBuilder().status("ABORTED").error(null).cause(null).build()))
        .hasMessage("ABORTED: no cause was given.");
  }
}
