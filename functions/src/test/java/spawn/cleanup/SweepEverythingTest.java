package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static spawn.cleanup.GivenRequest.aRequest;
import static spawn.cleanup.GivenSweep.run;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;

/** The removal of everything that a stack made, as before the stack is deleted. */
class SweepEverythingTest {
  private static final String TRUSTS_BATCH = GivenRole.TRUSTS_EC2.replace("ec2.", "batch.");

  private static final SweepRequest EVERYTHING = aRequest().everything().build();

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1");
  private final Sweep sweep = GivenSweep.of(aws).build();

  private void givenRole(String name, Consumer<GivenRole> traits) {
    aws.givenRole(
        name,
        role -> {
          role.path("/spawn/spawn/us-east-1/")
              .age(Duration.ofHours(2))
              .tag("spawn:managed", "true");
          traits.accept(role);
        });
  }

  private void givenRoleInItsProfile(String name, Consumer<GivenRole> traits) {
    givenRole(
        name,
        role -> {
          role.inProfile(name);
          traits.accept(role);
        });
    GivenSweep.managing(aws, name);
  }

  private void givenOneOfEachKind() {
    givenRoleInItsProfile("spawn-instance-0123abcd", role -> {});
    givenRoleInItsProfile("spored-instance-role", role -> {});
    givenRoleInItsProfile("report-writer", role -> {});
    givenRole("for-batch", role -> role.trustPolicy(TRUSTS_BATCH));
    givenRoleInItsProfile("etl-instance", role -> role.tag("spawn:set", "etl"));
    givenRole("etl-service", role -> role.tag("spawn:set", "etl").trustPolicy(TRUSTS_BATCH));
  }

  private void assertThatEverythingGoes() {
    run(sweep, EVERYTHING);
    aws.advance(Duration.ofMinutes(17));
    run(sweep, EVERYTHING);
    assertThat(aws.roles()).isEmpty();
    assertThat(aws.profiles()).isEmpty();
  }

  @Test
  void rolesOfEveryKindAreMarkedAndAQuarterOfAnHourLaterDeletedWithTheirProfiles() {
    givenOneOfEachKind();

    assertThat(run(sweep, EVERYTHING).roles())
        .extracting(RoleReport::verdict)
        .hasSize(6)
        .containsOnly(Verdict.MARKED);
    aws.advance(Duration.ofMinutes(14));
    assertThat(run(sweep, EVERYTHING).roles())
        .extracting(RoleReport::code)
        .containsOnly(KeepReason.MARKED);
    aws.advance(Duration.ofMinutes(1));
    SweepReport last = run(sweep, EVERYTHING);

    assertThat(last.roles()).extracting(RoleReport::verdict).containsOnly(Verdict.DELETED);
    assertThat(last.isPending()).isFalse();
    assertThat(aws.roles()).isEmpty();
    assertThat(aws.profiles()).isEmpty();
    assertThat(run(sweep, EVERYTHING).roles()).isEmpty();
  }

