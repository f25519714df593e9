package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What commands call the stack's functions with, and what they print of the answers. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class CallsTest {
  private final StubbedAws aws = new StubbedAws();
  private final TypedShell shell = new TypedShell(Map.of());

  @AfterEach
  void theServerEnds() {
    aws.close();
  }

  private int run(String... words) {
    return shell.run(words);
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) Json.read(text, "a test's JSON");
  }

  private static final String SWEPT =
      """
      {"dryRun": %s, "unreadableRegions": {}, "profiles": [{"profile": "empty", "verdict": "deleted", "reason": "it holds no role"}],
       "roles": [{"role": "a-used", "verdict": "kept", "code": "IN_USE", "reason": "i-1 carries it"},
                 {"role": "b-old", "verdict": "deleted"}, {"role": "c-idle", "verdict": "marked"}], "againInSeconds": 1200}""";

  @Test
  void aCleanUpIsADryRunUnlessItIsMeant() {
    aws.function(
        "CleanupFunctionName", call -> json(SWEPT.formatted(call.path("dryRun").asBoolean())));
    assertThat(run("cleanup-iam")).isZero();
    assertThat(aws.called().get(0)).isEqualTo(json("{\"dryRun\": true}"));
    assertThat(shell.out().lines())
        .containsExactly(
            "ROLE                    WHAT              WHY",
            "b-old                   would be deleted  -",
            "c-idle                  would be marked   -",
            "a-used                  stays             i-1 carries it",
            "instance profile empty  would be deleted  it holds no role");
    assertThat(shell.err())
        .contains("Nothing was changed: 1 to mark, 1 to delete, 1 stay. To do it, add --yes.");

    assertThat(
            run(
                "cleanup-iam",
                "--yes",
                "--role",
                "b-old,c-idle",
                "--older-than",
                "P7D",
                "--may-delete-most"))
        .isZero();
    assertThat(aws.called().get(1))
        .isEqualTo(
            json(
                "{\"roleNames\": [\"b-old\", \"c-idle\"], \"olderThan\": \"P7D\", \"mayDeleteMost\": true}"));
    assertThat(shell.out()).contains("b-old                   deleted");
    assertThat(shell.err()).contains("run the same command again in 1200 s");

    assertThat(run("cleanup-iam", "--yes", "--dry-run")).isZero();
    assertThat(aws.called().get(2)).isEqualTo(json("{\"dryRun\": true}"));
  }

  @Test
  void aCallThatTheFunctionWouldRefuseIsNotMade() {
    aws.function("CleanupFunctionName", call -> json("{}"));
    assertThat(run("cleanup-iam", "--older-than", "soon", "--regions", "mars")).isEqualTo(2);
    assertThat(shell.err()).contains("--regions", "--older-than").doesNotContain("$.");
    aws.function("RevokeFunctionName", call -> json("{}"));
    assertThat(run("revoke", "reports", "--yes")).isEqualTo(2);
    assertThat(shell.err()).contains("--reason: Missing: say why");
    assertThat(run("revoke", "reports", "--undo", "--sessions", "--yes")).isEqualTo(2);
    assertThat(aws.called()).isEmpty();
  }

  @Test
  void aFailureOfAFunctionIsItsSentence() {
    aws.function(
        "CleanupFunctionName",
        call ->
            json(
                "{\"errorType\": \"spawn.error.RoleSetInUse\", \"errorMessage\": \"The set is used.\"}"));
    assertThat(run("cleanup-iam")).isEqualTo(1);
    assertThat(shell.err()).isEqualTo("spawn cleanup-iam: The set is used.\n");
    aws.function(
        "AuditFunctionName",
        call ->
            json(
                "{\"errorType\": \"spawn.error.InvalidRequest\", \"errorMessage\": \"The payload has 1 problem:\\n- $.roleNames[0]: Is none.\"}"));
    assertThat(run("iam-audit")).isEqualTo(2);
    assertThat(shell.err()).isEqualTo("spawn iam-audit: --role-names[0]: Is none.\n");
    aws.function(
        "RepairFunctionName",
        call ->
            json(
                "{\"errorType\": \"Sandbox.Timedout\", \"errorMessage\": \"Task timed out\\nx\"}"));
    assertThat(run("iam-repair")).isEqualTo(1);
    assertThat(shell.err())
        .isEqualTo(
            "spawn iam-repair: The function RepairFunctionName failed (Sandbox.Timedout): Task timed out\n");
  }

  private static JsonNode page(JsonNode call) {
    boolean isSecond = call.path("after").asText().equals("b");
    ObjectNode answer =
        json(
            isSecond
                ? """
                  {"counts": {"roles": 1, "unused": 1}, "roles": [{"role": "c", "state": "unused", "drift": [], "warnings": [], "ageDays": 3}]}"""
                : """
                  {"counts": {"roles": 2, "drifted": 1, "in-use": 1}, "stopped": "at role c: no room", "after": "b", "roles": [
                    {"role": "a", "state": "drifted", "drift": [{"kind": "TRUST"}, {"kind": "TAGS"}], "ageDays": 1,
                     "warnings": [{"code": "FULL_ACCESS", "severity": "high"}, {"code": "WIDE", "severity": "low"}, {"code": "MORE", "severity": "low"}]},
                    {"role": "b", "state": "in-use", "drift": [], "warnings": [], "ageDays": 2, "instances": ["i-1", "i-2"], "lastUsed": "2026-11-25T10:00:00Z"}]}""");
    return call.path("format").asText().equals("html")
        ? answer.put("html", isSecond ? "<p>second" : "<p>first")
        : answer;
  }

  @Test
  void anAuditGoesOnWhereItStopped() {
    aws.function("AuditFunctionName", CallsTest::page);
    assertThat(run("iam-audit")).isZero();
    assertThat(shell.out().lines())
        .containsExactly(
            "ROLE  STATE    RISK                         DRIFT        USED BY  LAST USED   AGE",
            "a     drifted  high: FULL_ACCESS, WIDE, +1  TRUST, TAGS  -        -           1 d",
            "b     in-use   -                            -            i-1, +1  2026-11-25  2 d",
            "c     unused   -                            -            -        -           3 d");
    assertThat(shell.err()).contains("3 roles: 1 drifted, 1 in-use, 1 unused.");
    assertThat(aws.called()).hasSize(2);

    assertThat(run("iam-audit", "--output", "json")).isZero();
    JsonNode whole = Json.read(shell.out(), "the output");
    assertThat(whole.path("roles")).hasSize(3);
    assertThat(whole.has("after")).isFalse();
    assertThat(whole.at("/counts/roles").asInt()).isEqualTo(3);
  }

  @Test
  void anAuditThatComesNoFartherSaysSo() {
    aws.function(
        "AuditFunctionName",
        call ->
            json(
                "{\"counts\": {\"roles\": 0}, \"roles\": [], \"stopped\": \"at role c\", \"after\": \"b\"}"));
    assertThat(run("iam-audit", "--after", "b")).isEqualTo(1);
    assertThat(shell.err()).contains("It stopped at role c");
    assertThat(aws.called()).hasSize(1);
  }

  @Test
  void eachPageOfAnAuditIsAFile(@TempDir Path folder) throws IOException {
    aws.function("AuditFunctionName", CallsTest::page);
    assertThat(shell.in(folder).run("iam-audit", "--html", "audit.html")).isZero();
    assertThat(shell.out().lines())
        .containsExactly(
            folder.resolve("audit.html").toString(), folder.resolve("audit-2.html").toString());
    assertThat(Files.readString(folder.resolve("audit-2.html"))).isEqualTo("<p>second");
  }

  @Test
  void aRepairRepairsOnlyWhenItIsMeant() {
    aws.function(
        "RepairFunctionName",
        call ->
            json(
                """
                {"dryRun": true, "counts": {"looked": 2, "repaired": 0, "wouldRepair": 1, "left": 1, "failed": 0}, "roles": [
                  {"role": "a", "outcome": "wouldRepair", "drift": [{"kind": "TAGS"}], "changes": ["takes the tag x off"]},
                  {"role": "b", "outcome": "left", "drift": [{"kind": "TRUST"}], "changes": [], "reason": "nothing may change it"}]}"""));
    assertThat(run("iam-repair")).isZero();
    assertThat(aws.called().get(0)).isEqualTo(json("{}"));
    assertThat(shell.out())
        .contains("a     would be repaired  TAGS   takes the tag x off  -")
        .contains("nothing may change it");
    assertThat(run("iam-repair", "--yes", "--role", "a")).isZero();
    assertThat(aws.called().get(1)).isEqualTo(json("{\"repair\": true, \"roleNames\": [\"a\"]}"));
  }

  @Test
  void aRevocationAsksFirst() {
    aws.function(
        "RevokeFunctionName",
        call ->
            json(
                "{\"role\": \"a\", \"revoked\": \"everything\", \"since\": \"2026-11-26T03:07:30Z\", \"changed\": true, \"notes\": [\"A launch may be under way.\"]}"));
    assertThat(run("revoke", "a", "--reason", "leaked")).isEqualTo(2);
    assertThat(shell.err()).contains("denies the role a", "add --yes");
    assertThat(shell.typing("n\n").run("revoke", "a", "--reason", "leaked")).isEqualTo(1);
    assertThat(shell.err()).contains("Nothing was done.");
    assertThat(aws.called()).isEmpty();

    assertThat(shell.typing("y\n").run("revoke", "a", "--reason", "leaked", "--by", "ann"))
        .isZero();
    assertThat(aws.called().get(0))
        .isEqualTo(json("{\"role\": \"a\", \"reason\": \"leaked\", \"by\": \"ann\"}"));
    assertThat(shell.out()).contains("everything");
    assertThat(shell.err()).contains("A launch may be under way.");
    assertThat(run("revoke", "a", "--sessions", "--reason", "x", "--by", "ann", "--yes")).isZero();
    assertThat(aws.called().get(1).path("sessions").asBoolean()).isTrue();
    assertThat(run("revoke", "a", "--undo", "--everything", "--yes")).isEqualTo(2);
  }

  private static final String APPROVAL = "0123456789abcdef".repeat(4);

  private void givenALaunchThatAsked(String status) {
    String asked =
        "{\"approval\": \"%s\", \"planHash\": \"%s\", \"launch\": \"arn\", \"launchName\": \"training\", \"summary\": [], \"warnings\": []}"
            .formatted(APPROVAL, APPROVAL);
    aws.output(
            "ApprovalStateMachineArn",
            "arn:aws:states:us-east-1:123456789012:stateMachine:spawn-approval")
        .answering(
            "DescribeExecution",
            200,
            "",
            json("{\"startDate\": 1767225600}")
                .put("status", status)
                .put("name", APPROVAL)
                .put("input", asked)
                .toString());
  }

  @Test
  void anAnswerIsGivenAgainUntilTheLaunchHasBeenTold() {
    givenALaunchThatAsked("RUNNING");
    aws.function(
        "AnswerFunctionName",
        call ->
            json("{\"answer\": \"deny\", \"reason\": \"Too broad\", \"message\": \"Refused.\"}")
                .put("delivered", aws.called().size() == 3));

    assertThat(run("deny", APPROVAL, "--comment", "Too broad", "--yes")).as(shell.err()).isZero();

    assertThat(aws.called()).hasSize(3).containsOnly(aws.called().get(0));
    assertThat(shell.out()).contains("yes");
  }

  @Test
  void anAnswerForWhichNothingWaitsAnyMoreIsGivenOnce() {
    givenALaunchThatAsked("SUCCEEDED");
    aws.function(
        "AnswerFunctionName",
        call ->
            json(
                "{\"answer\": \"approve\", \"reason\": \"Agreed\", \"delivered\": false, \"message\": \"Recorded.\"}"));

    assertThat(run("approve", APPROVAL, "--comment", "Agreed", "--yes")).as(shell.err()).isZero();

    assertThat(aws.called()).hasSize(1);
    assertThat(shell.out()).contains("not yet");
  }

  @Test
  void anExportPrintsThePayloadAloneAndTellsTheRest() {
    aws.function(
        "ExportFunctionName",
        call ->
            json(
                "{\"iam\": {\"role\": \"a\"}, \"hash\": \"x\", \"leftOut\": [\"Its trust of an account.\"], \"bound\": []}"));
    assertThat(run("iam-export", "--role", "a")).isZero();
    assertThat(aws.called().get(0)).isEqualTo(json("{\"export\": \"a\"}"));
    assertThat(Json.read(shell.out(), "role.json").at("/iam/role").asText()).isEqualTo("a");
    assertThat(shell.err()).contains("Left out: Its trust of an account.");
    assertThat(run("iam-export", "--role", "a", "--min-age", "P1D")).isEqualTo(2);
    assertThat(run("iam-export", "--role", "a", "--shrink", "--min-age", "P1D")).isZero();
    assertThat(aws.called().get(1)).isEqualTo(json("{\"shrink\": \"a\", \"minAge\": \"P1D\"}"));
    assertThat(run("iam-export")).isEqualTo(2);
  }
}
