package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.cleanup.SweepFigures;
import spawn.cleanup.SweepReport;
import spawn.error.InvalidRequest;
import spawn.error.Remedy;
import spawn.error.SpawnException;

/** The alarms wake whoever can do something, and say what. */
class AlarmsTest {
  private static final Template TEMPLATE = Template.read();
  private static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:on-call";

  static List<String> alarms() {
    return TEMPLATE.idsOf("AWS::CloudWatch::Alarm");
  }

  @ParameterizedTest
  @MethodSource("alarms")
  void anAlarmSaysWhatToDoAndWhereMoreIsSaid(String alarm) {
    assertThat(TEMPLATE.property(alarm, "AlarmDescription").asText())
        .hasSizeBetween(60, 1024)
        .endsWith(" See docs/runbook.md#" + alarm.toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @MethodSource("alarms")
  void anAlarmIsToldToTheTopicThatIsGivenWhenItBeginsAndWhenItEnds(String alarm) {
    Template told = TEMPLATE.with("AlarmTopicArn", TOPIC);

    for (String actions : List.of("AlarmActions", "OKActions")) {
      assertThat(told.property(alarm, actions).valueStream().map(JsonNode::asText))
          .containsExactly(TOPIC);
      assertThat(TEMPLATE.property(alarm, actions)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("alarms")
  void anAlarmSaysWhatItMeansWhenNothingIsMeasured(String alarm) {
    assertThat(TEMPLATE.property(alarm, "TreatMissingData").asText())
        .isIn("notBreaching", "ignore");
  }

  /**
   * One alarm looks at no more than a day, and with long periods at a week (<a
   * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html">PutMetricAlarm</a>).
   */
  @ParameterizedTest
  @MethodSource("alarms")
  void anAlarmLooksBackAsFarAsItMay(String alarm) {
    int periods = TEMPLATE.property(alarm, "EvaluationPeriods").asInt();

    assertThat(Alarm.of(TEMPLATE, alarm).metrics().values())
        .isNotEmpty()
        .allSatisfy(
            watched ->
                assertThat(watched.periodInSeconds() * periods)
                    .isLessThanOrEqualTo(watched.periodInSeconds() < 3600 ? 86_400 : 604_800));
  }

  @ParameterizedTest
  @ValueSource(strings = {"InvalidRequest", "RoleConflict", "ProfileConflict", "LaunchRejected"})
  void aMistakeOfACallerIsTheCallersToMend(String error) throws ReflectiveOperationException {
    assertThat(remedy(error)).isEqualTo(Remedy.CALLER);
  }

  private static Remedy remedy(String error) throws ReflectiveOperationException {
    Class<?> type = Class.forName("spawn.error." + error);
    SpawnException failure =
        error.equals("InvalidRequest")
            ? new InvalidRequest("$", "wrong")
            : (SpawnException) type.getConstructor(String.class).newInstance("wrong");
    return failure.remedy();
  }

  @Test
  void whatCallersCanMendWakesNobody() {
    for (String alarm : alarms()) {
      assertThat(Alarm.of(TEMPLATE, alarm).isBreachedBy(AlarmsTest::tenMistakesOfCallers))
          .as(alarm)
          .isFalse();
    }
  }

  /** What is measured when ten launches fail, each by a mistake of its caller. */
  private static List<Double> tenMistakesOfCallers(Alarm.Watched metric) {
    Map<String, String> dimensions = metric.dimensions();
    boolean counted =
        switch (metric.name()) {
          case "ExecutionsFailed" -> true;
          case "Failures" ->
              dimensions.size() == 1 || Remedy.CALLER.name().equals(dimensions.get("Remedy"));
          default -> false;
        };
    return counted ? List.of(10.0) : List.of();
  }

  @Test
  void launchesThatFailWithoutAnyFunctionSayingSoAreNoticed() {
    Alarm alarm = Alarm.of(TEMPLATE, "LaunchesFailUnexplained");

    assertThat(alarm.isBreachedBy(metric -> failed(metric, 1, 0))).isTrue();
    assertThat(alarm.isBreachedBy(metric -> failed(metric, 3, 2))).isTrue();
    assertThat(alarm.isBreachedBy(metric -> failed(metric, 3, 3))).isFalse();
    assertThat(alarm.isBreachedBy(metric -> failed(metric, 0, 0))).isFalse();
  }

  private static List<Double> failed(Alarm.Watched metric, double executions, double functions) {
    double count = metric.name().equals("ExecutionsFailed") ? executions : functions;
    return count == 0 ? List.of() : List.of(count);
  }

  @Test
  void sweepsThatFailForAnOperatorAreNoticedAndThoseOfCallersAndOfAwsAreNot() {
    Alarm alarm = Alarm.of(TEMPLATE, "SweepFails");

    assertThat(alarm.isBreachedBy(metric -> sweeps(metric, 3, 0, 0))).isTrue();
    assertThat(alarm.isBreachedBy(metric -> sweeps(metric, 5, 2, 0))).isTrue();
    assertThat(alarm.isBreachedBy(metric -> sweeps(metric, 5, 3, 0))).isFalse();
    assertThat(alarm.isBreachedBy(metric -> sweeps(metric, 5, 0, 3))).isFalse();
    assertThat(alarm.isBreachedBy(metric -> sweeps(metric, 7, 2, 2))).isTrue();
  }

  private static List<Double> sweeps(
      Alarm.Watched metric, double errors, double callers, double aws) {
    if (metric.name().equals("Errors")) {
      return List.of(errors);
    }
    assertThat(metric.dimensions()).containsEntry("Function", "CleanupUnusedRoles");
    double count = metric.dimensions().get("Remedy").equals("CALLER") ? callers : aws;
    return count == 0 ? List.of() : List.of(count);
  }

  @Test
  void aMessageMayBeGivenBackAsOftenAsTheSweepDoesWithoutAnAlarm() {
    int visibilityTimeout = TEMPLATE.property("TerminationQueue", "VisibilityTimeout").asInt();

    assertThat(Alarm.of(TEMPLATE, "TerminationsWaitLong").threshold())
        .isGreaterThan(24 * 3600 + visibilityTimeout + 3600);
  }

  @Test
  void sweepsThatLeaveRolesForTwoDaysAreNoticedAndOneThatCatchesUpIsNot() {
    Alarm alarm = Alarm.of(TEMPLATE, "SweepsFallBehind");

    assertThat(alarm.isBreachedBy(metric -> List.of(1200.0, 1.0, 40.0))).isTrue();
    assertThat(alarm.isBreachedBy(metric -> List.of(1200.0, 0.0, 40.0))).isFalse();
    assertThat(new SweepFigures(SweepReport.ofNothing("none"), 0, 0).byName())
        .containsKey(TEMPLATE.property("SweepsFallBehind", "MetricName").asText());
  }
}
