package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static spawn.role.RoleRequests.json;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.error.RoleConflict;
import spawn.error.RoleExpired;
import spawn.policy.PolicyDocument;

class RolesThatEndTest {
  private static final String EIGHT_HOURS = "{'policies': ['s3:ReadOnly'], 'expires': 'PT8H'}";
  private static final String NAMED =
      "{'role': 'reports', 'policies': ['s3:ReadOnly'], 'expires': '%s'}";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Roles roles =
      new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD);
  private final RoleConvergence sets =
      new RoleConvergence(aws.iam(), RoleRequests.OWNER, aws.clock());

  private RoleRequest asking(String iam) {
    return RoleRequests.ending(aws.clock(), iam);
  }

  private Instant now() {
    return aws.clock().instant();
  }

  private String description(String role) {
    GetRoleResponse found = aws.personsIam().getRole(get -> get.roleName(role));
    return found.role().description();
  }

  @Test
  void aRoleThatEndsHoldsItsEndInItsPolicyItsTagAndItsDescriptionWithoutACallMore() {
    EnsuredRole ensured = roles.ensure(asking(EIGHT_HOURS));

    Instant end = now().plus(Duration.ofHours(8));
    SimulatedRole role = aws.role(ensured.role().name()).orElseThrow();
    assertThat(aws.operations())
        .containsExactly("GetRole", "CreateRole", "PutRolePolicy", "TagRole");
    assertThat(PolicyDocument.of(json(role.inlinePolicies().get("spawn"))).expires()).contains(end);
    assertThat(role.tag(Tags.EXPIRES)).contains(end.toString());
    assertThat(description(role.name())).isEqualTo("Made by spawn for EC2 launches, until " + end);
    assertThat(ExpiryNote.of(description(role.name()))).contains(end);
  }

  @Test
  void aCrowdSharesARoleForAQuarterOfAnHour() {
    String first = roles.ensure(asking(EIGHT_HOURS)).role().name();
    aws.advance(Duration.ofSeconds(1));
    EnsuredRole second = roles.ensure(asking(EIGHT_HOURS));
    aws.advance(Duration.ofMinutes(14));
    EnsuredRole third = roles.ensure(asking(EIGHT_HOURS));
    aws.advance(Duration.ofMinutes(1));
    EnsuredRole fourth = roles.ensure(asking(EIGHT_HOURS));

    // The first asked on the quarter itself, so its end is the one before.
    assertThat(second.role().name()).isNotEqualTo(first).isEqualTo(third.role().name());
    assertThat(third.outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
    assertThat(fourth.outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
  }

  @Test
  void aLaunchMayRelyOnARoleNoLongerThanItLasts() {
    RoleRequest brief = asking("{'policies': ['s3:ReadOnly'], 'expires': 'PT15M'}");
    Instant end = brief.expires().orElseThrow();

    assertThat(roles.ensure(brief).leaseUntil()).contains(end);
    assertThat(roles.ensure(brief).leaseUntil()).contains(end);
    assertThat(roles.ensure(asking(EIGHT_HOURS)).leaseUntil())
        .contains(now().plus(Duration.ofHours(1)));
  }

  @Test
  void aRequestWhoseEndHasComeMeanwhileIsRefusedWithoutACall() {
    RoleRequest brief = asking("{'policies': ['s3:ReadOnly'], 'expires': 'PT15M'}");
    Instant end = brief.expires().orElseThrow();
    aws.advance(Duration.between(now(), end).minus(Duration.ofMinutes(5)));
    roles.ensure(brief);
    aws.advance(Duration.ofSeconds(1));
    aws.forgetCalls();

    assertThatExceptionOfType(RoleExpired.class)
        .isThrownBy(() -> roles.ensure(brief))
        .withMessage(
            "The role that $.iam asks for ends at %s, too soon to launch with it. Launch again with a later \"expires\"."
                .formatted(end));
    assertThat(aws.calls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"PT8H", "PT9H"})
  void aNamedRoleIsOneOfItsEndAndNoOther(String later) {
    Instant end = now().plus(Duration.ofHours(8));
    roles.ensure(asking(NAMED.formatted("PT8H")));
    aws.advance(Duration.ofMinutes(20));
    aws.forgetCalls();
    RoleRequest asked = asking(NAMED.formatted(later));

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(asked))
        .withMessage(
            "Role \"reports\" was made by spawn for tester with other content: it ends at %s, not at %s. It was left as it is. Choose another role name, or leave out the policies to use it as it is."
                .formatted(end, asked.expires().orElseThrow()));
    assertThat(aws.writes()).isEmpty();
    assertThat(roles.ensure(asking(NAMED.formatted(end))).outcome())
        .isEqualTo(EnsuredRole.Outcome.REUSED);
  }

  @Test
  void aNamedRoleWithoutAnEndIsAnotherOne() {
    roles.ensure(asking("{'role': 'reports', 'policies': ['s3:ReadOnly']}"));

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(asking(NAMED.formatted("PT8H"))))
        .withMessageContaining("with other content: it ends never, not at ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'role': 'reports'",
        "'role': 'reports', 'policies': ['s3:ReadOnly'], 'expires': 'PT8H'"
      })
  void aNamedRoleThatIsOverIsNotLaunchedWithAndTheMessageSaysWhatToDo(String iam) {
    Instant end = now().plus(Duration.ofHours(8));
    roles.ensure(asking(NAMED.formatted("PT8H")));
    aws.advance(Duration.ofHours(9));
    aws.forgetCalls();

    assertThatExceptionOfType(RoleExpired.class)
        .isThrownBy(() -> roles.ensure(asking("{" + iam + "}")))
        .withMessage(
            "Role \"reports\", made by spawn for tester, ends at %s, too soon to launch with it, and what was made with an end is never prolonged. Choose another role name. The clean-up removes this role when it is over and nothing uses it any more; to have it removed before, call the clean-up with {\"roleNames\": [\"reports\"]}."
                .formatted(end));
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleThatIsOnlyNamedIsReliedOnUntilItsTagSaysThatItEnds() {
    roles.ensure(asking(NAMED.formatted("PT30M")));

    assertThat(roles.ensure(asking("{'role': 'reports'}")).leaseUntil())
        .contains(now().plus(Duration.ofMinutes(30)));
  }

  @Test
  void aRoleThatIsCompletedWithOtherContentTellsTheEndOfThat() {
    aws.refusesPoliciesWith("forbidden");
    RoleRequest refused =
        asking(
            "{'role': 'reports', 'statements': [{'Effect': 'Allow', 'Action': 's3:forbidden', 'Resource': '*'}], 'expires': 'PT8H'}");
    assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> roles.ensure(refused));
    RoleRequest mended = asking("{'role': 'reports', 'policies': ['s3:ReadOnly']}");
    assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> roles.ensure(mended));
    aws.advance(Duration.ofMinutes(4));

    EnsuredRole completed = roles.ensure(mended);

    assertThat(completed.leaseUntil()).contains(now().plus(Duration.ofHours(1)));
    assertThat(aws.role("reports").orElseThrow().tag(Tags.EXPIRES)).contains(Tags.NEVER);
    aws.advance(Duration.ofHours(10));
    assertThat(roles.ensure(mended).outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
  }

  @Test
  void aRunOfASetProlongsItsRolesAndOneWithoutAnEndLetsThemLast() {
    String role = "{'role': 'flows-job', 'policies': ['s3:ReadOnly'], 'expires': 'P7D'}";
    sets.converge(asking(role), "flows", false);
    aws.advance(Duration.ofDays(8));

    ConvergedRole prolonged = sets.converge(asking(role), "flows", false);

    Instant end = now().plus(Duration.ofDays(7));
    assertThat(prolonged.changes())
        .containsExactly("set tag spawn:expires=" + end, "put inline policy spawn");
    assertThat(ends("flows-job")).contains(end);
    assertThat(roles.ensure(asking("{'role': 'flows-job'}")).role().name()).isEqualTo("flows-job");

    sets.converge(asking("{'role': 'flows-job', 'policies': ['s3:ReadOnly']}"), "flows", false);

    assertThat(ends("flows-job")).isEmpty();
    assertThat(aws.role("flows-job").orElseThrow().tag(Tags.EXPIRES)).contains(Tags.NEVER);
    assertThat(
            sets.converge(
                    asking("{'role': 'flows-job', 'policies': ['s3:ReadOnly']}"), "flows", false)
                .changes())
        .isEmpty();
  }

  @Test
  void aRoleOfASetThatIsOverIsProlongedByItsSet() {
    sets.converge(
        asking("{'role': 'flows-job', 'policies': ['s3:ReadOnly'], 'expires': 'PT1H'}"),
        "flows",
        false);
    aws.advance(Duration.ofHours(2));

    assertThatExceptionOfType(RoleExpired.class)
        .isThrownBy(() -> roles.ensure(asking("{'role': 'flows-job'}")))
        .withMessageEndingWith(
            "To let it last longer, run its role set \"flows\" again with a later \"expires\".");
  }

  private Optional<Instant> ends(String role) {
    return PolicyDocument.of(json(aws.role(role).orElseThrow().inlinePolicies().get("spawn")))
        .expires();
  }
}
