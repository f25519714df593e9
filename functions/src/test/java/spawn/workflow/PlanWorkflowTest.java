package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.Call;
import spawn.aws.GivenInstance;
import spawn.aws.SimulatedAws;
import spawn.role.RoleRequests;

/** A plan says what a launch would do, changes nothing, and has one hash for one meaning. */
class PlanWorkflowTest {
  private static final String INSTANCE =
      "'instance': {'ImageId': 'ami-00000001', 'InstanceType': 't3.micro'}";
  private static final String READER =
      "{"
          + INSTANCE
          + ", 'iam': {'role': 'reader', 'policies': ['s3:ReadOnly'], 'resources': ['s3://a/*']}}";
  private static final String OWN_POLICY = "arn:aws:iam::123456789012:policy/own";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  @AfterEach
  void noPlanHasWritten() {
    assertThat(aws.writes()).isEmpty();
  }

  private JsonNode plan(String payload) {
    ObjectNode plan = (ObjectNode) RoleRequests.json(payload);
    plan.withObject("/options").put("plan", true);
    aws.settle();
    aws.forgetCalls();
    Outcome outcome = stack.launch("plan-" + aws.clock().instant().toEpochMilli(), plan);
    assertThat(outcome.error()).as("%s", outcome.cause()).isEmpty();
    return outcome.output().orElseThrow();
  }

  private Outcome launch(String name, String payload) {
    return stack.launch(name, RoleRequests.json(payload));
  }

  @Test
  void aRoleOfOtherContentIsAConflictInTheWordsOfTheLaunchWithWhatItWouldGrantMoreAndLess() {
    launch("one", READER);
    String other = READER.replace("s3://a/*", "s3://b/*");

    JsonNode plan = plan(other);
    assertThat(plan.at("/role/outcome").asText()).isEqualTo("conflict");
    assertThat(plan.at("/grants/comparedWith").asText()).endsWith("/reader");
    assertThat(plan.at("/grants/more/0/Resource").toString()).contains("arn:aws:s3:::b");
    assertThat(plan.at("/grants/less/0/Resource").toString()).contains("arn:aws:s3:::a");
    assertThat(plan.at("/summary/0").asText())
        .isEqualTo("A launch would fail: the role reader is not as the payload asks.");

    String message = plan.at("/role/message").asText();
    assertThat(launch("two", other).cause()).contains(message);
    aws.forgetCalls();
  }

  @Test
  void theSameContentIsReusedAndGrantsNeitherMoreNorLess() {
    launch("one", READER);
    aws.advance(Duration.ofMinutes(11));

    JsonNode plan = plan(READER);

    assertThat(plan.at("/role/outcome").asText()).isEqualTo("reuse");
    assertThat(plan.at("/grants/more")).isEmpty();
    assertThat(plan.at("/grants/less")).isEmpty();
    assertThat(plan.at("/instanceProfile/outcome").asText()).isEqualTo("reuse");
    assertThat(plan.at("/usedBy/instances")).hasSize(1);
    assertThat(plan.at("/ec2/allowed").asBoolean()).isTrue();
  }

  /** An empty page has the marker by which it was asked for. */
  @Test
  @Timeout(20)
  void whatIamAnswersInShortAndEmptyPagesIsReadToItsEnd() {
    launch("one", READER);
    JsonNode whole = plan(READER);
    aws.shortPages(1);

    for (int round = 0; round < 20; round++) {
      assertThat(plan(READER).path("planHash")).isEqualTo(whole.path("planHash"));
    }
  }

  @Test
  void whatAPersonHasAddedToARoleThatIsUsedAgainIsLessAndChangesTheHash() {
    JsonNode before = plan(READER);
    launch("one", READER);
    assertThat(plan(READER).path("planHash")).isEqualTo(before.path("planHash"));
    aws.personsIam()
        .putRolePolicy(
            put ->
                put.roleName("reader")
                    .policyName("more")
                    .policyDocument(
                        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"*\"}}"));

    JsonNode plan = plan(READER);

    assertThat(plan.at("/grants/less/0/Action/0").asText()).isEqualTo("iam:*");
    assertThat(plan.at("/pins/role/name").asText()).isEqualTo("reader");
    assertThat(plan.path("planHash")).isNotEqualTo(before.path("planHash"));
  }

