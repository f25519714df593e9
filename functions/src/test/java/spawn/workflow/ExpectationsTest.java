package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.json.Json;

/** What a payload expects of its role is tested by IAM before anything is made. */
class ExpectationsTest {
  private static final String READS_ALL =
      """
      {"Version": "2012-10-17", "Statement": [
        {"Sid": "ReadAll", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"}]}""";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  private static JsonNode json(String text) {
    try {
      return Json.read(text.replace('\'', '"'));
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(text, brokenTest);
    }
  }

  private static ObjectNode launchOf(String iam) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.putObject("instance").put("ImageId", "ami-1");
    payload.set("iam", json(iam));
    return payload;
  }

  private void assertNothingWasWritten() {
    assertThat(aws.writes()).isEmpty();
  }

  private Map<String, Long> calls() {
    return aws.operations().stream()
        .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
  }

  private String failed(Outcome outcome) {
    assertThat(outcome.error()).contains("spawn.error.ExpectationFailed");
    assertNothingWasWritten();
    return outcome.cause().orElseThrow();
  }

  @Test
  void aRoleThatIsAsExpectedIsMade() {
    Outcome outcome = stack.launch("expect", Stack.event("expect"));

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.states().subList(0, 5))
        .containsExactly(
            "ResolvePolicies", "AnythingFirst?", "TestPermissions", "Tested?", "EnsureRole");
    assertThat(aws.operations().subList(0, 10))
        .containsExactly(
            "GetPolicy",
            "GetPolicyVersion",
            "GetPolicy",
            "GetPolicyVersion",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy");
    assertThat(calls()).containsEntry("SimulateCustomPolicy", 6L);
  }

  @Test
  void whatIsDecidedOtherwiseEndsTheLaunchBeforeAnythingIsMadeAndAllOfItIsTold() {
    Outcome outcome =
        stack.launch(
            "mismatch",
            launchOf(
                """
                {'policies': ['s3:ReadOnly'], 'resources': ['s3://data/2026/*'], 'expect': {
                  'allow': ['s3:GetObject s3://data/2026/a', 's3:PutObject s3://data/2026/a'],
                  'deny': ['s3:GetObject s3://data/2026/secret', 's3:GetObject s3://data/2025/a']}}"""));

    assertThat(failed(outcome))
        .hasLineCount(3)
        .contains(
            "IAM decides 2 of 4 expectations otherwise, so nothing was made:",
            "- $.iam.expect.allow[1]: s3:PutObject on arn:aws:s3:::data/2026/a must be allowed, but IAM denies it: no statement allows it.",
            "- $.iam.expect.deny[0]: s3:GetObject on arn:aws:s3:::data/2026/secret must be denied, but IAM allows it: statement ",
            " of the inline policy: {",
            "\"arn:aws:s3:::data/2026/*\"");
    assertThat(aws.operations())
        .containsExactly(
            "GetPolicy",
            "GetPolicyVersion",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy");
  }

  @Test
  void theStatementOfAManagedPolicyThatDecidesIsNamedByItsSid() {
    aws.policyDocument("arn:aws:iam::123456789012:policy/team/reader", READS_ALL);

    Outcome outcome =
        stack.launch(
            "managed",
            launchOf(
                """
                {'managedPolicies': ['arn:aws:iam::123456789012:policy/team/reader'], 'expect': {
                  'deny': ['s3:GetObject s3://data/a'], 'allow': ['s3:GetObject s3://secret/a']}}"""));

    assertThat(failed(outcome))
        .contains(
            "$.iam.expect.deny[0]: s3:GetObject on arn:aws:s3:::data/a must be denied, but IAM allows it: statement \"ReadAll\" of reader: {\"Sid\":\"ReadAll\"",
            "$.iam.expect.allow[0]: s3:GetObject on arn:aws:s3:::secret/a must be allowed, but IAM denies it: statement 2 of reader: {\"Effect\":\"Deny\"");
  }

  @Test
  void theBoundaryCounts() {
    aws.policyDocument(
        Stack.BOUNDARY,
        """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
          {"Sid": "NoSecrets", "Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::secret/*"}]}""");

    Outcome outcome =
        stack.launch(
            "boundary",
            launchOf(
                """
                {'policies': ['s3:ReadOnly', 'sqs:ReadOnly'], 'expect': {'allow': [
                  's3:GetObject s3://secret/a', 'sqs:GetQueueUrl sqs://jobs', 's3:GetObject s3://a/b']}}"""));

    assertThat(failed(outcome))
        .hasLineCount(3)
        .contains(
            "IAM denies it: statement \"NoSecrets\" of the permissions boundary spawn-InstanceBoundary-1ABCDEF: {",
            "sqs:GetQueueUrl on arn:aws:sqs:us-east-1:123456789012:jobs must be allowed, but IAM denies it: the permissions boundary spawn-InstanceBoundary-1ABCDEF does not allow it.");
  }

  @Test
  void contextIsToldToIamAndWhatItLacksIsSaid() {
    String iam =
        """
        {'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*',
            'Condition': {'IpAddress': {'aws:SourceIp': '10.0.0.0/8'}, 'Bool': {'aws:SecureTransport': 'true'}}}],
         'expect': {'context': {'aws:SourceIp': '10.1.2.3'}, 'allow': [
            {'action': 's3:GetObject', 'resource': 's3://a/b', 'context': {'aws:SecureTransport': true}}],
          'deny': ['s3:GetObject s3://a/b',
            {'action': 's3:GetObject', 'resource': 's3://a/b', 'context': {'aws:SourceIp': '11.0.0.1', 'aws:SecureTransport': true}}]}}""";
    Outcome outcome = stack.launch("context", launchOf(iam));

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.output().orElseThrow().path("warnings").findValuesAsText("code"))
        .contains("EXPECTATION_WITHOUT_CONTEXT");
    assertThat(outcome.output().orElseThrow().path("warnings").findValuesAsText("path"))
        .contains("$.iam.expect.deny[0]");

    Outcome missing =
        stack.launch(
            "missing", launchOf(iam.replace("'allow': [", "'allow': ['s3:GetObject s3://a/b', ")));
    assertThat(missing.error()).contains("spawn.error.ExpectationFailed");
    assertThat(missing.cause().orElseThrow())
        .contains("IAM was told nothing of aws:SecureTransport, which the policies ask about");
  }

  @Test
  void keysThatOnlyStatementsAboutOtherActionsAskAboutAreNotMissed() {
    Outcome outcome =
        stack.launch(
            "others",
            launchOf(
                """
                {'statements': [{'Effect': 'Allow', 'Action': 'sqs:*', 'Resource': '*',
                    'Condition': {'Bool': {'aws:SecureTransport': 'true'}}}],
                 'expect': {'deny': ['s3:GetObject s3://a/b']}}"""));

    assertThat(outcome.output().orElseThrow().path("warnings").findValuesAsText("code"))
        .doesNotContain("EXPECTATION_WITHOUT_CONTEXT");
  }

  @Test
  void aRequestIsMadeNowIfThePayloadDoesNotSayWhen() {
    Outcome outcome =
        stack.launch(
            "expires",
            launchOf(
                """
                {'policies': ['s3:ReadOnly'], 'expires': 'PT8H', 'expect': {
                  'allow': ['s3:GetObject s3://a/b'],
                  'deny': ['s3:PutObject s3://a/b',
                    {'action': 's3:GetObject', 'resource': 's3://a/b', 'context': {'aws:CurrentTime': '2099-01-01T00:00:00Z'}}]}}"""));

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.output().orElseThrow().path("warnings").findValuesAsText("code"))
        .doesNotContain("EXPECTATION_WITHOUT_CONTEXT");
  }

  @Test
  void ofARoleThatIsOnlyNamedWhatItHoldsIsTested() {
    aws.givenRole(
        "my-own-role",
        role ->
            role.inProfile("my-own-role")
                .boundary("arn:aws:iam::123456789012:policy/some-Boundary")
                .inlinePolicy("theirs", READS_ALL)
                .attachedPolicy("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"));
    ObjectNode payload =
        launchOf(
            """
            {'role': 'my-own-role', 'expect': {
              'allow': ['ssm:UpdateInstanceInformation', 's3:GetObject s3://a/b'],
              'deny': ['s3:GetObject s3://secret/b']}}""");

    assertThat(stack.launch("as-expected", payload).error()).isEmpty();
    assertThat(aws.operations().subList(0, 11))
        .containsExactly(
            "GetRole",
            "ListRolePolicies",
            "GetRolePolicy",
            "ListAttachedRolePolicies",
            "GetPolicy",
            "GetPolicyVersion",
            "GetPolicy",
            "GetPolicyVersion",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy");
    ((ArrayNode) payload.at("/iam/expect/deny")).add("s3:GetObject s3://a/b");
    Outcome other = stack.launch("otherwise", payload);
    assertThat(other.error()).contains("spawn.error.ExpectationFailed");
    assertThat(other.cause().orElseThrow())
        .endsWith("IAM allows it: statement \"ReadAll\" of the inline policy \"theirs\".");
  }

  @Test
  void aRoleThatIsNotThereOrNotToBeUsedIsNotTested() {
    ObjectNode payload =
        launchOf("{'role': 'my-own-role', 'expect': {'deny': ['s3:GetObject s3://a/b']}}");

    Outcome absent = stack.launch("absent", payload);
    assertThat(absent.error()).contains("spawn.error.InvalidRequest");
    assertThat(absent.cause().orElseThrow())
        .contains(
            "$.iam.role: There is no role \"my-own-role\" whose permissions could be tested.");

    aws.givenRole("my-own-role", role -> role.inlinePolicy("theirs", READS_ALL));
    Stack limited = Stack.on(aws, Workflow.with(Map.of("PassableRoleArns", "")));
    Outcome foreign = limited.launch("foreign", payload);
    assertThat(foreign.error()).contains("spawn.error.InvalidRequest");
    assertThat(foreign.cause().orElseThrow()).contains("is not this stack's");
    assertThat(aws.operations()).containsExactly("GetRole", "GetRole");
  }

  @Test
  void aPlanTellsTheVerdictsAndDoesNotFail() {
    ObjectNode payload =
        launchOf(
            """
            {'policies': ['s3:ReadOnly'], 'expect': {
              'allow': ['s3:PutObject s3://a/b'], 'deny': ['s3:DeleteObject s3://a/*']}}""");
    payload.putObject("options").put("plan", true);

    Outcome outcome = stack.launch("plan", payload);

    JsonNode plan = outcome.output().orElseThrow();
    assertThat(plan.at("/expectations").findValuesAsText("path"))
        .containsExactly("$.iam.expect.allow[0]", "$.iam.expect.deny[0]");
    assertThat(plan.at("/expectations").findValuesAsText("met")).containsExactly("false", "true");
    assertThat(plan.at("/expectations/0/decision").asText()).isEqualTo("implicitDeny");
    assertThat(plan.at("/warnings").findValuesAsText("code")).contains("EXPECTATION_OF_A_PATTERN");
    assertThat(plan.at("/role/name").asText()).isNotEmpty();
    assertNothingWasWritten();
  }

  @Test
  void aRoleWithoutPoliciesIsAllowedNothingAndTheSimulatorIsNotAsked() {
    Outcome outcome =
        stack.launch("empty", launchOf("{'expect': {'deny': ['s3:GetObject s3://a/b']}}"));

    assertThat(outcome.error()).isEmpty();
    assertThat(calls()).doesNotContainKey("SimulateCustomPolicy");
  }

  @Test
  void whatIamCannotSimulateIsTheCallersMistake() {
    aws.faults(
        Faults.beforeFirst(
            "SimulateCustomPolicy",
            () -> AwsErrors.invalidInput("Invalid Input Actions: [s3:getobject]")));

    Outcome outcome =
        stack.launch(
            "refused",
            launchOf(
                "{'policies': ['s3:ReadOnly'], 'expect': {'allow': ['s3:GetObject s3://a/b']}}"));

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow())
        .contains(
            "$.iam.expect.allow[0]: IAM cannot try s3:GetObject on arn:aws:s3:::a/b: Invalid");
    assertNothingWasWritten();
  }

  @Test
  void aManagedPolicyThatIsNotThereIsToldBeforeAnythingIsMade() {
    aws.missingPolicy("arn:aws:iam::123456789012:policy/gone");

    Outcome outcome =
        stack.launch(
            "gone",
            launchOf(
                """
                {'managedPolicies': ['arn:aws:iam::123456789012:policy/gone'],
                 'expect': {'allow': ['s3:GetObject s3://a/b']}}"""));

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow())
        .contains(
            "$.iam.managedPolicies: There is no managed policy arn:aws:iam::123456789012:policy/gone.");
    assertNothingWasWritten();
  }

  @Test
  void moreManagedPoliciesThanIamAttachesAreNotRead() {
    ObjectNode payload = launchOf("{'expect': {'allow': ['s3:GetObject s3://a/b']}}");
    ArrayNode managed = ((ObjectNode) payload.path("iam")).putArray("managedPolicies");
    IntStream.range(0, 26)
        .forEach(number -> managed.add("arn:aws:iam::123456789012:policy/p" + number));

    Outcome outcome = stack.launch("many", payload);

    assertThat(outcome.error()).contains("spawn.error.QuotaExceeded");
    assertThat(aws.operations()).isEmpty();
  }

  @Test
  void aLaunchThatExpectsNothingAsksNothing() {
    Outcome outcome = stack.launch("plain", launchOf("{'policies': ['s3:ReadOnly']}"));

    assertThat(outcome.states()).doesNotContain("TestPermissions");
    assertThat(calls()).doesNotContainKeys("SimulateCustomPolicy", "GetPolicyVersion");
  }

  // Role sets

  private static JsonNode set(String first, String second) {
    return json(
        """
        {'namePrefix': 'nightly', 'roles': [
          {'role': 'nightly-read', 'policies': ['s3:ReadOnly'], 'expect': %s},
          {'role': 'nightly-plain', 'policies': ['s3:ReadOnly']},
          {'role': 'nightly-write', 'policies': ['s3:WriteOnly'], 'expect': %s}]}"""
            .formatted(first, second));
  }

  @Test
  void theRolesOfASetAreTestedBeforeTheFirstIsMade() {
    Outcome outcome =
        stack.roleSet(
            "set",
            set(
                "{'allow': ['s3:PutObject s3://a/b']}",
                "{'deny': ['s3:GetObject s3://a/b', 's3:PutObject s3://a/b']}"));

    assertThat(failed(outcome))
        .contains(
            "IAM decides 2 of 3 expectations otherwise",
            "$.roles[0].expect.allow[0]: s3:PutObject",
            "$.roles[2].expect.deny[1]: s3:PutObject");
    assertThat(aws.operations())
        .containsExactly(
            "GetPolicy",
            "GetPolicyVersion",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy",
            "SimulateCustomPolicy");
  }

  @Test
  void aSetWhoseRolesAreAsExpectedIsMade() {
    Outcome outcome =
        stack.roleSet(
            "set",
            set("{'allow': ['s3:GetObject s3://a/*']}", "{'deny': ['s3:GetObject s3://a/b']}"));

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.output().orElseThrow().path("roles")).hasSize(3);
    assertThat(outcome.output().orElseThrow().path("warnings").findValuesAsText("code"))
        .contains("EXPECTATION_OF_A_PATTERN");
    assertThat(aws.calls("CreateRole").stream().map(Call::operation)).hasSize(3);
  }

  @Test
  void aSetHasAsManyExpectationsAsALaunch() {
    String many =
        IntStream.range(0, 30)
            .mapToObj(number -> "'s3:GetObject s3://a/b" + number + "'")
            .collect(Collectors.joining(",", "{'deny': [", "]}"));

    Outcome outcome = stack.roleSet("set", set(many, many));

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow())
        .contains("$.roles: Have 60 expectations, but at most 50 are tested.");
    assertThat(aws.operations()).isEmpty();
  }
}
