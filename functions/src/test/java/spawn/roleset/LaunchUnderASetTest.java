package spawn.roleset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.role.RoleRequests;
import spawn.role.Tags;
import spawn.workflow.Outcome;
import spawn.workflow.Stack;

/** A launch that names a role of a set while the set is run, by the whole workflow. */
class LaunchUnderASetTest {
  private static final JsonNode SET =
      json(
          "{'namePrefix':'nightly','roles':[{'role':'nightly-import','managedPolicies':['AmazonS3ReadOnlyAccess']}]}");
  private static final JsonNode LAUNCH =
      json("{'instance':{'ImageId':'ami-1'},'iam':{'role':'nightly-import'}}");

  private static final JsonNode DESCRIBED =
      json(
          "{'instance':{'ImageId':'ami-1'},'iam':{'role':'nightly-import','policies':['s3:ReadOnly']}}");

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException malformed) {
      throw new IllegalArgumentException(malformed);
    }
  }

  private void tag(String key, String value) {
    aws.personsIam()
        .tagRole(
            request ->
                request
                    .roleName("nightly-import")
                    .tags(Tag.builder().key(key).value(value).build()));
  }

  @Test
  void waitsWhileTheSetChangesTheRole() {
    stack.roleSet("set", SET);
    String id = aws.role("nightly-import").orElseThrow().id();
    tag(Tags.LEASED_ID, "changing");
    aws.faults(
        stack.limited(
            new Faults() {
              private int reads;

              @Override
              public void before(Call call) {
                if (call.operation().equals("GetRole") && ++reads == 3) {
                  tag(Tags.LEASED_ID, id);
                }
              }
            }));

    Outcome outcome = stack.launch("launch", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.output().orElseThrow().at("/role/outcome").asText()).isEqualTo("reused");
    assertThat(aws.instances()).hasSize(1);
  }

  @Test
  void saysWhichSetItHasWaitedForInVain() {
    stack.roleSet("set", SET);
    tag(Tags.LEASED_ID, "changing");

    Outcome outcome = stack.launch("launch", LAUNCH);

    assertThat(outcome.error()).contains("spawn.error.NotVisibleYet");
    assertThat(outcome.cause().orElseThrow())
        .contains("Role \"nightly-import\" is being changed by its role set \"nightly\"");
    assertThat(aws.instances()).isEmpty();
  }

  @Test
  void waitsForARoleThatSomeReadersOfIamDoNotShowYet() {
    aws.givenRole(
        "nightly-import",
        role ->
            role.path(RoleRequests.OWNER.path())
                .boundary(Stack.BOUNDARY)
                .tag(Tags.MANAGED, "true")); // half-made
    aws.faults(
        stack.limited(
            new Faults() {
              @Override
              public void before(Call call) {
                if (call.operation().equals("ListAttachedRolePolicies")) {
                  throw AwsErrors.noSuchEntity("The role cannot be found.");
                }
              }
            }));

    Outcome outcome = stack.launch("launch", DESCRIBED);

    assertThat(outcome.error()).contains("spawn.error.NotVisibleYet");
    assertThat(aws.calls("ListAttachedRolePolicies")).hasSize(13);
  }
}
