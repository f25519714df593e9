package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.InvalidRequest;
import spawn.launch.LaunchPlan;
import spawn.launch.PayloadReader;
import spawn.roleset.RoleSetReader;

/** What was written down of a role, in the place of what describes one. */
class RoleImportTest {
  private static final String CONTENT =
      "{'role': 'reports', 'policies': ['s3:ReadOnly'], 'resources': ['s3://reports'],"
          + "'roleTags': {'team': 'genomics'}, 'maxSessionDuration': 7200}";

  private static LaunchPlan plan(String iam) {
    ObjectNode payload = new ObjectMapper().createObjectNode();
    payload.set("iam", json(iam));
    return new PayloadReader(CONTEXT).read(payload, "execution");
  }

  private static RoleRequest role(String iam) {
    return plan(iam).role().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'import': %s}",
        "{'import': {'iam': %s}}",
        "{'import': {'role': {'name': 'reports'}, 'iam': %s, 'leftOut': ['x'], 'bound': [], 'notes': []}}",
        "{'import': %s, 'policies': null}"
      })
  void whatIsImportedMeansWhatItWouldMeanByItself(String iam) {
    assertThat(role(iam.formatted(CONTENT)))
        .usingRecursiveComparison()
        .ignoringFields("paths")
        .isEqualTo(role(CONTENT));
  }

  @Test
  void theNameTheTagsTheProfileAndTheCreatorMayBeOthers() {
    LaunchPlan plan =
        plan(
            "{'import': {'iam': %s}, 'role': 'mine', 'roleTags': {'cost': '7'}, 'creator': 'ada', 'instanceProfile': 'of-mine'}"
                .formatted(CONTENT));
    RoleRequest role = plan.role().orElseThrow();

    assertThat(role.names()).containsExactly("mine");
    assertThat(role.tags()).containsOnlyKeys("cost");
    assertThat(role.creator()).isEqualTo("ada");
    assertThat(role.permissions()).isEqualTo(role(CONTENT).permissions());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'import': 7}|$.iam.import: Must be an object, what ExportRole has answered or its \"iam\", not a number.",
        "{'import': {'iam': []}}|$.iam.import.iam: Must be an object",
        "{'import': {'iam': {'policies': ['s3:Reed']}, 'notes': []}}|$.iam.import.iam.policies[0]: ",
        "{'import': {'role': {'name': 'a'}, 'outcome': 'NEVER_USED', 'notes': []}}|$.iam.import: Holds no role: ExportRole has answered \"NEVER_USED\".",
        "{'import': {'policies': 's3'}}|$.iam.import.policies: ",
        "{'import': {'iam': {}, 'instance': {}}}|$.iam.import.instance: Unknown field beside \"iam\".",
        "{'import': {'import': {}}}|$.iam.import.import: Unknown field.",
        "{'import': {'none': true}}|$.iam.import.none: Unknown field.",
        "{'import': {'role': 'a b'}}|$.iam.import.role: ",
        "{'import': {'role': 'a'}, 'role': 'a b'}|$.iam.role: ",
        "{'import': {'role': 'a', 'policies': ['s3:ReadOnly']}, 'policies': ['sqs:ReadOnly']}|$.iam.import: Says all that the role may do",
        "{'import': {'role': 'a'}, 'managedPolicies': []}|$.iam.import: Says all that the role may do",
        "{'import': {'policies': ['s3:ReadOnly']}}|$.iam.import.role: Missing: without an instance",
        "{'import': {'policies': ['s3:ReadOnly']}, 'none': true}|$.iam.none: ",
        "{'import': {'role': 'a', 'permissionsBoundary': 'arn:aws:iam::1:policy/x'}}|$.iam.import.permissionsBoundary: "
      })
  void whatIsWrongIsSaidWhereItStands(String iam, String message) {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> plan(iam))
        .withMessageContaining(message);
  }

  @Test
  void aRoleOfASetMayBeImportedToo() {
    RoleRequest role =
        new RoleSetReader(CONTEXT)
            .read(
                json(
                    "{'namePrefix': 'nightly', 'roles': [{'role': 'nightly-report', 'import': "
                        + CONTENT
                        + "}]}"),
                "execution")
            .roles()
            .get(0)
            .role();

    assertThat(role.permissions()).isEqualTo(role(CONTENT).permissions());
    assertThat(role.names()).containsExactly("nightly-report");
  }
}
