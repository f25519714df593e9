package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import spawn.aws.SimulatedAws;

/** What callers may ask for reaches the functions by the definitions of the state machines. */
class LimitsWorkflowTest {
  private static final JsonNode STATEMENT =
      json("{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::data/*'}");

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack open = Stack.on(aws);
  private final Stack limited =
      Stack.on(aws, Workflow.with(Map.of("OwnStatements", "reject")), line -> {}, thrown -> {});

  @Test
  void aLaunchBeyondALimitEndsBeforeAnythingIsWritten() {
    JsonNode payload =
        json("{'iam': {'role': 'reports', 'statements': [%s]}}".formatted(STATEMENT));
    aws.forgetCalls();

    Outcome refused = limited.launch("refused", payload);

    assertThat(refused.error()).contains("spawn.error.InvalidRequest");
    assertThat(refused.cause().orElseThrow())
        .contains("$.iam.statements: This stack takes no statements");
    assertThat(aws.calls()).isEmpty();
    assertThat(open.launch("taken", payload).error()).isEmpty();
  }

  @Test
  void aRoleSetBeyondALimitEndsBeforeAnythingIsWritten() {
    JsonNode payload =
        json(
            "{'namePrefix': 'flows', 'preset': 'metaflow-batch', 'jobStatements': [%s]}"
                .formatted(STATEMENT));
    aws.forgetCalls();

    Outcome refused = limited.roleSet("refused", payload);

    assertThat(refused.error()).contains("spawn.error.InvalidRequest");
    assertThat(refused.cause().orElseThrow())
        .contains("$.jobStatements: This stack takes no statements");
    assertThat(aws.calls()).isEmpty();
    assertThat(open.roleSet("taken", payload).error()).isEmpty();
  }
}
