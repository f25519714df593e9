package spawn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.GivenSweep;
import spawn.cleanup.SweepLimits;
import spawn.error.InvalidRequest;
import spawn.error.Problem;
import spawn.json.Json;
import spawn.lambda.CallCounter;
import spawn.lambda.Deadline;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.template.Template;

class CleanupUnusedRolesTest {
  private static final String ROLE = "spawn-instance-0123abcd";

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1");
  private final LogLine line = new LogLine();
  private final CallCounter calls = new CallCounter();
  private final CleanupUnusedRoles function = function(CleanupMode.ON);

  @BeforeEach
  void countCalls() {
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            calls.count(call.operation());
          }
        });
  }

  private CleanupUnusedRoles function(CleanupMode mode) {
    return new CleanupUnusedRoles(GivenSweep.of(aws).build(), mode, aws.clock(), calls, line -> {});
  }

  private void givenUnusedRole() {
    aws.givenRole(
        ROLE,
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .tag("spawn:managed", "true")
                .age(Duration.ofHours(2)));
  }

  private JsonNode answer(JsonNode input) {
    return answer(function, input);
  }

  private JsonNode answer(CleanupUnusedRoles asked, JsonNode input) {
    return Json.of(asked.handle(input, within(Duration.ofMinutes(3))));
  }

  private Invocation within(Duration time) {
    Deadline deadline = new Deadline();
    deadline.begin(() -> time);
    return new Invocation(deadline, line);
  }

  private JsonNode logged() throws IOException {
    return Json.read(line.text("my-stack"));
  }

  private static JsonNode event(String name) throws IOException {
    return Json.read(Files.readString(Path.of("events", name + ".json"), UTF_8));
  }

  @Test
  void aBatchOfTerminationsIsGivenBackUntilTheRoleIsGone() throws IOException {
    givenUnusedRole();
    JsonNode batch = event("termination-batch");

    assertThat(answer(batch).at("/batchItemFailures/0/itemIdentifier"))
        .isEqualTo(batch.at("/Records/0/messageId"));
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting")).isPresent();
    aws.advance(Duration.ofMinutes(20));

    assertThat(answer(batch).path("batchItemFailures")).isEmpty();
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void aMessageIsGivenBackForTwoHoursAndTwentyMinutesAndNotForever() throws IOException {
    givenUnusedRole();
    Instant now = aws.clock().instant();

    assertThat(answer(sent(now.minus(Duration.ofMinutes(139)))).path("batchItemFailures"))
        .hasSize(1);
    assertThat(answer(sent(now.minus(Duration.ofMinutes(140)))).path("batchItemFailures"))
        .isEmpty();
  }

  @Test
  void whileSweepsAreBehindTheNewestMessageIsGivenBackForADay() throws IOException {
    for (int i = 0; i <= SweepLimits.STANDARD.deletions(); i++) {
      givenRipeRole("spawn-instance-%08x".formatted(i));
    }
    Instant now = aws.clock().instant();
    ObjectNode batch = sent(now.minus(Duration.ofHours(20)));
    ((ArrayNode) batch.path("Records"))
        .add(
            ((ObjectNode) sent(now.minus(Duration.ofHours(3))).at("/Records/0"))
                .put("messageId", "newest"));

    assertThat(answer(batch).path("batchItemFailures"))
        .extracting(failure -> failure.path("itemIdentifier").asText())
        .containsExactly("newest");
    assertThat(answer(batch).path("batchItemFailures")).as("nothing is left").isEmpty();
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void aMessageOfYesterdayIsNotGivenBackHoweverMuchIsLeft() throws IOException {
    for (int i = 0; i <= SweepLimits.STANDARD.deletions(); i++) {
      givenRipeRole("spawn-instance-%08x".formatted(i));
    }

    assertThat(
            answer(sent(aws.clock().instant().minus(Duration.ofHours(24))))
                .path("batchItemFailures"))
        .isEmpty();
    assertThat(aws.roles()).hasSize(1);
  }

  private void givenRipeRole(String name) {
    Instant now = aws.clock().instant();
    aws.givenRole(
        name,
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .tag("spawn:managed", "true")
                .tag("spawn:lease-until", now.minus(Duration.ofHours(1)).toString())
                .tag("spawn:deleting", now.minus(Duration.ofMinutes(20)).toString())
                .age(Duration.ofHours(2)));
  }

  @Test
  void howOftenAMessageWasReceivedDoesNotMatterSinceThrottledCallsCountToo() throws IOException {
    givenUnusedRole();
    ObjectNode batch = sent(aws.clock().instant());
    ((ObjectNode) batch.at("/Records/0/attributes")).put("ApproximateReceiveCount", "99");

    assertThat(answer(batch).path("batchItemFailures")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "", "-1", "99999999999999999999"})
  void aMessageFromSomebodysHandIsHandledOnce(String sent) throws IOException {
    givenUnusedRole();
    ObjectNode batch = (ObjectNode) event("termination-batch");
    ((ObjectNode) batch.at("/Records/0/attributes")).put("SentTimestamp", sent);

    assertThat(answer(batch).path("batchItemFailures")).isEmpty();
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting")).isPresent();
  }

  @Test
  void aMessageWithoutAttributesIsHandledOnce() throws IOException {
    givenUnusedRole();
    ObjectNode batch = (ObjectNode) event("termination-batch");
    ((ObjectNode) batch.at("/Records/0")).remove("attributes");

    assertThat(answer(batch).path("batchItemFailures")).isEmpty();
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting")).isPresent();
  }

  /** As people write it who try the function by hand. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"attributes\": null, \"messageId\": \"one\"}",
        "{\"attributes\": \"none\", \"messageId\": 7}",
        "{\"attributes\": {\"SentTimestamp\": 1.5, \"Other\": {\"a\": [null]}}}",
        "{\"attributes\": {\"SentTimestamp\": null}, \"messageAttributes\": 1, \"md5OfBody\": {}}",
        "{\"messageId\": \"\", \"receiptHandle\": [], \"unknown\": true}"
      })
  void aMessageOfAnyFormThatSaysWhatHasEndedStartsASweep(String message) throws IOException {
    givenUnusedRole();
    ObjectNode written = (ObjectNode) Json.read(message);
    written.put("body", event("instance-terminated").toString());
    ObjectNode batch = JsonNodeFactory.instance.objectNode();
    batch.putArray("Records").add(written);

    assertThat(answer(batch).path("batchItemFailures")).isEmpty();
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting")).isPresent();
  }

  @Test
  void anEventInPlaceOfItsTextIsUnderstood() throws IOException {
    givenUnusedRole();
    ObjectNode batch = (ObjectNode) event("termination-batch");
    ((ObjectNode) batch.at("/Records/0")).set("body", event("instance-terminated"));
    ((ObjectNode) batch.at("/Records/0/attributes"))
        .put("SentTimestamp", aws.clock().instant().toEpochMilli());

    assertThat(answer(batch).at("/batchItemFailures/0/itemIdentifier"))
        .isEqualTo(batch.at("/Records/0/messageId"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[null, 7, \"text\", [], {}, {\"body\": null}, {\"body\": 7}]"})
  void whatHasNoIdCannotBeGivenBack(String records) throws IOException {
    ObjectNode batch = JsonNodeFactory.instance.objectNode();
    batch.set("Records", Json.read(records));

    assertThat(answer(batch).path("batchItemFailures")).isEmpty();
    assertThat(aws.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "\"text\"", "7"})
  void recordsThatAreNoListAreACallersMistake(String records) throws IOException {
    ObjectNode batch = JsonNodeFactory.instance.objectNode();
    batch.set("Records", Json.read(records));

    assertThatThrownBy(() -> answer(batch))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("$.Records: Must be a list");
  }

  private static ObjectNode sent(Instant at) throws IOException {
    ObjectNode batch = (ObjectNode) event("termination-batch");
    ((ObjectNode) batch.at("/Records/0/attributes"))
        .put("SentTimestamp", Long.toString(at.toEpochMilli()));
    return batch;
  }

  @Test
  void aMessageThatIsNoTerminationIsLeftForTheDeadLettersWithoutASweep() throws IOException {
    givenUnusedRole();
    JsonNode batch = event("termination-batch");
    ((ObjectNode) batch.at("/Records/0")).put("body", "not an event");

    assertThat(answer(batch).path("batchItemFailures")).hasSize(1);
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void theTerminationEventIsWhatTheBatchCarries() throws IOException {
    assertThat(Json.read(event("termination-batch").at("/Records/0/body").asText()))
        .isEqualTo(event("instance-terminated"));
  }

  private static ObjectNode ofTheSchedule(Instant sent) throws IOException {
    ObjectNode batch = sent(sent);
    ((ObjectNode) batch.at("/Records/0")).put("body", event("nightly").toString());
    return batch;
  }

  @Test
  void theSchedulesMessageComesBackUntilNothingIsLeftToDo() throws IOException {
    givenUnusedRole();
    ObjectNode nightly = ofTheSchedule(aws.clock().instant());

    assertThat(answer(nightly).path("batchItemFailures")).hasSize(1);
    aws.advance(Duration.ofMinutes(20));
    assertThat(answer(nightly).path("batchItemFailures")).isEmpty();
    assertThat(aws.role(ROLE)).isEmpty();
  }

  @Test
  void theScheduleSendsTheNightlyEvent() throws IOException {
    JsonNode target = Template.read().property("NightlyRule", "Targets").path(0);

    assertThat(Json.read(target.path("Input").asText())).isEqualTo(event("nightly"));
  }

  @Test
  void theNightlyEventSweeps() throws IOException {
    givenUnusedRole();

    assertThat(answer(event("nightly")).at("/roles/0/verdict").asText()).isEqualTo("marked");
  }

  @Test
  void aDryRunChangesNothing() throws IOException {
    givenUnusedRole();

    assertThat(answer(event("dry-run")).path("dryRun").asBoolean()).isTrue();
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aMisspeltFieldOfADirectCallIsRefused() {
    givenUnusedRole();

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> answer(JsonNodeFactory.instance.objectNode().put("dryrun", true)))
        .withMessageContaining("dryRun");
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void everythingThatIsWrongWithADirectCallIsToldAtOnceWithItsPath() throws IOException {
    JsonNode call =
        Json.read(
            """
            {"dryRun": "yes", "regions": [], "roleNames": ["good", 7, "no/good"],
             "olderThan": "a week", "mayDeleteMost": 1, "force": true}
            """);

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> answer(call))
        .satisfies(
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::path)
                    .containsExactlyInAnyOrder(
                        "$.force",
                        "$.dryRun",
                        "$.regions",
                        "$.roleNames[1]",
                        "$.roleNames[2]",
                        "$.olderThan",
                        "$.mayDeleteMost"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "7", "\"sweep\"", "null"})
  void whatIsNoObjectIsNoDirectCall(String input) {
    assertThatExceptionOfType(InvalidRequest.class).isThrownBy(() -> answer(Json.read(input)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"-PT1H\"", "\"1d\"", "3600", "null"})
  void anAgeThatIsNoDurationIsRefused(String age) {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> answer(Json.read("{\"olderThan\": " + age + "}")))
        .withMessageContaining("$.olderThan");
  }

  @Test
  void theReportIsTheAnswerAndALineOfTheLogAndItsFiguresAreMetrics() throws IOException {
    givenUnusedRole();

    JsonNode report = answer(event("nightly"));

    assertThat(report.at("/counts/marked").asInt()).isEqualTo(1);
    assertThat(report.path("calls").asInt()).isEqualTo(aws.calls().size());
    assertThat(logged().path("event").asText()).isEqualTo("swept");
    assertThat(logged().path("content")).isEqualTo(Json.read(report.toString()));
    assertThat(logged().at("/_aws/CloudWatchMetrics/0/Namespace").asText()).isEqualTo("spawn");
    assertThat(logged().path("Stack").asText()).isEqualTo("my-stack");
    assertThat(logged().path("SweepMarked").asInt()).isEqualTo(1);
    assertThat(logged().path("SweepCalls").asInt()).isEqualTo(aws.calls().size());
    assertThat(logged().at("/_aws/CloudWatchMetrics/0/Metrics").findValuesAsText("Name"))
        .contains(
            "SweepExamined",
            "SweepKept",
            "SweepKeptInUse",
            "SweepMarked",
            "SweepUnmarked",
            "SweepDeleted",
            "SweepFailed",
            "SweepSeconds",
            "SweepAlarm");
  }

  @Test
  void aDryRunCountsInNoMetric() throws IOException {
    answer(event("dry-run"));

    assertThat(logged().path("event").asText()).isEqualTo("swept");
    assertThat(logged().has("_aws")).isFalse();
  }

  @Test
  void aReportThatIsTooLongForOneLineLeavesOutWhatStays() {
    aws.rolesQuota(2000);
    for (int i = 0; i < 1500; i++) {
      aws.givenRole(
          "kept-for-some-reason-of-a-long-name-%03d".formatted(i),
          r -> r.path("/spawn/spawn/us-east-1/"));
    }
    givenUnusedRole();

    assertThat(answer(JsonNodeFactory.instance.objectNode()).path("roles")).hasSize(1501);
    assertThat(line.text("my-stack"))
        .hasSizeLessThan(200_000)
        .contains("keptRolesLeftOut")
        .contains(ROLE);
  }

  @Test
  void switchedOffItLooksAtNothingByItself() throws IOException {
    givenUnusedRole();
    CleanupUnusedRoles off = function(CleanupMode.OFF);

    JsonNode nightly = answer(off, event("nightly"));
    JsonNode batch = answer(off, event("termination-batch"));

    assertThat(nightly.path("stopped").asText()).contains("switched off");
    assertThat(batch.path("batchItemFailures")).isEmpty();
    assertThat(aws.calls()).isEmpty();
    assertThat(answer(off, JsonNodeFactory.instance.objectNode()).at("/dryRun"))
        .isEqualTo(JsonNodeFactory.instance.booleanNode(true));
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void inReportModeItOnlyReportsAndGivesNoMessageBack() throws IOException {
    givenUnusedRole();
    CleanupUnusedRoles reporting = function(CleanupMode.REPORT);

    JsonNode nightly = answer(reporting, event("nightly"));
    JsonNode batch = answer(reporting, event("termination-batch"));

    assertThat(nightly.at("/roles/0/verdict").asText()).isEqualTo("marked");
    assertThat(batch.path("batchItemFailures")).isEmpty();
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRunThatHasNoTimeLeftStopsBeforeItsFirstRoleAndGivesTheMessagesBack() throws IOException {
    givenUnusedRole();

    JsonNode answer =
        Json.of(function.handle(event("termination-batch"), within(Duration.ofSeconds(30))));

    assertThat(answer.path("batchItemFailures")).hasSize(1);
    assertThat(aws.writes()).isEmpty();
  }
}
