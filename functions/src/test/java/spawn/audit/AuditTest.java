package spawn.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.error.InvalidRequest;
import spawn.launch.PayloadReader;
import spawn.policy.Warning;
import spawn.revocation.RevocationRequest;
import spawn.revocation.Revocations;
import spawn.role.LeaseTerms;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/** What an audit tells of roles, what it costs, and how it ends early. */
class AuditTest {
  private static final String OURS = "arn:aws:iam::123456789012:policy/team/ours";

  private final SimulatedAws aws = SimulatedAws.create().enabledRegions("us-east-1", "eu-west-1");
  private final IamClient person = aws.personsIam();
  private final GivenRoles given = new GivenRoles(aws, GivenAudit.dice());

  private String made(String iam) {
    String name = given.make((ObjectNode) RoleRequests.json(iam));
    given.settled();
    return name;
  }

  private AuditedRole only(AuditReport report) {
    assertThat(report.roles()).hasSize(1);
    return report.roles().get(0);
  }

  private Map<String, Long> called(Runnable work) {
    int before = aws.calls().size();
    work.run();
    return aws.calls().stream()
        .skip(before)
        .collect(Collectors.groupingBy(Call::operation, TreeMap::new, Collectors.counting()));
  }

  @Test
  void itCostsThreeCallsForEachRoleAndOneForEachInlinePolicyAndWritesNothing() {
    made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}");
    made("{'managedPolicies': ['" + OURS + "', 'ReadOnlyAccess']}");
    made("{'role': 'again', 'managedPolicies': ['" + OURS + "']}");

