package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.cleanup.GivenRequest.aRequest;
import static spawn.cleanup.GivenSweep.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.profile.InstanceProfiles;
import spawn.profile.ProfileRequest;
import spawn.role.EnsuredRole;
import spawn.role.LeaseTerms;
import spawn.role.RoleRequests;
import spawn.role.Roles;

class SweepTest {
  private static final String ROLE = "spawn-instance-0123abcd";
  private static final SweepRequest EVERYTHING = SweepRequest.ordinary();
  private static final SweepRequest DRY_RUN = EVERYTHING.asDryRun();

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1");
  private final List<ObjectNode> deleted = new ArrayList<>();
  private final Sweep sweep = GivenSweep.of(aws).log(deleted::add).build();

  private static SweepRequest naming(String... roles) {
    return aRequest().roleNames(roles).build();
  }

  private void givenUnusedRole(String name, Consumer<GivenRole> traits) {
    aws.givenRole(
        name,
        role -> {
          role.path("/spawn/spawn/us-east-1/")
              .age(Duration.ofHours(2))
              .tag("spawn:managed", "true")
              .tag(
                  "spawn:lease-until",
                  aws.clock().instant().minus(Duration.ofMinutes(3)).toString())
              .inProfile(name);
          traits.accept(role);
        });
  }

  private RoleReport report(SweepRequest request, String role) {
    return run(sweep, request).roles().stream()
        .filter(found -> found.role().equals(role))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anUnusedRoleIsMarkedAndAQuarterOfAnHourLaterDeletedWithItsProfile() {
    EnsuredRole made =
        new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD)
            .ensure(
                RoleRequests.of(
                    "{'policies': ['s3:ReadOnly'], 'managedPolicies': ['arn:aws:iam::aws:policy/ReadOnlyAccess']}"));
    String name = made.role().name();
    new InstanceProfiles(aws.iam(), RoleRequests.OWNER, aws.clock())
        .ensure(
            new ProfileRequest(
                name, name, made.role().id(), true, aws.clock().instant(), "tester", null));
    assertThat(report(EVERYTHING, name).detail()).startsWith("too young");
    aws.advance(Duration.ofMinutes(61));
    assertThat(report(EVERYTHING, name).detail()).startsWith("leased until");
    aws.advance(Duration.ofMinutes(2));

    assertThat(report(EVERYTHING, name).verdict()).isEqualTo(Verdict.MARKED);
    aws.advance(Duration.ofMinutes(14));
    assertThat(report(EVERYTHING, name).detail()).startsWith("marked since");
    aws.advance(Duration.ofMinutes(1));
    RoleReport last = report(EVERYTHING, name);

    assertThat(last.verdict()).isEqualTo(Verdict.DELETED);
    assertThat(last.pending()).isFalse();
    assertThat(aws.roles()).isEmpty();
    assertThat(aws.profiles()).isEmpty();
    assertThat(deleted)
        .singleElement()
        .satisfies(
            payload -> {
              assertThat(payload.at("/role/name").asText()).isEqualTo(name);
              assertThat(payload.at("/payload/iam/managedPolicies/0").asText())
                  .isEqualTo("arn:aws:iam::aws:policy/ReadOnlyAccess");
              assertThat(payload.at("/payload/iam/policyDocument/Statement").size()).isPositive();
            });
  }