  @ParameterizedTest
  @CsvSource({"/spawn/other/us-east-1/, true, another stack", "/, false, somebody else"})
  void aNameOfOthersIsTakenAndNothingIsToldOfWhatItsRoleHolds(
      String path, boolean tagged, String maker) {
    aws.givenRole(
        "reader",
        role -> {
          role.path(path);
          if (tagged) {
            role.tag("spawn:managed", "true");
          }
        });

    JsonNode plan = plan(READER);

    assertThat(plan.at("/role/outcome").asText()).isEqualTo("taken");
    assertThat(plan.at("/summary/0").asText()).contains("made by " + maker);
    assertThat(plan.at("/grants/comparedWith").isNull()).isTrue();
    assertThat(plan.at("/usedBy").isNull()).isTrue();
    assertThat(aws.operations()).doesNotContain("ListRolePolicies", "GetRolePolicy");
  }

  @Test
  void aMarkedRoleIsPassedForTheNextName() {
    launch("one", "{" + INSTANCE + ", 'iam': {'policies': ['s3:ReadOnly']}}");
    String name = aws.roles().get(0).name();
    String now = aws.clock().instant().toString();
    aws.personsIam()
        .tagRole(
            tag -> tag.roleName(name).tags(Tag.builder().key("spawn:deleting").value(now).build()));

    JsonNode plan = plan("{" + INSTANCE + ", 'iam': {'policies': ['s3:ReadOnly']}}");

    assertThat(plan.at("/role/outcome").asText()).isEqualTo("create");
    assertThat(plan.at("/role/name").asText()).startsWith(name).hasSizeGreaterThan(name.length());
    assertThat(plan.at("/role/otherNames/0/why").asText())
        .isEqualTo("The clean-up is removing it.");
  }

  @Test
  void anExistingInstanceIsToldWithWhatItWouldLose() {
    aws.givenRole("old", role -> role.inProfile("old").inlinePolicy("all", allow("s3:*")));
    String instance = GivenInstance.runningWith(aws, "old");

    JsonNode plan =
        plan(
            "{'instanceId': '%s', 'iam': {'policies': ['s3:ReadOnly'], 'resources': ['s3://a/*']}}"
                .formatted(instance));

    assertThat(plan.at("/existingInstance/mayBeChanged").asBoolean()).isTrue();
    assertThat(plan.at("/existingInstance/role").asText()).endsWith("/old");
    assertThat(plan.at("/grants/more")).isEmpty();
    assertThat(plan.at("/grants/less/0/Action/0").asText()).isEqualTo("s3:*");
    assertThat(plan.at("/grants/less/0/except")).isNotEmpty();
  }

  @Test
  void anInstanceThatIsToLoseItsRoleLosesAll() {
    aws.givenRole("old", role -> role.inProfile("old").inlinePolicy("all", allow("s3:*")));
    String instance = GivenInstance.runningWith(aws, "old");

    JsonNode plan = plan("{'instanceId': '%s', 'iam': {'none': true}}".formatted(instance));

    assertThat(plan.at("/role").isNull()).isTrue();
    assertThat(plan.at("/grants/less/0/Action/0").asText()).isEqualTo("s3:*");
    assertThat(plan.at("/ec2/why").asText()).isEqualTo("Nothing is launched.");
  }

  @Test
  void anInstanceThatMayNotBeChangedIsToldWithTheReasonAndNotLookedInto() {
    JsonNode plan =
        plan("{'instanceId': 'i-0123456789abcdef0', 'iam': {'policies': ['s3:ReadOnly']}}");

    assertThat(plan.at("/existingInstance/mayBeChanged").asBoolean()).isFalse();
    assertThat(plan.at("/existingInstance/message").asText())
        .isEqualTo(
            "There is no instance i-0123456789abcdef0 in this account, in any enabled region.");
  }

  @Test
  void aRoleOfOthersThatIsUsedAsItIsIsJudgedByWhatItHolds() {
    aws.givenRole(
        "my-own-role", role -> role.inProfile("my-own-role").inlinePolicy("all", allow("*")));

    JsonNode plan = plan("{" + INSTANCE + ", 'iam': {'role': 'my-own-role'}}");

    assertThat(plan.at("/role/outcome").asText()).isEqualTo("use");
    assertThat(plan.at("/role/inlinePolicy/Statement/0/Action").asText()).isEqualTo("*");
    assertThat(plan.at("/warnings").findValuesAsText("code")).contains("WILDCARD_ACTIONS");
    assertThat(plan.at("/pins/role/name").asText()).isEqualTo("my-own-role");
  }

