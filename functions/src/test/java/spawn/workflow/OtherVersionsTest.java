package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.aws.GivenInstance;
import spawn.aws.SimulatedAws;

/**
 * An execution keeps the definition that it was started with, also when it is redriven after an
 * update of the stack, and calls the functions that there are then (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html">redriving
 * executions</a>).
 */
class OtherVersionsTest {
  private static final String EXECUTION = "'execution': {'id': 'arn', 'name': 'old'}";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aRoleSetThatAsksEnsureRoleIsToldToBeStartedAgainAndNothingIsCalled(boolean planOnly) {
    JsonNode input =
        json(
            "{'role': null, 'assumedRoles': [], %s, 'set': 'metaflow-prod', 'arn': 'arn', 'planOnly': %s}"
                .formatted(EXECUTION, planOnly));

    assertToBeStartedAgain("EnsureRole", input, "set");
  }

  /** Without this refusal it would be a step that takes the instance's profile off. */
  @Test
  void aLookThatAsksAssociateProfileIsToldToBeStartedAgainAndTheProfileStays() {
    String instance = GivenInstance.runningWith(aws, "old");
    JsonNode input =
        json("{'lookOnly': true, 'instanceId': '%s', %s}".formatted(instance, EXECUTION));

    assertToBeStartedAgain("AssociateProfile", input, "lookOnly");
    assertThat(aws.instance(instance).orElseThrow().profile()).isPresent();
  }

  private void assertToBeStartedAgain(String function, JsonNode input, String field) {
    aws.forgetCalls();

    TaskFailure failure =
        catchThrowableOfType(TaskFailure.class, () -> stack.invoke(function, input));

    assertThat(failure.error()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(failure.cause())
        .contains("started under another version of the stack", field, "Start the execution again");
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void aStepOfAnExistingInstanceIsMadeWhicheverVersionAsks() throws TaskFailure {
    String instance = GivenInstance.runningWith(aws, "old");
    JsonNode input =
        json(
            "{'instanceId': '%s', 'profileArn': null, 'profileId': null, 'roleName': null, 'before': null, 'proven': false, 'leaseUntil': null, 'waitingSince': null, %s}"
                .formatted(instance, EXECUTION));

    stack.invoke("AssociateProfile", input);

    assertThat(aws.instance(instance).orElseThrow().profile()).isEmpty();
  }

  @Test
  void theRoleOfALaunchIsEnsuredAndPassedOnWhicheverVersionAsks() throws TaskFailure {
    ObjectNode resolve = (ObjectNode) json("{%s}".formatted(EXECUTION));
    resolve.set("payload", Stack.event("launch"));
    JsonNode resolved = stack.invoke("ResolvePolicies", resolve);
    ObjectNode ensure = (ObjectNode) json("{'assumedRoles': [], %s}".formatted(EXECUTION));
    ensure.set("role", resolved.path("role"));

    JsonNode role = stack.invoke("EnsureRole", ensure);

    assertThat(role.propertyStream().map(field -> field.getKey()))
        .contains("name", "arn", "id", "created", "policyHash", "leaseUntil", "trustPolicies");
    assertThat(role.path("outcome").asText()).isEqualTo("created");
  }

  /** Before roles to assume had external ids, they were handed on as a list of ARNs. */
  @Test
  void rolesToAssumeAreUnderstoodAsAnEarlierVersionHandsThemOn() throws TaskFailure {
    String reader = "arn:aws:iam::444455556666:role/reader";
    ObjectNode resolve = (ObjectNode) json("{%s}".formatted(EXECUTION));
    resolve.set("payload", Stack.event("launch"));
    ObjectNode ensure =
        (ObjectNode) json("{'assumedRoles': ['%s'], %s}".formatted(reader, EXECUTION));
    ensure.set("role", stack.invoke("ResolvePolicies", resolve).path("role"));

    JsonNode role = stack.invoke("EnsureRole", ensure);

    assertThat(role.at("/trustPolicies/0/roleArn").asText()).isEqualTo(reader);
  }
}
