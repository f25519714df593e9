package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** What people ask, audit, repair, export and revoke, at a real stack. */
@OnStackShell
class PeopleIT {
  private static final String ROLE = "people-reports";

  private static final String LEAKED = "people-leaked";

  private static StackShell stack;

  private final TypedShell shell = stack.shell();

  @BeforeAll
  static void thereAreRoles(StackShell itsStack) {
    stack = itsStack;
    made(
        """
        {"iam": {"role": "%s", "policies": ["s3:ReadOnly"], "resources": ["s3://reports/2026/*"]}}"""
            .formatted(LEAKED));
    made(
        """
        {"iam": {"role": "%s", "policies": ["s3:ReadOnly"], "resources": ["s3://reports/2026/*"]}}"""
            .formatted(ROLE));
  }

  private static void made(String payload) {
    try (SfnClient states = stack.stack().stepFunctions()) {
      String execution =
          states
              .startExecution(
                  start ->
                      start
                          .stateMachineArn(stack.stack().output("LaunchStateMachineArn"))
                          .input(payload))
              .executionArn();
      DescribeExecutionResponse now;
      do {
        Pause.of(Duration.ofMillis(200));
        now = states.describeExecution(asked -> asked.executionArn(execution));
      } while (now.status() == ExecutionStatus.RUNNING);
      assertThat(now.status()).describedAs(now.cause()).isEqualTo(ExecutionStatus.SUCCEEDED);
    }
  }

  private int run(String... words) {
    return shell.run(words);
  }

  private JsonNode json(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--output", "json"));
    shell.run(all.toArray(String[]::new));
    return Json.read(shell.out(), "the output");
  }

  @Test
  void aRoleThatExistsIsTestedByIamItself() {
    assertThat(
            run(
                "iam-test",
                "--role",
                ROLE,
                "--action",
                "s3:GetObject",
                "--resource",
                "s3://reports/2026/a.csv"))
        .describedAs(shell.err())
        .isZero();
    assertThat(shell.out()).contains("s3:GetObject", "arn:aws:s3:::reports/2026/a.csv", "allowed");

    assertThat(
            run(
                "iam-test",
                "--role",
                ROLE,
                "--action",
                "s3:GetObject,s3:DeleteObject",
                "--resource",
                "s3://reports/2026/a.csv",
                "--resource",
                "s3://other/a.csv"))
        .isEqualTo(1);
    assertThat(shell.out().lines().filter(line -> line.contains("no statement allows it")))
        .hasSize(3);
  }

  @Test
  void wordsAreTestedBeforeAnythingExists() {
    assertThat(
            run(
                "iam-test",
                "--iam-policy",
                "s3:ReadOnly",
                "--iam-resources",
                "s3://reports",
                "--action",
                "s3:GetObject",
                "--resource",
                "s3://reports/x"))
        .describedAs(shell.err())
        .isZero();
    assertThat(shell.out()).contains("statement 2 of the inline policy");
    assertThat(run("iam-test", "--iam-policy", "s3:ReadOnly", "--action", "iam:CreateUser"))
        .isEqualTo(1);
  }

  @Test
  void theAuditListsRolesAndWritesAPage(@TempDir Path folder) throws IOException {
    assertThat(run("iam-audit")).describedAs(shell.err()).isZero();
    assertThat(shell.out()).startsWith("ROLE").contains(ROLE);
    assertThat(json("iam-audit", "--role", ROLE).at("/roles/0/role").asText()).isEqualTo(ROLE);

    Path page = folder.resolve("audit.html");
    assertThat(run("iam-audit", "--html", page.toString())).isZero();
    assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains(ROLE);
  }

  @Test
  void anExportIsAPayload() {
    assertThat(run("iam-export", "--role", ROLE)).describedAs(shell.err()).isZero();
    assertThat(Json.read(shell.out(), "role.json").at("/iam/role").asText())
        .describedAs(shell.out())
        .isEqualTo(ROLE);
    assertThat(shell.out()).contains("reports/2026/*");
    assertThat(run("iam-export", "--role", ROLE, "--shrink")).isEqualTo(1);
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err()).contains("may not have done yet all that it is for");
  }

  @Test
  void aCleanUpOnlySaysWhatItWouldDo() {
    assertThat(run("cleanup-iam")).describedAs(shell.err()).isZero();
    assertThat(shell.out()).contains(ROLE);
    assertThat(shell.err()).contains("Nothing was changed");
    assertThat(run("cleanup-iam", "--everything", "--role", ROLE)).isEqualTo(2);
    assertThat(shell.err()).contains("--everything", "Must not be combined");
  }

  @Test
  void aRoleIsRevokedAndThatIsUndone() {
    assertThat(run("revoke", LEAKED, "--reason", "its key leaked", "--yes"))
        .describedAs(shell.err())
        .isZero();
    assertThat(shell.out()).contains("everything");
    assertThat(
            run(
                "iam-test",
                "--role",
                LEAKED,
                "--action",
                "s3:GetObject",
                "--resource",
                "s3://reports/2026/a.csv"))
        .isEqualTo(1);
    assertThat(shell.out()).contains("denied (explicitly)", "spawn-revoked");

    assertThat(run("revoke", LEAKED, "--undo", "--yes")).describedAs(shell.err()).isZero();
    assertThat(shell.out()).contains("nothing");
  }

  @Test
  void aRepairOnlySaysWhatItWouldDo() {
    assertThat(run("iam-repair")).describedAs(shell.err()).isZero();
    assertThat(shell.err()).contains("Nothing was changed");
  }

  @Test
  void nothingWaitsForAnApproval() {
    assertThat(run("approve")).describedAs(shell.err()).isZero();
    assertThat(shell.err()).contains("No launch waits");
    assertThat(run("approve", "no-such-launch", "--comment", "yes", "--yes")).isEqualTo(2);
    assertThat(shell.err()).contains("No launch no-such-launch waits for an approval");
  }

  @Test
  void theDoctorFindsNothingMissing() {
    JsonNode found = json("doctor");
    assertThat(
            found
                .path("findings")
                .valueStream()
                .filter(one -> one.path("status").asText().equals("missing")))
        .isEmpty();
    assertThat(found.path("findings").valueStream().map(one -> one.path("what").asText()))
        .contains("credentials", "stack", "boundaries", "default VPC", "roles");
  }
}