    assertThat(called(() -> GivenAudit.run(aws)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "ListInstanceProfiles", 1L,
                "ListRoles", 1L,
                "DescribeRegions", 1L,
                "DescribeIamInstanceProfileAssociations", 2L,
                "GetRole", 3L,
                "ListRolePolicies", 3L,
                "GetRolePolicy", 1L,
                "ListAttachedRolePolicies", 3L,
                "GetPolicy", 1L,
                "GetPolicyVersion", 1L));
  }

  @Test
  void aRoleThatSeemsToHaveDriftedIsReadOnceMore() {
    String role = made("{'managedPolicies': ['ReadOnlyAccess']}");
    person.updateRole(update -> update.roleName(role).maxSessionDuration(7200));

    assertThat(called(() -> GivenAudit.run(aws)))
        .containsEntry("GetRole", 2L)
        .containsEntry("ListRolePolicies", 2L)
        .containsEntry("ListAttachedRolePolicies", 2L);
  }

  @Test
  void itTellsWhoMadeARoleWhatItIsForAndWhatUsesIt() {
    String role =
        made(
            "{'role': 'reports', 'policies': ['s3:ReadOnly'], 'resources': ['s3://data'], 'creator': 'ann'}");
    person.tagRole(
        tag -> tag.roleName(role).tags(Tags.of(Tags.TEAM, "data"), Tags.of(Tags.SET, "nightly")));
    person.createInstanceProfile(create -> create.instanceProfileName("theirs").path("/other/"));
    person.addRoleToInstanceProfile(add -> add.instanceProfileName("theirs").roleName(role));
    aws.advance(Duration.ofDays(3));
    String instance =
        aws.personsEc2("eu-west-1")
            .runInstances(
                run ->
                    run.imageId("ami-1")
                        .minCount(1)
                        .maxCount(1)
                        .iamInstanceProfile(profile -> profile.name("theirs")))
            .instances()
            .get(0)
            .instanceId();
    aws.advance(Duration.ofMinutes(5));

    ObjectNode json = AuditJson.of(only(GivenAudit.run(aws)));

    assertThat(json.path("state").asText()).isEqualTo("in-use");
    assertThat(json.path("stage").asText()).isEqualTo("whole");
    assertThat(json.path("creator").asText()).isEqualTo("ann");
    assertThat(json.path("team").asText()).isEqualTo("data");
    assertThat(json.path("set").asText()).isEqualTo("nightly");
    assertThat(json.path("ageDays").asInt()).isEqualTo(3);
    assertThat(json.path("trusts")).isEqualTo(RoleRequests.json("['ec2.amazonaws.com']"));
    assertThat(json.path("boundary").asText()).isEqualTo(RoleRequests.CONTEXT.defaultBoundary());
    assertThat(json.path("inlinePolicies")).isEqualTo(RoleRequests.json("['spawn']"));
    assertThat(json.at("/instances/0").asText()).isEqualTo(instance);
    assertThat(json.path("foreignProfiles"))
        .isEqualTo(
            RoleRequests.json("['arn:aws:iam::123456789012:instance-profile/other/theirs']"));
  }

  @Test
  void aRoleIsWarnedOfAsThePayloadThatMakesIt() {
    String iam =
        "{'role': 'wide', 'trustServices': ['ec2', 'lambda'], 'managedPolicies': ['AdministratorAccess'],"
            + "'policyDocument': {'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': ['iam:PassRole', 's3:*'], 'Resource': '*'}}}";
    made(iam);
    ObjectNode payload = (ObjectNode) RoleRequests.json("{'iam': " + iam + "}");
    List<Warning> warned =
        new PayloadReader(RoleRequests.CONTEXT).read(payload, "execution").warnings();

    assertThat(only(GivenAudit.run(aws)).warnings())
        .extracting(warning -> warning.code() + " " + warning.severity())
        .containsExactlyInAnyOrderElementsOf(
            warned.stream().map(warning -> warning.code() + " " + warning.severity()).toList())
        .hasSizeGreaterThan(4);
  }

  @Test
  void thePoliciesOfTheAccountAreJudgedByWhatTheyGrant() {
    aws.policyDocument(
        OURS,
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:PassRole\",\"Resource\":\"*\"}]}");
    made("{'role': 'ours', 'managedPolicies': ['" + OURS + "']}");

    assertThat(only(GivenAudit.run(aws)).warnings())
        .isNotEmpty()
        .allSatisfy(
            warning -> assertThat(warning.message()).startsWith("The managed policy ours: "))
        .extracting(Warning::code)
        .doesNotContain("UNREAD_POLICY");

    aws.missingPolicy(OURS);
    assertThat(only(GivenAudit.run(aws)).warnings())
        .extracting(Warning::code)
        .containsExactly("UNREAD_POLICY");
  }

  @Test
  void whatIsWrongComesFirst() {
    given.make(5);
    String unused = made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://last']}");
    String session = made("{'role': 'zz-session'}");
    person.updateRole(update -> update.roleName(session).maxSessionDuration(7200));
    String unbound = made("{'role': 'zzz-unbound'}");
    person.deleteRolePermissionsBoundary(off -> off.roleName(unbound));
    aws.givenRole("aa-theirs", role -> role.path("/spawn/spawn/us-east-1/"));

    AuditReport report = GivenAudit.run(aws);

    assertThat(report.roles().subList(0, 3))
        .extracting(role -> role.role().name())
        .containsExactly(unbound, session, "aa-theirs");
    assertThat(report.drifted()).containsExactly(unbound, session);
    assertThat(report.worst()).isEqualTo(1);
    assertThat(report.byState()).containsEntry(RoleState.FOREIGN, 1L);
    assertThat(report.metrics())
        .containsEntry("AuditRoles", 9.0)
        .containsEntry("AuditDrifted", 2.0)
        .containsEntry("AuditTrustOrBoundary", 1.0)
        .containsEntry("AuditStopped", 0.0);
    assertThat(report.roles()).anyMatch(role -> role.role().name().equals(unused));
  }

  @Test
  void rolesThatEndAndRevokedOnesAreTold() {
    String revoked =
        made("{'role': 'revoked', 'policies': ['s3:ReadOnly'], 'resources': ['s3://a']}");
    revoke(revoked);
    made("{'role': 'over', 'expires': 'PT1H'}");
    aws.advance(Duration.ofMinutes(80));
    made("{'role': 'ending', 'expires': 'PT1H'}");

    assertThat(GivenAudit.run(aws).roles())
        .extracting(role -> role.role().name() + " " + role.state().word() + role.drifts())
        .containsExactly("revoked revoked[]", "over expired[]", "ending leased[]");
  }

  private void revoke(String role) {
    new Revocations(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD)
        .answer(
            RevocationRequest.read(
                RoleRequests.json("{'role': '%s', 'reason': 'a'}".formatted(role))));
  }

  @Test
  void onlyTheRolesThatAreNamedAreReadAndWhatIsMissingIsSaid() {
    made("{'role': 'one'}");
    made("{'role': 'two'}");

    AuditReport report = GivenAudit.run(GivenAudit.of(aws), GivenAudit.only("two", "three"));

    assertThat(report.roles()).extracting(role -> role.role().name()).containsExactly("two");
    assertThat(report.missing()).containsExactly("three");
  }

  @Test
  void oneRoleThatCannotBeReadDoesNotHideTheOthers() {
    given.make(3);
    made("{'role': 'zz'}");
    aws.faults(
        Faults.beforeFirst(
            "ListRolePolicies", () -> AwsErrors.accessDenied("iam:ListRolePolicies")));

    AuditReport report = GivenAudit.run(aws);

    assertThat(report.roles()).hasSize(3);
    assertThat(report.unread()).hasSize(1);
    assertThat(report.stopped()).isEmpty();
  }

  @Test
  void aRoleThatIsDeletedMeanwhileIsNoFailure() {
    made("{'role': 'gone'}");
    made("{'role': 'stays'}");
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("ListRolePolicies") && aws.role("gone").isPresent()) {
              aws.deleteRole("gone");
            }
          }
        });

    AuditReport report = GivenAudit.run(aws);

    assertThat(report.roles()).extracting(role -> role.role().name()).containsExactly("stays");
    assertThat(report.unread()).isEmpty();
  }

  @Test
  void aRegionThatDoesNotAnswerIsNamed() {
    made("{'role': 'one'}");
    aws.faults(
        Faults.beforeFirst(
            "DescribeIamInstanceProfileAssociations",
            () -> AwsErrors.accessDenied("ec2:DescribeIamInstanceProfileAssociations")));

    assertThat(GivenAudit.run(aws).unreadableRegions()).hasSize(1);
  }

  @Test
  void itStopsWhenItsTimeIsOverAndGoesOnAfterTheLast() {
    List<String> names = new ArrayList<>(given.make(6));
    given.settled();
    names.sort(null);
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("GetRole")) {
              aws.advance(Duration.ofSeconds(10));
            }
          }
        });

    AuditReport first = GivenAudit.of(aws).audit(GivenAudit.ALL, Duration.ofSeconds(60));
    AuditReport rest =
        GivenAudit.run(GivenAudit.of(aws), new AuditRequest(false, Set.of(), false, first.after()));

    assertThat(first.roles()).hasSize(3);
    assertThat(first.stopped())
        .contains("before role %s: the time was over".formatted(names.get(3)));
    assertThat(first.after()).contains(names.get(2));
    assertThat(rest.stopped()).isEmpty();
    assertThat(rest.roles())
        .extracting(role -> role.role().name())
        .containsExactlyInAnyOrderElementsOf(names.subList(3, 6));
  }

  @Test
  void itStopsBeforeItsAnswerIsTooLarge() {
    given.make(6);
    given.settled();

    AuditReport report =
        GivenAudit.run(GivenAudit.of(aws, RoleRequests.CONTEXT, 2_000), GivenAudit.ALL);

    assertThat(report.stopped().orElseThrow()).endsWith("the answer would be too large");
    assertThat(report.roles()).hasSizeBetween(1, 5);
    assertThat(report.after()).isPresent();
  }

  @Test
  void itStopsWhenAwsAsksToSlowDown() {
    given.make(3);
    given.settled();
    aws.faults(Faults.beforeFirst("GetRolePolicy", AwsErrors::throttling));

    AuditReport report = GivenAudit.run(aws);

    assertThat(report.stopped().orElseThrow()).contains("AWS asks to slow down");
  }

  @Test
  void aCallSaysEverythingThatIsWrongWithIt() {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(
            () ->
                AuditRequest.read(
                    RoleRequests.json(
                        "{'format': 'htm', 'roleNames': 'reports', 'rolenames': [], 'after': 1}")))
        .withMessageContaining("$.format: Unknown format \"htm\". Did you mean \"html\"?")
        .withMessageContaining("$.roleNames: Must be a list of 1 or more role names, not a string.")
        .withMessageContaining("$.rolenames")
        .withMessageContaining("$.after: Must be a string, not a number.");
    assertThat(AuditRequest.read(RoleRequests.json("{}"))).isEqualTo(GivenAudit.ALL);
    assertThat(AuditRequest.read(RoleRequests.json("{'detail-type': 'Scheduled Event'}")))
        .isEqualTo(GivenAudit.ALL);
    assertThat(AuditRequest.read(RoleRequests.json("{'format': 'html', 'after': 'a'}")))
        .isEqualTo(new AuditRequest(true, Set.of(), false, Optional.of("a")));
  }

  @Test
  void aThousandRolesFitIntoThreeMegabytesAndALine() {
    given.make(100);
    given.settled();
    person.updateRole(
        update ->
            update
                .roleName(GivenAudit.run(aws).roles().get(0).role().name())
                .maxSessionDuration(43_100));
    AuditReport hundred = GivenAudit.run(aws);
    List<AuditedRole> thousand = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      thousand.addAll(hundred.roles());
    }
    AuditReport report =
        new AuditReport(
            hundred.at(),
            hundred.path(),
            false,
            thousand,
            List.of(),
            Map.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty());

    assertThat(AuditJson.of(report).toString().length()).isLessThan(3_000_000);
    assertThat(AuditJson.forLog(report).toString().length()).isLessThan(10_000);
  }

  private AuditReport withServices(String... names) {
    return GivenAudit.run(
        GivenAudit.of(aws), new AuditRequest(false, Set.of(names), true, Optional.empty()));
  }

  @Test
  void whatARoleHasUsedIsToldWhereItIsAskedFor() {
    String role =
        made(
            "{'role': 'reports', 'policies': ['s3:ReadOnly', 'sqs:ReadWrite'], 'resources': ['s3://data', 'sqs://work']}");
    aws.used(role, "s3:ListAllMyBuckets", aws.clock().instant());
    aws.advance(Duration.ofHours(5));

    assertThat(AuditJson.of(GivenAudit.run(aws)).at("/roles/0").has("services")).isFalse();
    ObjectNode json = (ObjectNode) AuditJson.of(withServices(role)).at("/roles/0");

    assertThat(json.path("services").properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("s3");
    assertThat(json.path("servicesUnused").asInt()).isPositive();
    assertThat(json.has("servicesPending")).isFalse();
  }

  @Test
  void aReportThatIsNotReadyIsToldAsPendingAndHoldsUpNothing() {
    String role = made("{'role': 'reports', 'policies': ['logs:WriteOnly']}");
    aws.reportsAreReadyAfter(100);

    Map<String, Long> called = called(() -> withServices(role));

    assertThat(called)
        .containsEntry("GenerateServiceLastAccessedDetails", 1L)
        .containsEntry("GetServiceLastAccessedDetails", 15L);
    assertThat(AuditJson.of(withServices(role)).at("/roles/0/servicesPending").asBoolean())
        .isTrue();
  }

  @Test
  void whatRolesHaveUsedIsAskedOfAFewOnly() {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> AuditRequest.read(RoleRequests.json("{'services': true}")))
        .withMessageContaining("$.services: IAM makes a report for each role: name 1 to 50");
  }
}
