package spawn.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.AwsErrors;
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
  private static final SweepRequest EVERYTHING = SweepRequest.ofEverything();
  private static final SweepRequest DRY_RUN = new SweepRequest(true, List.of());

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1");
  private final List<ObjectNode> deleted = new ArrayList<>();
  private final Sweep sweep =
      new Sweep(
          aws.iam(),
          new UsageScan(aws.ec2("us-east-1"), aws::ec2, Runnable::run),
          aws.clock(),
          SweepTerms.STANDARD,
          deleted::add);

  private void givenUnusedRole(String name, Consumer<GivenRole> traits) {
    aws.givenRole(
        name,
        role -> {
          role.path("/spawn/")
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
    return sweep.sweep(request).roles().stream()
        .filter(found -> found.role().equals(role))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anUnusedRoleIsMarkedAndAQuarterOfAnHourLaterDeletedWithItsProfile() {
    EnsuredRole made =
        new Roles(aws.iam(), aws.clock(), LeaseTerms.STANDARD)
            .ensure(
                RoleRequests.of(
                    "{'policies': ['s3:ReadOnly'], 'managedPolicies': ['arn:aws:iam::aws:policy/ReadOnlyAccess']}"));
    String name = made.role().name();
    new InstanceProfiles(aws.iam(), aws.clock())
        .ensure(new ProfileRequest(name, name, true, aws.clock().instant(), "tester"));
    assertThat(report(EVERYTHING, name).reason()).startsWith("too young");
    aws.advance(Duration.ofMinutes(61));
    assertThat(report(EVERYTHING, name).reason()).startsWith("leased until");
    aws.advance(Duration.ofMinutes(2));

    assertThat(report(EVERYTHING, name).verdict()).isEqualTo("marked");
    aws.advance(Duration.ofMinutes(14));
    assertThat(report(EVERYTHING, name).reason()).startsWith("marked since");
    aws.advance(Duration.ofMinutes(1));
    RoleReport last = report(EVERYTHING, name);

    assertThat(last.verdict()).isEqualTo("deleted");
    assertThat(last.pending()).isFalse();
    assertThat(aws.roles()).isEmpty();
    assertThat(aws.profiles()).isEmpty();
    assertThat(deleted)
        .singleElement()
        .satisfies(
            payload -> {
              assertThat(payload.at("/iam/role").asText()).isEqualTo(name);
              assertThat(payload.at("/iam/managedPolicies/0").asText())
                  .isEqualTo("arn:aws:iam::aws:policy/ReadOnlyAccess");
              assertThat(payload.at("/iam/policyDocument/Statement").size()).isPositive();
            });
  }

  @Test
  void aRoleOfARunningInstanceStays() {
    givenUnusedRole(ROLE, role -> {});
    String instance = aws.givenInstance(ROLE);

    assertThat(report(EVERYTHING, ROLE).reason()).isEqualTo("in use by " + instance);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleOfAStoppedInstanceStays() {
    givenUnusedRole(ROLE, role -> {});
    aws.stop(aws.givenInstance(ROLE));
    aws.advance(Duration.ofMinutes(5));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo("kept");
  }

  @Test
  void aRoleUsedInAnotherRegionStays() {
    givenUnusedRole(ROLE, role -> {});
    aws.givenInstance("eu-west-1", ROLE);

    assertThat(report(EVERYTHING, ROLE).reason()).startsWith("in use by");
  }

  @Test
  void aRoleThatSpawnDidNotTagStays() {
    aws.givenRole(ROLE, role -> role.path("/spawn/").age(Duration.ofDays(1)));

    assertThat(report(EVERYTHING, ROLE).reason()).contains("lacks the tag");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aNamedRoleStaysUntilACallNamesIt() {
    givenUnusedRole("reports", role -> {});

    assertThat(report(EVERYTHING, "reports").reason()).contains("only a call that names it");
    assertThat(report(new SweepRequest(false, List.of("reports")), "reports").verdict())
        .isEqualTo("marked");
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

    assertThat(report(EVERYTHING, ROLE).reason())
        .contains("trusts more than EC2")
        .contains("ecs-tasks");
  }

  @Test
  void aRoleThatSitsInSomeoneElsesProfileStaysAndTheProfileIsNamed() {
    givenUnusedRole(ROLE, role -> {});
    String arn = aws.givenProfile("theirs", "/").arn();
    aws.personsIam()
        .addRoleToInstanceProfile(add -> add.instanceProfileName("theirs").roleName(ROLE));

    assertThat(report(EVERYTHING, ROLE).reason()).contains(arn);
  }

  @Test
  void aRoleThatAPersonWantsToKeepStays() {
    givenUnusedRole(ROLE, role -> role.tag("spawn:keep", "true"));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo("kept");
  }

  @Test
  void aHalfMadeRoleIsSweptOnceItIsOldEnough() {
    aws.givenRole(
        ROLE,
        role -> role.path("/spawn/").tag("spawn:managed", "true").age(Duration.ofMinutes(61)));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo("marked");
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

    SweepReport report = sweep.sweep(EVERYTHING);

    assertThat(report.unreadableRegions()).containsOnlyKeys("eu-west-1");
    assertThat(report.roles()).extracting(RoleReport::verdict).containsOnly("kept");
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

    SweepReport report = sweep.sweep(DRY_RUN);

    assertThat(report.dryRun()).isTrue();
    assertThat(report.roles()).extracting(RoleReport::verdict).containsExactly("marked", "deleted");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aMarkedRoleThatWasLeasedSinceIsUnmarked() {
    givenUnusedRole(
        ROLE,
        role ->
            role.tag(
                "spawn:deleting", aws.clock().instant().minus(Duration.ofHours(1)).toString()));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo("unmarked");
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

    assertThat(report(EVERYTHING, ROLE).reason()).contains("used after it was marked");
  }

  @Test
  void aMarkFromLongAgoIsSetAnew() {
    givenUnusedRole(
        ROLE,
        role ->
            role.tag(
                    "spawn:lease-until", aws.clock().instant().minus(Duration.ofDays(9)).toString())
                .tag("spawn:deleting", aws.clock().instant().minus(Duration.ofDays(8)).toString()));

    assertThat(report(EVERYTHING, ROLE).verdict()).isEqualTo("marked");
    assertThat(aws.role(ROLE).orElseThrow().tag("spawn:deleting"))
        .contains(aws.clock().instant().toString());
  }

  @Test
  void oneRolesFailureDoesNotStopTheOthers() {
    givenUnusedRole(ROLE, role -> {});
    givenUnusedRole("spawn-instance-99999999", role -> {});
    aws.faults(Faults.beforeFirst("TagRole", () -> spawn.aws.AwsErrors.noSuchEntity("gone")));

    assertThat(sweep.sweep(EVERYTHING).roles())
        .extracting(RoleReport::verdict)
        .containsExactly("failed", "marked");
  }

  @Test
  void aDeletionThatStopsAnywhereIsFinishedByTheNextSweep() {
    for (int call = 1; call < 40; call++) {
      SimulatedAws other = SimulatedAws.create().enabledRegions("us-east-1");
      other.givenRole(
          ROLE,
          role ->
              role.path("/spawn/")
                  .age(Duration.ofDays(2))
                  .tag("spawn:managed", "true")
                  .tag(
                      "spawn:lease-until",
                      other.clock().instant().minus(Duration.ofHours(3)).toString())
                  .tag(
                      "spawn:deleting",
                      other.clock().instant().minus(Duration.ofHours(1)).toString())
                  .inlinePolicy("spawn", GivenRole.POLICY)
                  .attachedPolicy("arn:aws:iam::aws:policy/ReadOnlyAccess"));
      new InstanceProfiles(other.iam(), other.clock())
          .ensure(new ProfileRequest(ROLE, ROLE, true, other.clock().instant(), "tester"));
      other.forgetCalls();
      Sweep stopped =
          new Sweep(
              other.iam(),
              new UsageScan(other.ec2("us-east-1"), other::ec2, Runnable::run),
              other.clock(),
              SweepTerms.STANDARD,
              deleted::add);
      other.faults(Faults.crashAfter(call));
      try {
        stopped.sweep(EVERYTHING);
      } catch (Error crash) {
        other.faults(Faults.NONE);
      }
      other.faults(Faults.NONE);
      other.advance(Duration.ofHours(2));
      stopped.sweep(EVERYTHING);

      assertThat(other.roles()).as("stopped after call %d", call).isEmpty();
      assertThat(other.profiles()).as("stopped after call %d", call).isEmpty();
    }
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

    sweep.sweep(EVERYTHING);

    assertThat(aws.operations())
        .containsExactly(
            "ListInstanceProfiles",
            "ListRoles",
            "DescribeRegions",
            "DescribeIamInstanceProfileAssociations",
            "DescribeIamInstanceProfileAssociations",
            "GetRole",
            "TagRole");
  }

  @Test
  void anEmptyProfileThatCannotBeRemovedStopsNeitherTheOthersNorTheReport() {
    for (String name : List.of("spawn-instance-11111111", "spawn-instance-22222222")) {
      aws.givenProfile(name, "/spawn/");
      aws.personsIam()
          .tagInstanceProfile(
              tag ->
                  tag.instanceProfileName(name)
                      .tags(Tag.builder().key("spawn:managed").value("true").build()));
    }
    givenUnusedRole(ROLE, role -> {});
    aws.advance(Duration.ofHours(2));
    aws.faults(Faults.beforeFirst("DeleteInstanceProfile", AwsErrors::throttling));

    SweepReport swept = sweep.sweep(EVERYTHING);

    assertThat(swept.roles()).extracting(RoleReport::verdict).containsExactly("marked", "failed");
    assertThat(swept.roles().get(1).role()).isEqualTo("spawn-instance-11111111");
    assertThat(swept.roles().get(1).reason()).contains("Rate exceeded");
    assertThat(swept.isPending()).isTrue();
    assertThat(aws.profile("spawn-instance-22222222")).isEmpty();
  }
}
