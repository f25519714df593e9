package spawn.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.aws.Call;
import spawn.aws.GivenInstance;
import spawn.aws.SimulatedAws;

/** What a launch hands to its instances and says to its caller, through the whole workflow. */
class LaunchResultTest {
  private static final String INSTANCE = "'instance': {'ImageId': 'ami-1'}";
  private static final String READER = "arn:aws:iam::444455556666:role/reader";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  private JsonNode result(String name, String payload) {
    Outcome outcome = stack.launch(name, json(payload));
    assertThat(outcome.error()).isEmpty();
    return outcome.output().orElseThrow();
  }

  private RunInstancesRequest launched() {
    return aws.calls("RunInstances").stream()
        .filter(Call::isWrite)
        .map(call -> (RunInstancesRequest) call.request())
        .findFirst()
        .orElseThrow();
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), UTF_8);
  }

  // The script to run

  @Test
  void theScriptIsTheUserDataOfTheLaunch() {
    assertThat(stack.launch("run", Stack.event("run")).error()).isEmpty();

    assertThat(decoded(launched().userData()))
        .startsWith("#!/bin/sh\n")
        .contains(Stack.event("run").path("run").textValue());
  }

  @Test
  void theScriptComesBeforeTheUserDataOfALaunchTemplate() {
    aws.givenWord("lt-0123456789abcdef0", "true");
    Outcome outcome =
        stack.launch(
            "template",
            json(
                "{'instance': {'ImageId': 'ami-1', 'LaunchTemplate': {'LaunchTemplateId': 'lt-0123456789abcdef0'}}, 'run': 'uptime'}"));

    assertThat(outcome.error()).isEmpty();
    assertThat(decoded(launched().userData())).contains("\nuptime\n");
  }

  @Test
  void aPlanShowsTheUserDataOfTheScript() {
    JsonNode plan =
        result("plan", "{" + INSTANCE + ", 'run': 'uptime', 'options': {'plan': true}}");

    assertThat(decoded(plan.at("/instance/UserData").textValue())).contains("\nuptime\n");
    assertThat(aws.writes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'run': 'uptime'}|Needs $.instance",
        "{'run': 'uptime', 'instanceId': 'i-0123456789abcdef0'}|Needs $.instance",
        "{'run': 'uptime', 'instance': {'ImageId': 'ami-1', 'UserData': '#!/bin/sh'}}|$.instance.UserData is what",
        "{'run': ' ', 'instance': {'ImageId': 'ami-1'}}|Must hold a command",
        "{'run': '', 'instance': {'ImageId': 'ami-1'}}|Must hold a command",
        "{'run': 'a\\u0000b', 'instance': {'ImageId': 'ami-1'}}|code 0",
        "{'run': ['uptime'], 'instance': {'ImageId': 'ami-1'}}|Must be a string, not a list",
        "{'run': 'uptime', 'instance': {'ImageId': 'ami-1', 'MetadataOptions': {'HttpEndpoint': 'disabled'}}}|switches off"
      })
  void aScriptThatCannotBeRunIsRefused(String payload, String hint) {
    Outcome outcome = stack.launch("refused", json(payload));

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow()).contains("$.run: ", hint).hasLineCount(2);
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void aScriptThatIsTooBigIsToldHowBigItIs() {
    ObjectNode payload = (ObjectNode) json("{" + INSTANCE + "}");
    payload.put("run", "echo canary\n".repeat(2_000));

    Outcome outcome = stack.launch("big", payload);

    assertThat(outcome.cause().orElseThrow())
        .containsPattern("\\$\\.run: Makes user data of 2[45]\\d{3} bytes, .* at most 16384")
        .doesNotContain("canary");
  }

  // Warnings about user data

  @Test
  void userDataThatNothingRunsIsInTheResult() {
    JsonNode result =
        result("not-run", "{'instance': {'ImageId': 'ami-1', 'UserData': 'yum install -y git'}}");

    assertThat(result.at("/warnings/0/code").textValue()).isEqualTo("USER_DATA_NOT_RUN");
    assertThat(result.at("/warnings/0/path").textValue()).isEqualTo("$.instance.UserData");
    assertThat(result.path("warnings")).hasSize(1);
  }

  // A role that is only named

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRoleThatIsOnlyNamedAndMadeWithoutPermissionsIsWarnedOf(boolean launches) {
    String to =
        launches ? INSTANCE : "'instanceId': '" + GivenInstance.runningWith(aws, "old") + "'";
    String payload = "{" + to + ", 'iam': {'role': 'report-writr'}}";

    JsonNode made = result("one", payload);
    JsonNode again = result("two", payload);

    assertThat(made.at("/role/outcome").textValue()).isEqualTo("created");
    assertThat(again.at("/role/outcome").textValue()).isEqualTo("reused");
    for (JsonNode result : List.of(made, again)) {
      JsonNode warning = result.at("/warnings/0");
      assertThat(result.path("warnings")).hasSize(1);
      assertThat(warning.path("code").textValue()).isEqualTo("ROLE_MADE_EMPTY");
      assertThat(warning.path("path").textValue()).isEqualTo("$.iam.role");
      assertThat(warning.path("message").textValue()).contains("report-writr");
    }
  }

  @Test
  void aRoleThatExistsOrThatIsDescribedIsNotWarnedOf() {
    aws.givenRole("mine", role -> role.inProfile("mine"));
    String named = "{" + INSTANCE + ", 'iam': {'role': '%s'%s}}";

    assertThat(result("own", named.formatted("mine", "")).path("warnings")).isEmpty();
    assertThat(
            result(
                    "made",
                    named.formatted(
                        "made", ", 'policies': ['sqs:WriteOnly'], 'resources': ['sqs://q']"))
                .path("warnings"))
        .isEmpty();
    assertThat(result("again", named.formatted("made", "")).path("warnings")).isEmpty();
    assertThat(
            result("empty", named.formatted("empty", ", 'policies': []"))
                .at("/warnings/0/code")
                .textValue())
        .isEqualTo("NO_PERMISSIONS");
    assertThat(result("default", "{" + INSTANCE + "}").path("warnings")).isEmpty();
  }

  @Test
  void theWarningNeedsNoCall() {
    result("described", "{" + INSTANCE + ", 'iam': {'role': 'one', 'policies': []}}");
    List<String> described = aws.operations();
    aws.forgetCalls();
    aws.advance(Duration.ofMinutes(1));

    result("named", "{" + INSTANCE + ", 'iam': {'role': 'two'}}");

    assertThat(aws.operations()).isEqualTo(described);
  }

  // Roles of other accounts

  @Test
  void theResultSaysHowToAssumeRolesOfOtherAccounts() {
    JsonNode result =
        result(
            "assume",
            "{"
                + INSTANCE
                + ", 'iam': {'assumeRoles': [{'role': '"
                + READER
                + "', 'externalId': 'team-7'}]}}");

    assertThat(result.at("/trustPolicies/0/roleArn").textValue()).isEqualTo(READER);
    assertThat(
            result
                .at("/trustPolicies/0/document/Statement/0/Condition/StringEquals")
                .path("sts:ExternalId")
                .textValue())
        .isEqualTo("team-7");
    assertThat(result.at("/trustPolicies/0/document/Statement/0/Principal/AWS"))
        .isEqualTo(result.at("/role/arn"));
    assertThat(result.path("awsConfig").textValue())
        .isEqualTo(
            "[profile reader-444455556666]\nrole_arn = "
                + READER
                + "\ncredential_source = Ec2InstanceMetadata\nexternal_id = team-7\n");
  }

  @Test
  void withoutRolesToAssumeThereIsNoConfig() {
    assertThat(result("none", "{" + INSTANCE + "}").path("awsConfig").isNull()).isTrue();
  }

  @Test
  void aRoleOfASetSaysHowToAssumeOthersToo() {
    Outcome outcome =
        stack.roleSet(
            "set",
            json(
                "{'namePrefix': 'etl', 'roles': [{'role': 'etl-job', 'trustServices': ['ecs-tasks'],"
                    + " 'assumeRoles': ['"
                    + READER
                    + "']}, {'role': 'etl-other', 'policies': ['sns:ReadOnly']}]}"));

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.output().orElseThrow().at("/roles/0/awsConfig").textValue())
        .contains("credential_source = EcsContainer");
    assertThat(outcome.output().orElseThrow().at("/roles/1/awsConfig").isNull()).isTrue();
  }

  // Calls by hand

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ResolvePolicies",
        "LookAtInstance",
        "EnsureRole",
        "EnsureProfile",
        "WaitForPropagation",
        "RunInstance",
        "WaitForInstances",
        "AssociateProfile",
        "ResolveRoleSet",
        "ConvergeRole",
        "CleanupUnusedRoles",
        "RevokeRole",
        "ExportRole"
      })
  void noInputIsACallersMistake(String function) {
    TaskFailure failure =
        catchThrowableOfType(
            TaskFailure.class, () -> stack.invoke(function, NullNode.getInstance()));

    assertThat(failure.error()).isEqualTo("spawn.error.InvalidRequest");
    assertThat(failure.cause()).contains("Must be an object");
    assertThat(aws.calls()).isEmpty();
  }
}
