package spawn.roleset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.InvalidRequest;
import spawn.policy.StackContext;
import spawn.policy.Warning;

/** What the payload of a role set means, or what is wrong with it. */
class RoleSetReaderTest {
  private static final String PRESET =
      "{'namePrefix': 'metaflow-prod', 'preset': 'metaflow-batch'%s}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                    | $.namePrefix: Missing: the set's name, with which the names of its roles begin, for example "metaflow-prod".
          {}                                                                    | $: Must have either a "preset" or "roles"
          {'namePrefix': 'a'}                                                   | $: Must have either a "preset" or "roles"
          {'namePrefix': 'a', 'preset': 'metaflow-batch', 'roles': []}          | $: Must have either a "preset" or "roles"
          {'namePrefix': 'a', 'preset': 'metaflow'}                             | $.preset: Unknown preset "metaflow". Did you mean "metaflow-batch"? Known presets: metaflow-batch.
          {'namePrefix': 7, 'preset': 'metaflow-batch'}                         | $.namePrefix: Must be a string, not a number.
          {'namePrefix': 'a,b', 'preset': 'metaflow-batch'}                     | $.namePrefix: "a,b" is not a valid name prefix
          {'namePrefix': '', 'preset': 'metaflow-batch'}                        | $.namePrefix: "" is not a valid name prefix: must have 1 to 44 letters
          {'namePrefix': 'a', 'preset': 'metaflow-batch', 'tag': {}}            | $.tag: Unknown field. Did you mean "tags"?
          {'namePrefix': 'a', 'preset': 'metaflow-batch', 'tags': {'a': 1}}     | $.tags.a: Must be a string, not a number.
          {'namePrefix': 'a', 'preset': 'metaflow-batch', 'plan': 'yes'}        | $.plan: Must be true or false, not a string.
          {'namePrefix': 'a', 'preset': 'metaflow-batch', 'creator': 'a,b'}     | $.creator: "a,b" is not a valid creator tag
          {'namePrefix': 'a', 'preset': 'metaflow-batch', 'jobStatements': {}}  | $.jobStatements
          {'namePrefix': 'a', 'preset': 'metaflow-batch', 'additionalJobPolicies': [7]} | $.additionalJobPolicies[0]: Must be a string
          {'namePrefix': 'a', 'roles': [], 'jobStatements': []}                 | $.jobStatements: Belongs to a preset.
          {'namePrefix': 'a', 'roles': []}                                      | $.roles: Must be a list of 1 to 40 roles, not an empty list.
          {'namePrefix': 'a', 'roles': ['b']}                                   | $.roles[0]: Must be an object, not a string.
          {'namePrefix': 'a', 'roles': [{}]}                                    | $.roles[0].role: Must be a name of the role's own that begins with "a-".
          {'namePrefix': 'a', 'roles': [{'role': 'b-c'}]}                       | $.roles[0].role: Must be a name of the role's own
          {'namePrefix': 'spawn-instance', 'roles': [{'role': 'spawn-instance-01234567'}]} | $.roles[0].role: Must be a name of the role's own
          {'namePrefix': 'a', 'roles': [{'role': 'a-b'}, {'role': 'a-B'}]}      | $.roles[1].role: "a-B" is given twice
          {'namePrefix': 'a', 'roles': [{'role': 'a-b', 'policy': []}]}         | $.roles[0].policy: Unknown field.
          {'namePrefix': 'a', 'roles': [{'role': 'a-b', 'policies': ['s3:Al']}]} | $.roles[0].policies[0]
          """)
  void eachMistakeIsToldWithItsPath(String payload, String problem) {
    assertThatThrownBy(() -> read(json(payload)))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("- " + problem);
  }

  @Test
  void whoMayAssumeTheJobsRoleIsNoBusinessOfItsStatements() {
    assertThatThrownBy(
            () ->
                read(
                    json(
                        PRESET.formatted(
                            ", 'jobStatements': [{'Effect': 'Allow', 'Principal': '*', 'Action': 'sns:Publish', 'Resource': '*'}]"))))
        .hasMessageContaining("- $.jobStatements[0].Principal: ");
  }

  @Test
  void statementsOfTerraformAreReadForJobsToo() {
    String named = ", 'jobStatements': {'publish-events': {'actions': ['%s'], 'resources': ['*']}}";
    RoleSet set = read(json(PRESET.formatted(named.formatted("sns:Publish"))));

    assertThat(set.roles().get(0).role().permissions().inlinePolicy().toString())
        .contains("sns:Publish");
    assertThatThrownBy(() -> read(json(PRESET.formatted(named.formatted("Publish")))))
        .hasMessageContaining("- $.jobStatements['publish-events'].actions[0]: ");
  }

  @Test
  void theJobsReachTheBucketsThatAreNamedAndNoOthers() {
    RoleSet set = read(json(PRESET.formatted(", 'jobResources': ['s3://metaflow-data/flows/*']")));

    JsonNode policy = set.roles().get(0).role().permissions().inlinePolicy().toJson();
    assertThat(policy.path("Statement").valueStream())
        .filteredOn(statement -> statement.path("Action").toString().contains("s3:PutObject"))
        .isNotEmpty()
        .allSatisfy(
            statement ->
                assertThat(statement.path("Resource").asText())
                    .isEqualTo("arn:aws:s3:::metaflow-data/flows/*"));
    assertThat(set.warnings())
        .extracting(Warning::message)
        .noneSatisfy(message -> assertThat(message).contains("s3:"));
    assertThatThrownBy(() -> read(json(PRESET.formatted(", 'jobResources': ['sqs://jobs']"))))
        .hasMessageContaining("- $.jobResources[0]: ");
  }

  @Test
  void theNamesOfThePresetFitIntoSixtyFourCharacters() {
    String longest = "a".repeat(44);

    RoleSet set =
        read(
            json(
                "{'namePrefix': '%s', 'preset': 'metaflow-batch', 'enableSpotFleetRole': true}"
                    .formatted(longest)));

    assertThat(set.roles())
        .hasSize(4)
        .allSatisfy(role -> assertThat(role.role().names().get(0)).hasSizeLessThanOrEqualTo(64));
  }

  @Test
  void statementsMayDenyAndExcludeAndAskForConditions() {
    RoleSet set =
        read(
            json(
                PRESET.formatted(
                    ", 'jobStatements': [{'Sid': 'NoDeletes', 'Effect': 'Deny', 'Action': 's3:DeleteObject', 'NotResource': 'arn:aws:s3:::scratch/*'},"
                        + " {'Effect': 'Deny', 'NotAction': 'kms:*', 'Resource': '*', 'Condition': {'Bool': {'aws:SecureTransport': 'false'}}}]")));

    assertThat(set.roles().get(0).role().permissions().inlinePolicy().toString())
        .contains("NotResource", "NotAction", "aws:SecureTransport");
  }

  @Test
  void aRolesOwnTagComesBeforeTheSets() {
    RoleSet set =
        read(
            json(
                "{'namePrefix': 'a', 'tags': {'team': 'data', 'stage': 'prod'},"
                    + " 'roles': [{'role': 'a-b', 'roleTags': {'Team': 'finance'}}]}"));

    assertThat(set.roles().get(0).role().tags())
        .containsExactlyInAnyOrderEntriesOf(Map.of("Team", "finance", "stage", "prod"));
  }

  @Test
  void tagsOfSetAndRoleTogetherMayBeTooMany() {
    ObjectNode payload = (ObjectNode) json("{'namePrefix': 'a', 'roles': [{'role': 'a-b'}]}");
    for (int i = 0; i < 21; i++) {
      payload.withObject("/tags").put("set" + i, "x");
      ((ObjectNode) payload.at("/roles/0")).withObject("/roleTags").put("role" + i, "x");
    }

    assertThatThrownBy(() -> read(payload))
        .hasMessageContaining(
            "- $.roles[0].roleTags: Must be, with those of $.tags, up to 38 tags, not 42");
  }

  @Test
  void onlyRolesThatEc2MayAssumeGetAProfile() {
    RoleSet set =
        read(
            json(
                "{'namePrefix': 'a', 'roles': [{'role': 'a-b', 'instanceProfile': 'a-p'},"
                    + " {'role': 'a-c', 'trustServices': ['lambda']}]}"));

    assertThat(set.roles()).extracting(RoleOfSet::needsProfile).containsExactly(true, false);
    assertThat(set.roles().get(0).profileName()).contains("a-p");
    assertThat(set.roles().get(0).arn())
        .isEqualTo("arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/a-b");
    assertThat(set.outputs()).isEmpty();
  }

  @Test
  void thePresetIsNotWarnedOfWhomItsRolesTrust() {
    RoleSet set = read(json(PRESET.formatted("")));

    assertThat(set.warnings())
        .extracting(Warning::code)
        .doesNotContain("NO_EC2_TRUST", "TRUST_BEYOND_EC2");
    assertThat(
            read(json(
                    "{'namePrefix': 'a', 'roles': [{'role': 'a-b', 'trustServices': ['lambda']}]}"))
                .warnings())
        .extracting(Warning::code)
        .contains("TRUST_BEYOND_EC2");
  }

  @Test
  void aWarningNamesWhereThePayloadSaysIt() {
    RoleSet set =
        read(
            json(
                PRESET.formatted(
                    ", 'jobStatements': [{'Effect': 'Allow', 'Action': 'iam:PassRole', 'Resource': '*'}]")));

    assertThat(set.warnings())
        .filteredOn(warning -> warning.code().equals("PRIVILEGE_ESCALATION"))
        .extracting(Warning::path)
        .isNotEmpty()
        .allSatisfy(path -> assertThat(path).startsWith("$.jobStatements[0]"));
  }

  @Test
  void aStackThatRejectsBroadAccessRejectsItInSets() {
    StackContext strict =
        new StackContext(
            CONTEXT.partition(),
            CONTEXT.account(),
            CONTEXT.region(),
            "/spawn/",
            "spawn",
            "spawn",
            CONTEXT.defaultBoundary(),
            CONTEXT.serviceBoundary(),
            List.of(),
            StackContext.BroadAccess.REJECT);

    assertThatThrownBy(
            () ->
                new RoleSetReader(strict)
                    .read(
                        json(
                            "{'namePrefix': 'a', 'roles': [{'role': 'a-b', 'policies': ['s3:FullAccess']}]}"),
                        "run"))
        .hasMessageContaining("- $.roles[0].policies[0]: ");
    assertThat(new RoleSetReader(strict).read(json(PRESET.formatted("")), "run").roles())
        .hasSize(3);
    assertThatThrownBy(
            () ->
                new RoleSetReader(strict)
                    .read(
                        json(
                            PRESET.formatted(
                                ", 'additionalJobPolicies': ['SecretsManagerReadWrite']")),
                        "run"))
        .hasMessageContaining("- $.additionalJobPolicies[0]: ");
  }

  @Test
  void aSetIsRemovedByItsNameWhateverElseIsSaid() {
    RoleSet set =
        read(
            json(
                "{'namePrefix': 'a', 'preset': 'gone', 'tags': {'a': 1}, 'roles': 7, 'delete': true}"));

    assertThat(set.delete()).isTrue();
    assertThat(set.roles()).isEmpty();
  }

  @Test
  void fortyRolesAreTheMost() {
    ObjectNode payload = (ObjectNode) json("{'namePrefix': 'a', 'roles': []}");
    ArrayNode roles = (ArrayNode) payload.path("roles");
    for (int i = 0; i < 40; i++) {
      roles.addObject().put("role", "a-" + i);
    }
    assertThat(read(payload).roles()).hasSize(40);

    roles.addObject().put("role", "a-40");
    assertThatThrownBy(() -> read(payload)).hasMessageContaining("1 to 40 roles");
  }

  @Test
  void theExecutionIsTheCreatorWhereNobodyIsNamed() {
    assertThat(read(json(PRESET.formatted(""))).roles().get(0).role().creator()).isEqualTo("run");
    assertThat(read(json(PRESET.formatted(", 'creator': 'ann'"))).roles().get(0).role().creator())
        .isEqualTo("ann");
    assertThat(read(json(PRESET.formatted(""))).roles())
        .extracting(RoleOfSet::output)
        .containsExactly(
            Optional.of("batchJob"), Optional.of("batchService"), Optional.of("batchInstance"));
  }

  private static RoleSet read(JsonNode payload) {
    return new RoleSetReader(CONTEXT).read(payload, "run");
  }
}
