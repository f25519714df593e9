package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import spawn.local.LocalStack;

/** An approver answers launches that wait, at a stack that asks. */
@OnStackShell
class ApproveIT {
  private static final String ASKING = "asking";

  private static LocalStack account;
  private static TypedShell shell;

  @BeforeAll
  static void aStackAsks(StackShell stack) {
    account = stack.stack();
    shell = stack.shell();
    String topic =
        stack.typed("./local/aws sns create-topic --name askers --query TopicArn --output text");
    account
        .beside(ASKING, account.region())
        .deployed("BroadAccess=approve ApprovalTopicArn=" + topic.strip());
  }

  /** Starts a launch of more than its stack lets pass, and returns once somebody is asked. */
  private static void asks(String launch, String role) {
    assertThat(
            shell.run(
                "launch",
                "--stack",
                ASKING,
                "--execution-name",
                launch,
                "--iam-role",
                role,
                "--iam-policy",
                "s3:FullAccess",
                "--yes",
                "--detach"))
        .as(shell.err())
        .isZero();
    Instant end = Instant.now().plus(Duration.ofMinutes(1));
    do {
      assertThat(end).as("the launch asks before then").isAfter(Instant.now());
      Pause.of(Duration.ofMillis(300));
      assertThat(shell.run("approve", "--stack", ASKING)).as(shell.err()).isZero();
    } while (!shell.out().contains(launch));
  }

  private static boolean exists(String role) {
    try {
      return account.iam().getRole(get -> get.roleName(role)).role() != null;
    } catch (NoSuchEntityException none) {
      return false;
    }
  }

  private static JsonNode followed(String launch) {
    shell.run("status", launch, "--stack", ASKING, "--output", "json");
    return Json.read(shell.out(), "the status");
  }

  private static String end(String launch) {
    Instant end = Instant.now().plus(Duration.ofMinutes(1));
    String status = followed(launch).findPath("status").asText();
    while (status.equals("RUNNING")) {
      assertThat(end).as("the launch ends before then").isAfter(Instant.now());
      Pause.of(Duration.ofMillis(300));
      status = followed(launch).findPath("status").asText();
    }
    return status;
  }

  @Test
  void aLaunchThatWaitsGoesOnOnceItIsApproved() {
    asks("ask-yes", "asked-yes");
    assertThat(exists("asked-yes")).isFalse();

    int code = shell.run("approve", "ask-yes", "--stack", ASKING, "--comment", "Agreed", "--yes");

    assertThat(code).as(shell.err()).isZero();
    assertThat(shell.err()).contains("s3:FullAccess");
    assertThat(end("ask-yes")).isEqualTo("SUCCEEDED");
    assertThat(exists("asked-yes")).isTrue();
  }

  @Test
  void aLaunchThatIsRefusedMakesNothingAndAYesComesTooLate() {
    asks("ask-no", "asked-no");
    assertThat(shell.run("approve", "--stack", ASKING, "--output", "json")).isZero();
    String approval =
        Json.read(shell.out(), "what waits")
            .valueStream()
            .filter(one -> one.path("launch").asText().endsWith(":ask-no"))
            .findFirst()
            .orElseThrow()
            .path("approval")
            .asText();

    assertThat(shell.run("deny", "ask-no", "--stack", ASKING, "--comment", "Too broad", "--yes"))
        .as(shell.err())
        .isZero();
    assertThat(end("ask-no")).isEqualTo("FAILED");

    assertThat(exists("asked-no")).isFalse();
    assertThat(shell.run("approve", approval, "--stack", ASKING, "--comment", "Yes", "--yes"))
        .isEqualTo(2);
    assertThat(shell.err()).contains("already answered with \"deny\"");
  }
}
