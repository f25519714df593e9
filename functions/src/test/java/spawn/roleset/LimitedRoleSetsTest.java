package spawn.roleset;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.InvalidRequest;
import spawn.error.Problem;

/** A stack's limits on the roles of sets. */
class LimitedRoleSetsTest {
  private static final String ROLES =
      "'roles': [{'role': 'flows-a', 'policies': ['s3:ReadOnly'], 'managedPolicies': ['ReadOnlyAccess'], 'roleTags': {'project': 'x'}, 'statements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*'}]}]";
  private static final String PRESET =
      "'preset': 'metaflow-batch', 'enableSpotFleetRole': true, 'tags': {'project': 'x'}, 'jobResources': ['s3://data'], 'additionalJobPolicies': ['ReadOnlyAccess'], 'jobStatements': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*'}]";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AllowedWords=none           | $.roles[0].policies[0]",
        "AllowedResources=none       | $.roles[0].policies[0] $.roles[0].statements[0] $.roles[0].managedPolicies[0]",
        "OwnStatements=reject        | $.roles[0].statements",
        "AllowedManagedPolicies=none | $.roles[0].managedPolicies[0]",
        "AllowedRoleNames=other-*    | $.roles[0].role",
        "AllowedRoleNames=flows-*    | ''",
        "AllowedRoleTagKeys=none     | $.roles[0].roleTags.project",
        "MaxExpiry=P7D               | $.roles[0].expires",
      })
  void aRoleThatIsSpeltOutIsHeldToThem(String limit, String paths) {
    assertRefused(ROLES, limit, paths);
  }

  /**
   * Its words are what jobs run with, and those are the callers'. What AWS made for Batch itself is
   * attached whatever the limits say.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AllowedWords=none           | $.preset",
        "AllowedWords=s3,logs,ecr    | ''",
        "AllowedResources=none       | $.jobResources[0] $.preset $.jobStatements[0] $.additionalJobPolicies[0]",
        "OwnStatements=reject        | $.jobStatements",
        "AllowedManagedPolicies=none | $.additionalJobPolicies[0]",
        "AllowedManagedPolicies=Read* | ''",
        "AllowedRoleNames=other-*    | $.namePrefix",
        "AllowedRoleNames=flows-*    | ''",
        "AllowedRoleTagKeys=none     | $.tags.project",
        "MaxExpiry=P7D               | $.expires",
      })
  void aPresetIsHeldToThemWhereItsRolesAreTheCallers(String limit, String paths) {
    assertRefused(PRESET, limit, paths);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P7D        | ''",
        "P8D        | $.expires",
        "yesterday  | $.expires",
      })
  void anEndForAllRolesIsHeldToItsLimitOnce(String expires, String paths) {
    for (String payload : List.of(ROLES, PRESET)) {
      assertThat(problems("'expires': '" + expires + "', " + payload, "MaxExpiry=P7D"))
          .extracting(Problem::path)
          .containsExactlyElementsOf(paths.isEmpty() ? List.of() : List.of(paths));
    }
  }

  /** It may have been made before there were limits. */
  @Test
  void aSetIsRemovedWhateverTheLimits() {
    assertThat(problems("'delete': true, 'tags': {'project': 'x'}", "AllowedRoleNames=other-*"))
        .isEmpty();
    assertThat(problems("'delete': true, 'expires': 'P9D'", "MaxExpiry=P7D")).isEmpty();
  }

  private static void assertRefused(String payload, String limit, String paths) {
    assertThat(problems(payload, limit))
        .extracting(Problem::path)
        .hasSameElementsAs(paths.isEmpty() ? List.of() : List.of(paths.split(" ")));
    assertThat(problems(payload, "AllowedWords=")).isEmpty();
  }

  private static List<Problem> problems(String payload, String limit) {
    Map<String, String> limits = new TreeMap<>();
    limits.put(limit.substring(0, limit.indexOf('=')), limit.substring(limit.indexOf('=') + 1));
    try {
      new RoleSetReader(CONTEXT)
          .read(json("{'namePrefix': 'flows', " + payload + "}"), "execution", limits);
      return List.of();
    } catch (InvalidRequest refused) {
      return refused.problems();
    }
  }
}
