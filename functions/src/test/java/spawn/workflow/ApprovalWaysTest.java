package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.aws.SimulatedAws;

/**
 * The ways in which answers, the end of the wait, stops, redrives and further approvers can meet.
 * Whatever happens, the first answer on record counts, and a launch without one makes nothing.
 */
class ApprovalWaysTest {
  private static final Workflow WORKFLOW = workflow();

  /** Returns the workflow of a stack in which every launch asks. */
  static Workflow workflow() {
    return Workflow.with(
        Map.of(
            "PassableRoleArns",
            "arn:aws:iam::123456789012:role/*",
            "ApproveLaunches",
            "all",
            "ApprovalTopicArn",
            ApprovalScript.TOPIC));
  }

  private static final String LAUNCHED = "launched";
  private static final String DENIED = "spawn.error.ApprovalDenied";
  private static final String TIMED_OUT = "spawn.error.ApprovalTimeout";

  /**
   * A way.
   *
   * @param name what happens
   * @param moments what happens when
   * @param end {@code launched}, or the error
   * @param said what those who answer are told
   * @param asked how many messages the approvers get
   */
  record Way(String name, List<String> moments, String end, List<String> said, int asked) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Way way(String name, String end, List<String> said, int asked, String... moments) {
    return new Way(name, List.of(moments), end, said, asked);
  }

  private static final List<String> GIVEN = List.of("given");
  private static final List<String> NOBODY = List.of();

  static Stream<Way> ways() {
    return Stream.of(answers(), wrongAnswers(), tokens(), lostWakes(), stops(), others())
        .flatMap(ways -> ways);
  }

  private static Stream<Way> answers() {
    List<String> twice = List.of("given", "given");
    List<String> secondRefused = List.of("given", "InvalidRequest");
    return Stream.of(
        way("a yes", LAUNCHED, GIVEN, 1, "1h yes"),
        way("a no", DENIED, GIVEN, 1, "1h no"),
        way("silence", TIMED_OUT, NOBODY, 1),
        way("two yes, one after the other", LAUNCHED, twice, 1, "1h yes", "2h yes"),
        way("a yes, and later a no", LAUNCHED, secondRefused, 1, "1h yes", "2h no"),
        way("a no, and later a yes", DENIED, secondRefused, 1, "1h no", "2h yes"),
        way("two no", DENIED, twice, 1, "1h no", "2h no"),
        way("two yes at once", LAUNCHED, twice, 1, "1h yes", "1h yes"),
        way("a yes and a no at once", LAUNCHED, secondRefused, 1, "1h yes", "1h no"),
        way("a no and a yes at once", DENIED, secondRefused, 1, "1h no", "1h yes"),
        way("a yes in the last second", LAUNCHED, GIVEN, 1, "23h59m59s yes"),
        way("a no in the last second", DENIED, GIVEN, 1, "23h59m59s no"),
        way("a yes while the record is looked for", LAUNCHED, GIVEN, 1, "24h0m20s yes"),
        way("a no while the record is looked for", DENIED, GIVEN, 1, "24h0m20s no"),
        way("a yes after the end", TIMED_OUT, List.of("InvalidRequest"), 1, "25h yes"),
        way("a no after the end", TIMED_OUT, List.of("InvalidRequest"), 1, "25h no"));
  }

  private static Stream<Way> wrongAnswers() {
    List<String> refused = List.of("InvalidRequest");
    List<String> thenGiven = List.of("InvalidRequest", "given");
    return Stream.of(
        way("a yes for another hash", TIMED_OUT, refused, 1, "1h yes for another hash"),
        way(
            "a yes for another hash, and a yes",
            LAUNCHED,
            thenGiven,
            1,
            "1h yes for another hash",
            "2h yes"),
        way(
            "a yes for another hash, and a no",
            DENIED,
            thenGiven,
            1,
            "1h yes for another hash",
            "2h no"),
        way(
            "a yes with the hash of another approval",
            TIMED_OUT,
            refused,
            1,
            "1h yes with the hash of another"),
        way(
            "a yes to another approval with this hash",
            TIMED_OUT,
            refused,
            1,
            "1h yes to another with this hash"),
        way("a yes without a reason", TIMED_OUT, refused, 1, "1h yes without a reason"));
  }

  private static Stream<Way> tokens() {
    String token = "somebody sends the token";
    return Stream.of(
        way("the token without an answer", DENIED, NOBODY, 1, "1h " + token),
        way("the token, and a yes right after", LAUNCHED, GIVEN, 1, "1h " + token, "1h0m20s yes"),
        way(
            "the token, and a yes much later",
            DENIED,
            List.of("InvalidRequest"),
            1,
            "1h " + token,
            "2h yes"),
        way("a yes, and the token", LAUNCHED, GIVEN, 1, "1h yes", "2h " + token),
        way("a no, and the token", DENIED, GIVEN, 1, "1h no", "2h " + token),
        way(
            "a no whose wake is lost, and the token",
            DENIED,
            List.of("Lambda.Unknown"),
            1,
            "1h no, and nobody is woken",
            "2h " + token));
  }

