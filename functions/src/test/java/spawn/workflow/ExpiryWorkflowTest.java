package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;

/** Launches of roles that end, and the limit on how long roles last. */
class ExpiryWorkflowTest {
  private final SimulatedAws aws = SimulatedAws.create();

  @Test
  void aLaunchOfARoleThatEndsMakesTheCallsOfAnyOther() {
    Stack stack = Stack.on(aws);
    stack.launch("lasting", Stack.event("launch"));
    var calls = aws.operations();
    aws.forgetCalls();

    Outcome outcome = stack.launch("ending", Stack.event("expires"));

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.operations()).isEqualTo(calls);
    String role = outcome.output().orElseThrow().at("/role/name").asText();
    assertThat(aws.role(role).orElseThrow().tag("spawn:expires")).contains("2026-01-01T08:15:00Z");
  }

  @Test
  void aLaunchThatTakesUntilItsRoleEndsLaunchesNothing() {
    Stack stack = Stack.on(aws);
    stack.launch(
        "first",
        json("{'iam': {'role': 'brief', 'policies': ['s3:ReadOnly'], 'expires': 'PT15M'}}"));
    aws.advance(Duration.ofMinutes(10).plusSeconds(1));

    Outcome outcome =
        stack.launch("late", json("{'instance': {'ImageId': 'ami-1'}, 'iam': {'role': 'brief'}}"));

    assertThat(outcome.error()).contains("spawn.error.RoleExpired");
    assertThat(outcome.cause().orElseThrow()).contains("ends at 2026-01-01T00:15:00Z");
    assertThat(aws.calls("RunInstances")).isEmpty();
  }

  @Test
  void aRoleThatComesToItsEndWhileItsProfileIsWaitedForIsNotLaunchedWith() {
    Stack stack = Stack.on(aws);
    stack.launch(
        "first",
        json("{'iam': {'role': 'brief', 'policies': ['s3:ReadOnly'], 'expires': 'PT15M'}}"));
    aws.advance(Duration.ofMinutes(9).plusSeconds(30));
    aws.faults(
        new Faults() {
          private boolean happened;

          @Override
          public void after(Call call) {
            if (call.operation().equals("RunInstances") && !happened) {
              happened = true;
              aws.advance(Duration.ofSeconds(40));
            }
          }
        });

    Outcome outcome =
        stack.launch("late", json("{'instance': {'ImageId': 'ami-1'}, 'iam': {'role': 'brief'}}"));

    assertThat(outcome.error()).contains("spawn.error.RoleExpired");
    assertThat(outcome.states()).contains("RunInstance", "MayEnsureAgain?");
    assertThat(aws.writes()).noneMatch(call -> call.operation().equals("RunInstances"));
  }

  @Test
  void whereRolesMustEndAPayloadThatDoesNotSayWhenMakesNothing() {
    Stack limited =
        Stack.on(aws, Workflow.with(Map.of("MaxExpiry", "P7D")), line -> {}, thrown -> {});

    Outcome launch = limited.launch("launch", Stack.event("launch"));
    Outcome set =
        limited.roleSet("set", json("{'namePrefix': 'flows', 'preset': 'metaflow-batch'}"));

    assertThat(launch.error()).contains("spawn.error.InvalidRequest");
    assertThat(launch.cause().orElseThrow())
        .isEqualTo(
            "The payload has 1 problem:\n- $.iam.expires: Missing: every role of this stack ends, at most P7D from now (MaxExpiry). Say when, for example \"PT8H\".");
    assertThat(set.cause().orElseThrow())
        .isEqualTo(
            "The payload has 1 problem:\n- $.expires: Missing: every role of this stack ends, at most P7D from now (MaxExpiry). Say when, for example \"PT8H\".");
    assertThat(aws.calls()).isEmpty();
    assertThat(limited.launch("ends", Stack.event("expires")).error()).isEmpty();
    assertThat(limited.launch("default", json("{'instance': {'ImageId': 'ami-1'}}")).error())
        .isEmpty();
    assertThat(
            limited
                .roleSet(
                    "setEnds",
                    json("{'namePrefix': 'flows', 'preset': 'metaflow-batch', 'expires': 'P7D'}"))
                .error())
        .isEmpty();
  }
}