  @Test
  void anOrdinarySweepInBetweenChangesNothingAboutIt() {
    givenOneOfEachKind();

    run(sweep, EVERYTHING);
    aws.advance(Duration.ofMinutes(10));
    run(sweep, SweepRequest.ordinary());
    aws.advance(Duration.ofMinutes(10));
    run(sweep, EVERYTHING);

    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void aDryRunSaysWhatWouldGoAndChangesNothing() {
    givenOneOfEachKind();

    assertThat(run(sweep, EVERYTHING.asDryRun()).roles())
        .extracting(RoleReport::verdict)
        .hasSize(6)
        .containsOnly(Verdict.MARKED);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void whatIsUsedOrLeasedOrKeptStaysWithItsReason() {
    givenRoleInItsProfile("report-writer", role -> {});
    String instance = aws.givenInstance("eu-west-1", "report-writer");
    givenRole(
        "leased",
        role ->
            role.tag(
                "spawn:lease-until", aws.clock().instant().plus(Duration.ofMinutes(9)).toString()));
    givenRole("kept", role -> role.tag("spawn:keep", "true"));
    givenRole("young", role -> role.age(Duration.ofMinutes(59)));
    givenRole("not-tagged", role -> role.tag("spawn:managed", "false"));
    givenRole(
        "busy-service",
        role ->
            role.trustPolicy(TRUSTS_BATCH)
                .lastUsed(aws.clock().instant().minus(Duration.ofHours(25))));
    aws.givenProfile("others", "/");
    givenRole(
        "in-others-profile",
        role -> role.inProfile("in-others-profile").path("/spawn/spawn/us-east-1/"));

    SweepReport report = run(sweep, EVERYTHING);

    assertThat(report.roles())
        .extracting(RoleReport::role, RoleReport::code)
        .contains(
            tuple("busy-service", KeepReason.IN_USE),
            tuple("kept", KeepReason.KEEP_TAG),
            tuple("leased", KeepReason.LEASED),
            tuple("not-tagged", KeepReason.NOT_MANAGED),
            tuple("report-writer", KeepReason.IN_USE),
            tuple("young", KeepReason.TOO_YOUNG));
    assertThat(report.roles())
        .filteredOn(role -> role.role().equals("report-writer"))
        .extracting(RoleReport::detail)
        .containsExactly("in use by " + instance);
    assertThat(report.isPending()).isTrue();
  }

  @Test
  void nothingIsMarkedWhileARegionCannotBeRead() {
    givenOneOfEachKind();
    aws.breakRegion("eu-west-1");

    assertThat(run(sweep, EVERYTHING).roles())
        .extracting(RoleReport::code)
        .containsOnly(KeepReason.REGION_NOT_READ);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void ofEachSetAllGoesOrNothing() {
    givenOneOfEachKind();
    givenRole("web-1", role -> role.tag("spawn:set", "web"));
    givenRole("web-2", role -> role.tag("spawn:set", "web"));
    aws.givenInstance("eu-west-1", "etl-instance");

    assertThat(run(sweep, EVERYTHING).roles())
        .filteredOn(role -> role.verdict() != Verdict.MARKED)
        .extracting(RoleReport::role, RoleReport::code)
        .containsExactly(
            tuple("etl-instance", KeepReason.IN_USE), tuple("etl-service", KeepReason.SET_IN_USE));
    aws.advance(Duration.ofMinutes(17));
    run(sweep, EVERYTHING);

    assertThat(aws.roles())
        .extracting(SimulatedRole::name)
        .containsExactly("etl-instance", "etl-service");
  }

  @Test
  void aSetThatIsUsedSinceItWasMarkedStaysWhole() {
    givenOneOfEachKind();
    run(sweep, EVERYTHING);
    aws.advance(Duration.ofMinutes(17));
    aws.givenInstance("etl-instance");
    run(sweep, EVERYTHING);

    assertThat(aws.roles())
        .extracting(SimulatedRole::name)
        .containsExactly("etl-instance", "etl-service");
    assertThat(aws.role("etl-service").orElseThrow().tag("spawn:deleting")).isEmpty();
  }

  @Test
  void aSetWaitsForItsYoungestRole() {
    givenRole("etl-old", role -> role.tag("spawn:set", "etl"));
    givenRole("etl-young", role -> role.tag("spawn:set", "etl").age(Duration.ofMinutes(40)));
    run(sweep, EVERYTHING);
    aws.advance(Duration.ofMinutes(17));

    assertThat(run(sweep, EVERYTHING).roles())
        .extracting(RoleReport::role, RoleReport::code)
        .containsExactly(
            tuple("etl-old", KeepReason.POSTPONED), tuple("etl-young", KeepReason.TOO_YOUNG));
    aws.advance(Duration.ofMinutes(17));
    assertThatEverythingGoes();
  }

  @Test
  void aRunThatMayDeleteOnlySomeDeletesSetsAsAWhole() {
    Sweep limited = GivenSweep.of(aws).limits(new SweepLimits(3, 100)).build();
    for (String set : List.of("etl", "web")) {
      givenRole(set + "-1", role -> role.tag("spawn:set", set));
      givenRole(set + "-2", role -> role.tag("spawn:set", set));
    }
    givenRole("alone", role -> {});
    run(limited, EVERYTHING);
    aws.advance(Duration.ofMinutes(17));
    run(limited, EVERYTHING);

    assertThat(aws.roles()).extracting(SimulatedRole::name).hasSizeBetween(2, 3);
    for (String set : List.of("etl", "web")) {
      assertThat(aws.role(set + "-1").isPresent()).isEqualTo(aws.role(set + "-2").isPresent());
    }
    assertThatEverythingGoes();
  }

  @Test
  void mostRolesOfTheStackGoOnlyIfTheCallSaysSo() {
    IntStream.range(0, 8)
        .forEach(i -> givenRole("worker-" + i, role -> role.age(Duration.ofDays(3))));
    run(sweep, EVERYTHING);
    aws.advance(Duration.ofMinutes(17));

    assertThat(run(sweep, EVERYTHING).alarm())
        .isEqualTo(
            "8 of 8 roles older than a day would go at once, so none does; {\"mayDeleteMost\": true} in a direct call lets them go");
    assertThat(aws.roles()).hasSize(8);
    run(sweep, aRequest().everything().mayDeleteMost().build());
    assertThat(aws.roles()).isEmpty();
  }

  @Test
  void emptyProfilesGoToo() {
    aws.givenProfile("left-over", "/spawn/spawn/us-east-1/");
    GivenSweep.managing(aws, "left-over");
    aws.givenProfile("of-another", "/");
    aws.advance(Duration.ofHours(2));

    run(sweep, EVERYTHING);

    assertThat(aws.profile("left-over")).isEmpty();
    assertThat(aws.profile("of-another")).isPresent();
  }
}
