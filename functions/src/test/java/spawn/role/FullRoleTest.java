package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import spawn.aws.SimulatedAws;
import spawn.policy.Permissions;

/** Differences are computed from values alone: nothing in here asks IAM for them. */
class FullRoleTest {
  private static final String LOGS = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess";
  private static final String MORE = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  private static final Permissions WANTED =
      RoleRequests.of("{'policies': ['s3:ReadOnly'], 'managedPolicies': ['" + LOGS + "']}")
          .permissions();

  private static final RolePolicies ASKED =
      new RolePolicies(Map.of("spawn", WANTED.inlinePolicy().toJson()), List.of(LOGS));

  private static FullRole holding(RolePolicies policies) {
    return new FullRole(
        role(WANTED.trustPolicy().toString(), WANTED.permissionsBoundary(), 3600), policies);
  }

  private static KnownRole role(String trustPolicy, String boundary, int maxSessionDuration) {
    return new KnownRole(
        "worker",
        RoleRequests.OWNER.path(),
        "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
        "AROA1",
        Instant.EPOCH,
        trustPolicy,
        Optional.ofNullable(boundary),
        maxSessionDuration,
        Optional.empty(),
        Map.of());
  }

  @Test
  void aRoleThatHoldsWhatIsWantedDiffersInNothing() {
    assertThat(holding(ASKED).differencesFrom(WANTED)).isEmpty();
  }

  @Test
  void aDocumentThatIsWrittenOtherwiseMeansTheSame() {
    ObjectNode byHand = WANTED.inlinePolicy().toJson().deepCopy();
    byHand.path("Statement").forEach(statement -> ((ObjectNode) statement).put("Sid", "ByHand"));

    assertThat(
            holding(new RolePolicies(Map.of("byHand", byHand), List.of(LOGS)))
                .differencesFrom(WANTED))
        .isEmpty();
  }

  @Test
  void eachPartThatDiffersIsNamedAndNoStatementIsQuoted() {
    FullRole other =
        new FullRole(
            role(json("{'Statement': []}").toString(), null, 7200),
            new RolePolicies(
                Map.of("spawn", json("{'Statement': {'Effect': 'Allow', 'Action': 'sns:Secret'}}")),
                List.of(LOGS, MORE)));

    assertThat(other.differencesFrom(WANTED))
        .containsExactly(
            "its trust policy differs",
            "its permissions boundary differs",
            "its longest session is 7200 s, not 3600 s",
            "its managed policies are [%s, %s], not [%s]".formatted(LOGS, MORE, LOGS),
            "its inline policy differs");
  }

  @Test
  void anInlinePolicyTooManyOrTooFewIsADifference() {
    JsonNode document = WANTED.inlinePolicy().toJson();

    assertThat(
            holding(new RolePolicies(Map.of("spawn", document, "more", document), List.of(LOGS)))
                .differencesFrom(WANTED))
        .containsExactly("its inline policy differs");
    assertThat(holding(new RolePolicies(Map.of(), List.of(LOGS))).differencesFrom(WANTED))
        .containsExactly("its inline policy differs");
  }

  @Test
  void whatIsReadFromIamIsWhatTheRoleHolds() {
    SimulatedAws aws = SimulatedAws.create();
    aws.givenRole(
        "worker",
        role ->
            role.path(RoleRequests.OWNER.path())
                .inlinePolicy("spawn", WANTED.inlinePolicy().toString())
                .inlinePolicy("more", "{\"Statement\":[]}")
                .tag("team", "data"));
    aws.personsIam().attachRolePolicy(attach -> attach.roleName("worker").policyArn(MORE));
    aws.personsIam().attachRolePolicy(attach -> attach.roleName("worker").policyArn(LOGS));
    aws.settle();
    KnownRole found =
        new IamRoles(aws.iam(), RoleRequests.OWNER, new AccountQuotas(aws.iam()))
            .find("worker")
            .orElseThrow();

    FullRole full = new RoleContent(aws.iam()).of(found);

    assertThat(full.role().tags()).containsEntry("team", "data");
    assertThat(full.policies().managed()).containsExactly(LOGS, MORE);
    assertThat(full.policies().inline())
        .containsOnlyKeys("more", "spawn")
        .containsEntry("spawn", WANTED.inlinePolicy().toJson());
  }
}
