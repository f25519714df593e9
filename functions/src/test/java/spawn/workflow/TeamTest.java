package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;

/** Whose stack has made something is the owner's word: {@code spawn:team}. */
class TeamTest {
  private static final String TEAM = "spawn:team";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack data = of("data");
  private final Stack nobodys = Stack.on(aws);

  private Stack of(String team) {
    return Stack.on(aws, Workflow.with(Map.of("Team", team)), line -> {}, thrown -> {});
  }

  private JsonNode done(Outcome outcome) {
    assertThat(outcome.cause()).isEmpty();
    return outcome.output().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"launch", "default-role", "managed-policies"})
  void aLaunchTagsRoleProfileAndInstanceWithTheTeamOfItsStack(String payload) {
    JsonNode output = done(data.launch("first", Stack.event(payload)));

    String role = output.at("/role/name").asText();
    assertThat(aws.role(role).orElseThrow().tags()).containsEntry(TEAM, "data");
    assertThat(aws.profile(role).orElseThrow().tags()).containsEntry(TEAM, "data");
    SimulatedInstance instance =
        aws.instance(output.at("/instances/0/instanceId").asText()).orElseThrow();
    assertThat(instance.tags()).containsEntry(TEAM, "data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"instance", "volume"})
  void aPlanShowsTheTagOnInstancesAndVolumesBesideTheCallers(String type) {
    ObjectNode payload = (ObjectNode) Stack.event("plan");
    payload
        .withObject("instance")
        .withArray("TagSpecifications")
        .add(json("{'ResourceType': 'volume', 'Tags': [{'Key': 'a', 'Value': 'b'}]}"));

    JsonNode plan = done(data.launch("first", payload));

    assertThat(plan.at("/instance/TagSpecifications").valueStream())
        .filteredOn(tags -> tags.path("ResourceType").asText().equals(type))
        .singleElement()
        .satisfies(
            tags ->
                assertThat(tags.path("Tags").valueStream().map(tag -> tag.path("Key").asText()))
                    .contains(TEAM, "spawn:managed")
                    .doesNotHaveDuplicates());
    assertThat(plan.at("/role/tags/spawn:team").asText()).isEqualTo("data");
  }

  @Test
  void aStackOfNoTeamTagsNothingWithOne() {
    JsonNode output = done(nobodys.launch("first", Stack.event("launch")));

    String role = output.at("/role/name").asText();
    assertThat(aws.role(role).orElseThrow().tags()).doesNotContainKey(TEAM);
    assertThat(aws.profile(role).orElseThrow().tags()).doesNotContainKey(TEAM);
  }

  @Test
  void aSetTagsItsRolesAndFollowsItsStackToAnotherTeam() {
    JsonNode payload = Stack.event("role-set");
    done(nobodys.roleSet("first", payload));

    done(data.roleSet("second", payload));

    assertThat(aws.role("metaflow-prod-batch-job-role").orElseThrow().tags())
        .containsEntry(TEAM, "data");
    done(of("other").roleSet("third", payload));
    assertThat(aws.role("metaflow-prod-batch-job-role").orElseThrow().tags())
        .containsEntry(TEAM, "other");
    assertThat(done(of("other").roleSet("fourth", payload)).at("/roles/0/outcome").asText())
        .isEqualTo("reused");
  }

  @Test
  void aSetThatIsRunByAStackOfNoTeamKeepsTheTag() {
    JsonNode payload = Stack.event("role-set");
    done(data.roleSet("first", payload));

    done(nobodys.roleSet("second", payload));

    assertThat(aws.role("metaflow-prod-batch-job-role").orElseThrow().tags())
        .containsEntry(TEAM, "data");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'instance': {'ImageId': 'ami-1'}, 'iam': {'policies': ['s3:ReadOnly'], 'roleTags': {'spawn:team': 'admins'}}}",
        "{'instance': {'ImageId': 'ami-1'}, 'iam': {'policies': ['s3:ReadOnly'], 'roleTags': {'SPAWN:Team': 'admins'}}}",
        "{'instance': {'ImageId': 'ami-1', 'TagSpecifications': [{'ResourceType': 'instance', 'Tags': [{'Key': 'spawn:team', 'Value': 'admins'}]}]}}",
        "{'instance': {'ImageId': 'ami-1', 'TagSpecifications': [{'ResourceType': 'volume', 'Tags': [{'Key': 'Spawn:Team', 'Value': 'admins'}]}]}}"
      })
  void noCallerSaysWhoseStackItIs(String payload) {
    assertThat(data.launch("first", json(payload)).error()).contains("spawn.error.InvalidRequest");
    assertThat(nobodys.launch("second", json(payload)).error())
        .contains("spawn.error.InvalidRequest");
  }
}
