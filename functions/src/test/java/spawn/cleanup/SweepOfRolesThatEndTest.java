package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.cleanup.GivenRequest.aRequest;
import static spawn.cleanup.GivenSweep.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.policy.PolicyLimits;
import spawn.role.IamFields;
import spawn.role.LeaseTerms;
import spawn.role.RoleConvergence;
import spawn.role.RoleRequest;
import spawn.role.RoleRequestReader;
import spawn.role.RoleRequests;
import spawn.role.Roles;
import spawn.role.Tags;

/** A role that a user named is swept once it is over; nothing else is reached by that. */
class SweepOfRolesThatEndTest {
  private static final String EC2 =
      "{'role': 'reports', 'policies': ['s3:ReadOnly'], 'expires': 'PT8H'}";
  private static final String SERVICES =
      "{'role': 'reports', 'policies': ['s3:ReadOnly'], 'expires': 'PT8H', 'trustServices': ['ec2', 'ecs-tasks']}";

  private final SimulatedAws aws = SimulatedAws.create();
  private final List<ObjectNode> deleted = new ArrayList<>();
  private final Sweep sweep = GivenSweep.of(aws).log(deleted::add).build();

  private RoleRequest request(String iam) {
    return RoleRequests.ending(aws.clock(), iam);
  }

  private void givenRole(String iam) {
    new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD).ensure(request(iam));
  }

  private RoleReport swept() {
    return run(sweep, SweepRequest.ordinary()).roles().stream()
        .filter(role -> role.role().equals("reports"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {EC2, SERVICES})
  void aNamedRoleThatIsOverAndUnusedIsMarkedAndDeletedWithAPayloadThatMakesItAgain(String iam) {
    givenRole(iam);
    RoleRequest made = request(iam);
    aws.advance(Duration.ofHours(8).plusMinutes(2));
    assertThat(swept().code()).isEqualTo(KeepReason.NAMED_BY_USER);
    aws.advance(Duration.ofSeconds(1));

    assertThat(swept().verdict()).isEqualTo(Verdict.MARKED);
    aws.advance(Duration.ofMinutes(15));
    assertThat(swept().verdict()).isEqualTo(Verdict.DELETED);

    assertThat(aws.roles()).isEmpty();
    JsonNode payload = deleted.get(0).at("/payload/iam");
    assertThat(payload.path("expires").asText()).isEqualTo("2026-01-01T08:00:00Z");
    RoleRequest again =
        new RoleRequestReader(
                RoleRequests.CONTEXT,
                Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), aws.clock().getZone()))
            .read(
                PayloadObject.at(payload, "$.iam", IamFields.ALL, new Problems()),
                "again",
                PolicyLimits.NONE,
                new Problems())
            .request();
    assertThat(again.hash()).isEqualTo(made.hash());
  }

  @Test
  void oneThatIsUsedStays() {
    givenRole(EC2);
    aws.givenProfile("reports", RoleRequests.OWNER.path());
    aws.personsIam()
        .addRoleToInstanceProfile(add -> add.roleName("reports").instanceProfileName("reports"));
    String instance = aws.givenInstance("reports");
    aws.advance(Duration.ofHours(9));

    assertThat(swept().detail()).isEqualTo("in use by " + instance);
  }

  @Test
  void oneThatAServiceHasUsedLatelyStays() {
    givenRole(SERVICES);
    aws.advance(Duration.ofHours(9));
    aws.useRole("reports", aws.clock().instant().minus(Duration.ofHours(2)));

    assertThat(swept().detail()).startsWith("last used at");
  }

  @Test
  void whereTheTagSaysOtherwiseItStays() {
    givenRole(EC2);
    aws.advance(Duration.ofHours(9));
    aws.personsIam()
        .tagRole(
            tag -> tag.roleName("reports").tags(Tags.of(Tags.EXPIRES, "2036-01-01T00:00:00Z")));

    assertThat(swept())
        .isEqualTo(
            new RoleReport(
                "reports",
                Verdict.KEPT,
                KeepReason.NAMED_BY_USER,
                "its description says that it is over, but its tag or its policy does not",
                false));
  }

  @Test
  void whereAPersonHasPutAPolicyThatDoesNotEndItStaysAndLosesItsMark() {
    givenRole(EC2);
    aws.personsIam()
        .putRolePolicy(
            put -> put.roleName("reports").policyName("spawn").policyDocument(GivenRole.POLICY));
    aws.advance(Duration.ofHours(9));
    assertThat(swept().verdict()).isEqualTo(Verdict.MARKED);
    aws.advance(Duration.ofMinutes(15));

    assertThat(swept().code()).isEqualTo(KeepReason.NAMED_BY_USER);

    assertThat(deleted).isEmpty();
    assertThat(aws.role("reports").orElseThrow().tags()).doesNotContainKey(Tags.DELETING);
  }

  @Test
  void aRoleOfASetStaysWithItsSet() {
    new RoleConvergence(aws.iam(), RoleRequests.OWNER, aws.clock())
        .converge(request(EC2), "rep", false);
    aws.advance(Duration.ofHours(9));

    assertThat(swept().code()).isEqualTo(KeepReason.NAMED_BY_USER);
  }

  /** Its description is a word that anybody can change. */
  @Test
  void aDescriptionAloneReachesNothing() {
    aws.givenRole(
        "reports",
        role ->
            role.path(RoleRequests.OWNER.path())
                .tag("spawn:managed", "true")
                .inlinePolicy("spawn", GivenRole.POLICY));
    aws.personsIam()
        .updateRole(
            update ->
                update
                    .roleName("reports")
                    .description("Made by spawn for EC2 launches, until 2020-01-01T00:00:00Z"));
    aws.advance(Duration.ofHours(9));

    assertThat(swept().code()).isEqualTo(KeepReason.NAMED_BY_USER);
    assertThat(run(sweep, aRequest().build()).roles()).hasSize(1);
  }
}