  @Test
  void aRoleOfARunningInstanceStays() {
    givenUnusedRole(ROLE, role -> {});
    String instance = aws.givenInstance(ROLE);

    assertThat(report(EVERYTHING, ROLE).detail()).isEqualTo("in use by " + instance);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleOfAStoppedInstanceStays() {
    givenUnusedRole(ROLE, role -> {});
    aws.stop(aws.givenInstance(ROLE));
    aws.advance(Duration.ofMinutes(5));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo(Verdict.KEPT);
  }

  @Test
  void aRoleUsedInAnotherRegionStays() {
    givenUnusedRole(ROLE, role -> {});
    aws.givenInstance("eu-west-1", ROLE);

    assertThat(report(EVERYTHING, ROLE).detail()).startsWith("in use by");
  }

  @Test
  void aRoleThatSpawnDidNotTagStays() {
    aws.givenRole(ROLE, role -> role.path("/spawn/spawn/us-east-1/").age(Duration.ofDays(1)));

    assertThat(report(EVERYTHING, ROLE).detail()).contains("lacks the tag");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aNamedRoleStaysUntilACallNamesIt() {
    givenUnusedRole("reports", role -> {});

    assertThat(report(EVERYTHING, "reports").detail()).contains("only a call that names it");
    assertThat(report(naming("reports"), "reports").verdict()).isEqualTo(Verdict.MARKED);
  }

  @Test
  void aRoleThatTrustsMoreThanEc2Stays() {
    givenUnusedRole(
        ROLE,
        role ->
            role.trustPolicy(
                GivenRole.TRUSTS_EC2.replace(
                    "\"ec2.amazonaws.com\"",
                    "[\"ec2.amazonaws.com\",\"ecs-tasks.amazonaws.com\"]")));

    assertThat(report(EVERYTHING, ROLE).detail())
        .contains("trusts more than EC2")
        .contains("ecs-tasks");
  }

  @Test
  void aRoleThatSitsInSomeoneElsesProfileStaysAndTheProfileIsNamed() {
    givenUnusedRole(ROLE, role -> {});
    String arn = aws.givenProfile("theirs", "/").arn();
    aws.personsIam()
        .addRoleToInstanceProfile(add -> add.instanceProfileName("theirs").roleName(ROLE));

    assertThat(report(EVERYTHING, ROLE).detail()).contains(arn);
  }

  @Test
  void aRoleThatAPersonWantsToKeepStays() {
    givenUnusedRole(ROLE, role -> role.tag("spawn:keep", "true"));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo(Verdict.KEPT);
  }

  @Test
  void aHalfMadeRoleIsSweptOnceItIsOldEnough() {
    aws.givenRole(
        ROLE,
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .tag("spawn:managed", "true")
                .age(Duration.ofMinutes(61)));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo(Verdict.MARKED);
  }

  @Test
  void whileARegionCannotBeReadNothingIsMarkedOrDeleted() {
    givenUnusedRole(ROLE, role -> {});
    givenUnusedRole(
        "spawn-instance-99999999",
        role ->
            role.tag(
                "spawn:deleting", aws.clock().instant().minus(Duration.ofHours(1)).toString()));
    aws.breakRegion("eu-west-1");

    SweepReport report = run(sweep, EVERYTHING);

    assertThat(report.unreadableRegions()).containsOnlyKeys("eu-west-1");
    assertThat(report.roles()).extracting(RoleReport::verdict).containsOnly(Verdict.KEPT);
    assertThat(report.isPending()).isTrue();
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aDryRunReportsTheSameAndChangesNothing() {
    givenUnusedRole(ROLE, role -> {});
    givenUnusedRole(
        "spawn-instance-99999999",
        role ->
            role.tag(
                    "spawn:lease-until",
                    aws.clock().instant().minus(Duration.ofHours(2)).toString())
                .tag(
                    "spawn:deleting", aws.clock().instant().minus(Duration.ofHours(1)).toString()));

    SweepReport report = run(sweep, DRY_RUN);

    assertThat(report.dryRun()).isTrue();
    assertThat(report.roles())
        .extracting(RoleReport::verdict)
        .containsExactlyInAnyOrder(Verdict.MARKED, Verdict.DELETED);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aMarkedRoleThatWasLeasedSinceIsUnmarked() {
    givenUnusedRole(
        ROLE,
        role ->
            role.tag(
                "spawn:deleting", aws.clock().instant().minus(Duration.ofHours(1)).toString()));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo(Verdict.UNMARKED);
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting")).isEmpty();
  }

  @Test
  void aMarkedRoleThatWasUsedSinceIsUnmarked() {
    givenUnusedRole(
        ROLE,
        role ->
            role.tag(
                    "spawn:lease-until",
                    aws.clock().instant().minus(Duration.ofHours(2)).toString())
                .tag("spawn:deleting", aws.clock().instant().minus(Duration.ofHours(1)).toString())
                .lastUsed(aws.clock().instant().minus(Duration.ofMinutes(30))));

    assertThat(report(EVERYTHING, ROLE).detail()).contains("used after it was marked");
  }

  @Test
  void aMarkFromLongAgoIsSetAnew() {
    givenUnusedRole(
        ROLE,
        role ->
            role.tag(
                    "spawn:lease-until", aws.clock().instant().minus(Duration.ofDays(9)).toString())
                .tag("spawn:deleting", aws.clock().instant().minus(Duration.ofDays(8)).toString()));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo(Verdict.MARKED);
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting"))
        .contains(aws.clock().instant().toString());
  }

  @Test
  void oneRolesFailureDoesNotStopTheOthers() {
    givenUnusedRole(ROLE, role -> {});
    givenUnusedRole("spawn-instance-99999999", role -> {});
    aws.faults(Faults.beforeFirst("TagRole", () -> spawn.aws.AwsErrors.noSuchEntity("gone")));

    assertThat(run(sweep, EVERYTHING).roles())
        .extracting(RoleReport::verdict)
        .containsExactlyInAnyOrder(Verdict.FAILED, Verdict.MARKED);
  }

  @Test
  void callsGrowWithPagesRegionsAndCandidatesNotWithRoles() {
    for (int i = 0; i < 50; i++) {
      String name = "spawn-instance-%08x".formatted(i);
      givenUnusedRole(name, role -> {});
      aws.givenInstance(name);
    }
    givenUnusedRole("spawn-instance-ffffffff", role -> {});
    aws.forgetCalls();

    run(sweep, EVERYTHING);

    assertThat(aws.operations())
        .containsExactly(
            "ListInstanceProfiles",
            "ListRoles",
            "DescribeRegions",
            "DescribeIamInstanceProfileAssociations",
            "DescribeIamInstanceProfileAssociations",
            "DescribeSpotInstanceRequests",
            "DescribeSpotFleetRequests",
            "DescribeFleets",
            "DescribeLaunchTemplateVersions",
            "DescribeSpotInstanceRequests",
            "DescribeSpotFleetRequests",
            "DescribeFleets",
            "DescribeLaunchTemplateVersions",
            "GetRole",
            "TagRole");
  }
}
