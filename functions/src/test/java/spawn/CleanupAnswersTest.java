package spawn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.GivenSweep;
import spawn.error.InvalidRequest;
import spawn.error.RoleSetInUse;
import spawn.json.Json;
import spawn.lambda.CallCounter;
import spawn.lambda.Deadline;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;

/**
 * What the function answers for each occasion, member by member and in order: the queue, the
 * role-set workflow and operators' scripts read it.
 */
class CleanupAnswersTest {
  private static final String IN_USE = "spawn-instance-00000004";

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1");

  @BeforeEach
  void givenOneRoleForEachVerdict() {
    givenProfile("left-over");
    givenProfile("etl-writer");
    aws.givenProfile("of-another", "/spawn/spawn/us-east-1/");
    aws.advance(Duration.ofHours(2));
    givenRole("spawn-instance-00000001", role -> {});
    givenRole("spawn-instance-00000002", role -> role.tag("spawn:deleting", hoursAgo(1)));
    givenRole(
        "spawn-instance-00000003",
        role -> role.tag("spawn:deleting", hoursAgo(1)).tag("spawn:lease-until", hoursAgo(-1)));
    givenRole(IN_USE, role -> role.inProfile(IN_USE));
    aws.givenInstance("eu-west-1", IN_USE);
    givenRole("etl-reader", role -> role.tag("spawn:set", "etl").age(Duration.ofMinutes(5)));
    givenRole("etl-writer", role -> role.tag("spawn:set", "etl").inProfile("etl-writer"));
    aws.settle();
  }

  private void givenProfile(String name) {
    aws.givenProfile(name, "/spawn/spawn/us-east-1/");
    GivenSweep.managing(aws, name);
  }

  private void givenRole(String name, Consumer<GivenRole> traits) {
    aws.givenRole(
        name,
        role -> {
          role.path("/spawn/spawn/us-east-1/")
              .tag("spawn:managed", "true")
              .age(Duration.ofHours(3));
          traits.accept(role);
        });
  }

  private String hoursAgo(int hours) {
    return aws.clock().instant().minus(Duration.ofHours(hours)).toString();
  }

  private JsonNode answer(CleanupMode mode, JsonNode input) throws IOException {
    CallCounter calls = new CallCounter();
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            calls.count(call.operation());
          }
        });
    CleanupUnusedRoles function =
        new CleanupUnusedRoles(GivenSweep.of(aws).build(), mode, aws.clock(), calls, line -> {});
    Invocation invocation = new Invocation(new Deadline(), new LogLine());
    return Json.read(Json.text(function.handle(input, invocation)));
  }

  private void assertAnswer(String expected, CleanupMode mode, JsonNode input) throws IOException {
    assertThat(answer(mode, input).toPrettyString() + "\n")
        .isEqualTo(
            Files.readString(
                Path.of("functions/src/test/resources/spawn/cleanup-answers", expected + ".json"),
                UTF_8));
  }

  private static JsonNode event(String name) throws IOException {
    return Json.read(Files.readString(Path.of("events", name + ".json"), UTF_8));
  }

  @Test
  void ofTerminationsTheAnswerNamesTheMessagesThatComeAgain() throws IOException {
    assertAnswer("terminations", CleanupMode.ON, event("termination-batch"));
    assertAnswer("terminations-off", CleanupMode.OFF, event("termination-batch"));
  }

  @Test
  void whatIsNoTerminationComesAgainEvenIfNothingIsSwept() throws IOException {
    JsonNode batch = event("termination-batch");
    ((ObjectNode) batch.at("/Records/0")).put("body", "not an event");

    assertAnswer("terminations", CleanupMode.OFF, batch);
  }

  @Test
  void ofTheNightTheAnswerIsTheReport() throws IOException {
    assertAnswer("nightly", CleanupMode.ON, event("nightly"));
  }

  @Test
  void inReportModeTheNightIsADryRun() throws IOException {
    assertAnswer("nightly-report", CleanupMode.REPORT, event("nightly"));
  }

  @Test
  void switchedOffTheNightHasAnEmptyReport() throws IOException {
    assertAnswer("nightly-off", CleanupMode.OFF, event("nightly"));
  }

  @Test
  void ofADirectCallTheAnswerIsTheReport() throws IOException {
    aws.breakRegion("eu-west-1");

    assertAnswer(
        "asked",
        CleanupMode.ON,
        json("{'roleNames': ['spawn-instance-00000001', 'misspelt'], 'mayDeleteMost': true}"));
  }

  @Test
  void ofARemovalTheAnswerIsTheReportOfTheSetAndWhenToCallAgain() throws IOException {
    JsonNode call = json("{'roleSet': 'etl', 'dryRun': false}");

    assertAnswer("removal-marks", CleanupMode.ON, call);
    aws.advance(Duration.ofMinutes(17));
    assertAnswer("removal-deletes", CleanupMode.ON, call);
  }

  @Test
  void ofARemovalThatSomethingIsInTheWayOfTheAnswerIsAFailure() {
    aws.givenInstance("eu-west-1", "etl-writer");

    assertThatExceptionOfType(RoleSetInUse.class)
        .isThrownBy(() -> answer(CleanupMode.ON, json("{'roleSet': 'etl'}")))
        .withMessageMatching(
            "The role set \"etl\" was left as it is, since it is used:\n"
                + "- etl-writer: in use by i-\\w+");
  }

  @Test
  void ofARemovalThatIsOnlyPlannedTheAnswerSaysWhatUsesTheSet() throws IOException {
    aws.givenInstance("eu-west-1", "etl-writer");

    assertAnswer("removal-planned", CleanupMode.OFF, json("{'roleSet': 'etl', 'dryRun': true}"));
  }

  @Test
  void aRemovalIsRefusedWhereTheStackRemovesNothing() {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> answer(CleanupMode.REPORT, json("{'roleSet': 'etl'}")))
        .withMessageContaining(
            "$.roleSet: This stack removes nothing: its parameter CleanupMode is \"report\".");
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void ofTheRemovalOfEverythingTheAnswerSaysWhenToCallAgainUntilNothingIsLeftToDo()
      throws IOException {
    JsonNode call = json("{'everything': true}");

    assertThat(answer(CleanupMode.ON, call).path("againInSeconds").asInt()).isEqualTo(1020);
    aws.advance(Duration.ofHours(2));
    assertThat(answer(CleanupMode.ON, call).path("againInSeconds").asInt()).isEqualTo(1020);
    aws.advance(Duration.ofMinutes(17));
    JsonNode last = answer(CleanupMode.ON, call);

    assertThat(last.has("againInSeconds")).isFalse();
    assertThat(aws.roles()).extracting(SimulatedRole::name).containsExactly(IN_USE);
    assertThat(last.path("kept").toString()).isEqualTo("{\"IN_USE\":1}");
  }

  @Test
  void theRemovalOfEverythingIsRefusedWhereTheStackRemovesNothing() throws IOException {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> answer(CleanupMode.OFF, json("{'everything': true}")))
        .withMessageContaining(
            "$.everything: This stack removes nothing: its parameter CleanupMode is \"off\".");
    assertThat(answer(CleanupMode.OFF, json("{'everything': true, 'dryRun': true}")).path("dryRun"))
        .isEqualTo(BooleanNode.TRUE);
    assertThat(aws.writes()).isEmpty();
  }
}