  private static Stream<Way> lostWakes() {
    String yes = "yes, and nobody is woken";
    String no = "no, and nobody is woken";
    List<String> dies = List.of("Lambda.Unknown");
    List<String> thenGiven = List.of("Lambda.Unknown", "given");
    List<String> thenRefused = List.of("Lambda.Unknown", "InvalidRequest");
    return Stream.of(
        way("a yes whose wake is lost", LAUNCHED, dies, 1, "1h " + yes),
        way("a no whose wake is lost", DENIED, dies, 1, "1h " + no),
        way(
            "a yes whose wake is lost, and the same again",
            LAUNCHED,
            thenGiven,
            1,
            "1h " + yes,
            "2h yes"),
        way(
            "a no whose wake is lost, and the same again",
            DENIED,
            thenGiven,
            1,
            "1h " + no,
            "2h no"),
        way("a yes whose wake is lost, and a no", LAUNCHED, thenRefused, 1, "1h " + yes, "2h no"),
        way("a no whose wake is lost, and a yes", DENIED, thenRefused, 1, "1h " + no, "2h yes"));
  }

  private static Stream<Way> stops() {
    String yes = "yes, and nobody is woken";
    String no = "no, and nobody is woken";
    List<String> dies = List.of("Lambda.Unknown");
    List<String> thenGiven = List.of("InvalidRequest", "given");
    return Stream.of(
        way("a stop, a redrive and a yes", LAUNCHED, GIVEN, 2, "1h stop", "2h redrive", "3h yes"),
        way("a stop, a redrive and a no", DENIED, GIVEN, 2, "1h stop", "2h redrive", "3h no"),
        way("a stop, a redrive and silence", TIMED_OUT, NOBODY, 2, "1h stop", "2h redrive"),
        way(
            "a yes while it is stopped, a redrive and a yes",
            LAUNCHED,
            thenGiven,
            2,
            "1h stop",
            "2h yes",
            "3h redrive",
            "4h yes"),
        way(
            "a yes while it is stopped, a redrive and silence",
            TIMED_OUT,
            List.of("InvalidRequest"),
            2,
            "1h stop",
            "2h yes",
            "3h redrive"),
        way(
            "a yes whose wake is lost, a stop and a redrive",
            LAUNCHED,
            dies,
            1,
            "1h " + yes,
            "2h stop",
            "3h redrive"),
        way(
            "a no whose wake is lost, a stop and a redrive",
            DENIED,
            dies,
            1,
            "1h " + no,
            "2h stop",
            "3h redrive"),
        way(
            "a yes, a stop before it goes on, and a redrive",
            LAUNCHED,
            GIVEN,
            1,
            "1h yes",
            "1h stopped before it goes on",
            "2h redrive"),
        way(
            "a redrive, and a yes to the first message",
            TIMED_OUT,
            List.of("InvalidRequest"),
            2,
            "1h stop",
            "2h redrive",
            "3h yes to the first message"),
        way(
            "two stops, two redrives and a yes",
            LAUNCHED,
            GIVEN,
            3,
            "1h stop",
            "2h redrive",
            "3h stop",
            "4h redrive",
            "5h yes"),
        way(
            "a redrive, and a no and a yes at once",
            DENIED,
            List.of("given", "InvalidRequest"),
            2,
            "1h stop",
            "2h redrive",
            "3h no",
            "3h yes"),
        way(
            "a redrive, and the token",
            DENIED,
            NOBODY,
            2,
            "1h stop",
            "2h redrive",
            "3h somebody sends the token"));
  }

  private static Stream<Way> others() {
    return Stream.of(
        way("changed limits, and a yes", DENIED, GIVEN, 1, "1h the limits change", "2h yes"),
        way(
            "a yes whose wake is lost, changed limits and the end of the wait",
            DENIED,
            List.of("Lambda.Unknown"),
            1,
            "1h yes, and nobody is woken",
            "2h the limits change"),
        way("a stopped approval", DENIED, NOBODY, 1, "1h an operator stops the approval"),
        way(
            "a stopped approval, and a yes",
            DENIED,
            List.of("InvalidRequest"),
            1,
            "1h an operator stops the approval",
            "2h yes"));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theFirstAnswerOnRecordCountsAndWithoutOneNothingIsMade(Way way) {
    assertEnd(way, Duration.ZERO);
  }

  /** Step Functions shows an execution some time after it was started. */
  @ParameterizedTest
  @MethodSource("ways")
  void theyEndInTheSameWayIfRecordsAreShownLate(Way way) {
    if (way.said().equals(List.of("given", "InvalidRequest"))) {
      return; // whoever comes second at that moment is asked to call again
    }
    assertEnd(way, Duration.ofSeconds(20));
  }

  private static void assertEnd(Way way, Duration lag) {
    assertEnd(way, lag, aws -> Stack.on(aws, WORKFLOW));
  }

  /** Runs a way with a stack on a new account. */
  static void assertEnd(Way way, Duration lag, Function<SimulatedAws, Stack> deploy) {
    SimulatedAws aws = SimulatedAws.create();
    aws.stepFunctions().shownAfter(lag);
    Stack stack = deploy.apply(aws);
    ApprovalScript script = new ApprovalScript(aws, stack, way.moments());

    Outcome end = script.run(stack.execution("one", Stack.event("launch"), script));

    assertThat(end.error().orElse(LAUNCHED)).as(end.cause().orElse("")).isEqualTo(way.end());
    assertThat(aws.published()).hasSize(way.asked());
    if (way.moments().equals(List.of("1h yes")) || way.moments().equals(List.of("1h no"))) {
      assertThat(aws.clock().instant()).isBefore(Instant.parse("2026-01-01T02:00:00Z"));
    }
    assertThat(aws.instances()).hasSize(way.end().equals(LAUNCHED) ? 1 : 0);
    if (lag.isZero()) {
      assertThat(script.said()).isEqualTo(way.said());
    }
    assertThat(ApprovalScript.answers(aws)).hasSizeLessThanOrEqualTo(1);
    if (!way.end().equals(LAUNCHED)) {
      assertThat(ApprovalScript.writes(aws)).isEmpty();
    }
  }
}