  @Test
  void aPlanIsTheSameAnHourLaterAndForAnotherExecution() {
    JsonNode first = plan(READER);
    aws.advance(Duration.ofHours(1));

    assertThat(plan(READER).path("planHash")).isEqualTo(first.path("planHash"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "s3:ReadOnly | s3:WriteOnly",
        "'role': 'reader' | 'role': 'writer'",
        "t3.micro | t3.small",
        "ami-00000001 | ami-00000002",
        "'role': | 'creator': 'anna', 'role':",
        "'instance': | 'options': {'subnetIds': ['subnet-0000000a', 'subnet-0000000b']}, 'instance':"
      })
  void anotherPayloadHasAnotherHash(String text, String other) {
    assertThat(plan(READER.replace(text, other)).path("planHash"))
        .isNotEqualTo(plan(READER).path("planHash"));
  }

  @Test
  void whatIsBehindNamesIsPinnedAndInTheHash() {
    String payload =
        "{'instance': {'ImageId': 'resolve:ssm:/aws/service/x', 'InstanceType': 't3.micro'}, 'iam': {'role': 'reader', 'managedPolicies': ['%s']}}"
            .formatted(OWN_POLICY);
    Consumer<Runnable> changes =
        change -> {
          String before = plan(payload).path("planHash").asText();
          change.run();
          assertThat(plan(payload).path("planHash").asText()).isNotEqualTo(before);
        };

    changes.accept(() -> aws.parameter("/aws/service/x", "ami-00000000000000007"));
    changes.accept(() -> aws.policyDocument(OWN_POLICY, allow("s3:*")));
    changes.accept(() -> aws.policyDocument(Stack.BOUNDARY, allow("s3:*")));
    JsonNode plan = plan(payload);
    assertThat(plan.at("/pins/image/imageId").asText()).isEqualTo("ami-00000000000000007");
    assertThat(plan.at("/instance/ImageId").asText()).isEqualTo("resolve:ssm:/aws/service/x");
    assertThat(plan.at("/managedPolicies/0/versionId").asText()).isEqualTo("v1");
    assertThat(plan.at("/warnings").findValuesAsText("path")).contains("$.iam.managedPolicies");
  }

  @Test
  void theVersionOfALaunchTemplateIsPinnedAndAnotherDefaultIsAnotherPlan() {
    Ec2Client person = aws.personsEc2("us-east-1");
    String template =
        person
            .createLaunchTemplate(
                make ->
                    make.launchTemplateName("ours")
                        .launchTemplateData(data -> data.imageId("resolve:ssm:/aws/service/y")))
            .launchTemplate()
            .launchTemplateId();
    String payload =
        "{'instance': {'InstanceType': 't3.micro', 'LaunchTemplate': {'LaunchTemplateId': '%s'}}}"
            .formatted(template);
    JsonNode first = plan(payload);
    person.createLaunchTemplateVersion(
        make -> make.launchTemplateId(template).launchTemplateData(data -> data.imageId("ami-2")));
    JsonNode before = plan(payload);
    person.modifyLaunchTemplate(change -> change.launchTemplateId(template).defaultVersion("2"));

    assertThat(first.at("/pins/launchTemplate/version").asText()).isEqualTo("1");
    assertThat(first.at("/pins/image/parameter").asText()).isEqualTo("/aws/service/y");
    assertThat(before.path("planHash")).isEqualTo(first.path("planHash"));
    assertThat(plan(payload).path("planHash")).isNotEqualTo(first.path("planHash"));
  }

  @Test
  void whatAParameterHoldsThatIsNoImageIsNotTold() {
    aws.parameter("/aws/service/x", "hunter2");

    JsonNode plan =
        plan("{'instance': {'ImageId': 'resolve:ssm:/aws/service/x', 'InstanceType': 't3.micro'}}");

    assertThat(plan.toString()).doesNotContain("hunter2");
    assertThat(plan.at("/pins/image/imageId").isNull()).isTrue();
  }

  @Test
  void aPlanOfASetTellsOfEachRoleWhatItWouldGrantMoreAndLess() {
    String set =
        "{'namePrefix': 'lab', 'roles': [{'role': 'lab-reader', 'policies': ['s3:ReadOnly'], 'resources': ['s3://a/*'], 'managedPolicies': ['%s']}]%s}";
    JsonNode first = planOfSet(set.formatted(OWN_POLICY, ", 'plan': true"));
    assertThat(first.at("/roles/0/outcome").asText()).isEqualTo("created");
    assertThat(first.at("/roles/0/grants/comparedWith").isNull()).isTrue();
    assertThat(first.at("/roles/0/grants/more")).hasSizeGreaterThan(1);
    stack.roleSet("made", RoleRequests.json(set.formatted(OWN_POLICY, "")));
    aws.forgetCalls();

    JsonNode same = planOfSet(set.formatted(OWN_POLICY, ", 'plan': true"));
    assertThat(same.at("/roles/0/outcome").asText()).isEqualTo("reused");
    assertThat(same.at("/roles/0/grants/more")).isEmpty();
    assertThat(same.at("/roles/0/grants/less")).isEmpty();
    assertThat(same.at("/roles/0/planHash")).isEqualTo(first.at("/roles/0/planHash"));

    JsonNode other =
        planOfSet(set.formatted(OWN_POLICY, ", 'plan': true").replace("s3://a/*", "s3://b/*"));
    assertThat(other.at("/roles/0/outcome").asText()).isEqualTo("updated");
    assertThat(other.at("/roles/0/grants/more").toString())
        .contains("s3:::b")
        .doesNotContain("s3:::a");
    assertThat(other.at("/roles/0/grants/less").toString())
        .contains("s3:::a")
        .doesNotContain("s3:::b");
    aws.policyDocument(OWN_POLICY, allow("s3:*"));
    assertThat(planOfSet(set.formatted(OWN_POLICY, ", 'plan': true")).at("/roles/0/planHash"))
        .isNotEqualTo(first.at("/roles/0/planHash"));
  }

  private JsonNode planOfSet(String payload) {
    aws.settle();
    Outcome outcome = stack.roleSet("plan-" + payload.hashCode(), RoleRequests.json(payload));
    assertThat(outcome.error()).as("%s", outcome.cause()).isEmpty();
    assertThat(aws.writes()).isEmpty();
    return outcome.output().orElseThrow();
  }

  @Test
  void anOperatorsWordIsToldAsWhatItIs() {
    launch("one", READER);
    String now = aws.clock().instant().toString();
    aws.personsIam()
        .tagRole(
            tag ->
                tag.roleName("reader").tags(Tag.builder().key("spawn:revoked").value(now).build()));

    assertThat(plan(READER).at("/role/outcome").asText()).isEqualTo("revoked");
  }

  @Test
  void theQuotasAreCountedWithWhatIsLeft() {
    aws.rolesQuota(1_000);

    JsonNode quotas = plan(READER).path("quotas");

    assertThat(quotas.at("/roles/quota").asInt()).isEqualTo(1_000);
    assertThat(quotas.at("/policiesOfRole/left").asInt()).isEqualTo(10);
    assertThat(quotas.at("/inlineBytesOfRole/left").asInt()).isBetween(9_000, 10_239);
  }

  /** What is read of a role is what it holds, once; what is read of regions is one page each. */
  @Test
  void theReadsOfTheRoleThatHoldsTheMostAreCounted() {
    launch("one", READER);
    aws.advance(Duration.ofMinutes(11));
    for (int policy = 0; policy < 9; policy++) {
      String arn = "arn:aws:iam::123456789012:policy/more-" + policy;
      aws.personsIam().attachRolePolicy(attach -> attach.roleName("reader").policyArn(arn));
    }

    plan(READER);

    assertThat(aws.operations().stream().filter(call -> !call.equals("RunInstances")))
        .hasSize(1 + 2 + 1 + 3 + 9 * 2 + 1 + 1 + 3 + 1);
    List<AwsRequest> asked =
        aws.calls().stream()
            .filter(call -> call.service().equals("iam"))
            .map(Call::request)
            .toList();
    assertThat(asked).doesNotHaveDuplicates();
  }

  private static String allow(String action) {
    return "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"*\"}]}"
        .formatted(action);
  }
}
