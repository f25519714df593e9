package spawn.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Crash;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.error.InvalidRequest;
import spawn.launch.PayloadReader;
import spawn.role.Drift;
import spawn.role.EnsuredRole;
import spawn.role.LeaseTerms;
import spawn.role.RepairOutcome;
import spawn.role.RepairedRole;
import spawn.role.Revocation;
import spawn.role.RoleRepair;
import spawn.role.RoleRequest;
import spawn.role.RoleRequests;
import spawn.role.Roles;
import spawn.role.Tags;

/** What somebody has changed by hand is put back, and nothing more than the role was made with. */
class RepairTest {
  private static final String ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
  private static final String IAM =
      "{'role': 'reports', 'policies': ['s3:ReadOnly'], 'resources': ['s3://data'],"
          + "'managedPolicies': ['AmazonSSMManagedInstanceCore', 'CloudWatchAgentServerPolicy'],"
          + "'maxSessionDuration': 7200, 'roleTags': {'team': 'data', 'zone': 'a'}}";

  private final SimulatedAws aws = SimulatedAws.create();
  private final IamClient person = aws.personsIam();
  private final GivenRoles given = new GivenRoles(aws, GivenAudit.dice());
  private final List<ObjectNode> log = new ArrayList<>();

  private String made(String iam) {
    String name = given.make((ObjectNode) RoleRequests.json(iam));
    given.settled();
    return name;
  }

  private RepairReport run(boolean act, String... names) {
    IamClient iam = aws.iam("/spawn/spawn/us-east-1/");
    return new Repair(
            iam,
            RoleRequests.OWNER,
            new RoleRepair(
                iam, RoleRequests.OWNER, RoleRequests.CONTEXT.boundaries(), aws.clock(), log::add),
            aws.clock())
        .repair(new RepairRequest(act, Set.of(names), Optional.empty()), Duration.ofDays(1));
  }

  /** Changes everything of a role that may be changed back. */
  private void change(String role) {
    person.putRolePolicy(
        put -> put.roleName(role).policyName("spawn").policyDocument(GivenRole.POLICY));
    person.putRolePolicy(
        put -> put.roleName(role).policyName("more").policyDocument(GivenRole.POLICY));
    person.attachRolePolicy(attach -> attach.roleName(role).policyArn(ADMIN));
    person.detachRolePolicy(
        detach ->
            detach.roleName(role).policyArn("arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"));
    person.updateRole(update -> update.roleName(role).maxSessionDuration(43_200));
    person.tagRole(
        tag -> tag.roleName(role).tags(Tags.of("team", "admins"), Tags.of("more", "yes")));
    person.untagRole(untag -> untag.roleName(role).tagKeys("zone"));
  }

  private void tag(String role, String key, String value) {
    person.tagRole(tag -> tag.roleName(role).tags(Tags.of(key, value)));
  }

  private RepairedRole only(RepairReport report) {
    assertThat(report.roles()).hasSize(1);
    return report.roles().get(0);
  }

  private SimulatedRole role(String name) {
    return aws.role(name).orElseThrow();
  }

  private List<String> writes() {
    return aws.calls().stream().filter(Call::isWrite).map(Call::operation).toList();
  }

  @Test
  void everythingIsPutBackAndWhatIsTooMuchGoesFirst() {
    String name = made(IAM);
    SimulatedRole before = role(name);
    change(name);
    int calls = writes().size();

    RepairedRole repaired = only(run(true));

    assertThat(repaired.outcome()).isEqualTo(RepairOutcome.REPAIRED);
    assertThat(repaired.changes())
        .containsExactly(
            "delete inline policy more",
            "detach " + ADMIN,
            "remove tags more",
            "set longest session to 7200 s",
            "put inline policy spawn",
            "attach arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
            "set tags team, zone");
    assertThat(writes().subList(calls, writes().size()))
        .containsExactly(
            "DeleteRolePolicy",
            "DetachRolePolicy",
            "UntagRole",
            "UpdateRole",
            "PutRolePolicy",
            "AttachRolePolicy",
            "TagRole");
    assertThat(role(name)).isEqualTo(before);
    assertThat(run(true).roles()).isEmpty();
    assertThat(log).hasSize(1);
    assertThat(log.get(0).at("/payload/iam/managedPolicies").toString()).contains(ADMIN);
  }

  @Test
  void withoutBeingToldItSaysWhatItWouldChangeAndChangesNothing() {
    String name = made(IAM);
    change(name);
    SimulatedRole changed = role(name);
    int calls = writes().size();

    RepairedRole repaired = only(run(false));

    assertThat(repaired.outcome()).isEqualTo(RepairOutcome.WOULD_REPAIR);
    assertThat(repaired.changes()).hasSize(7);
    assertThat(role(name)).isEqualTo(changed);
    assertThat(writes()).hasSize(calls);
    assertThat(log).isEmpty();
  }

  /** The denial is put before the tag: a repair between the two must not take it off. */
  @Test
  void aRoleThatIsJustBeingRevokedKeepsItsDenial() {
    String name = made(IAM);
    change(name);
    person.putRolePolicy(
        put ->
            put.roleName(name)
                .policyName(Revocation.Kind.EVERYTHING.policy())
                .policyDocument(
                    """
                    {"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"""));

    RepairedRole repaired = only(run(true));

    assertThat(repaired.outcome()).isEqualTo(RepairOutcome.REPAIRED);
    assertThat(role(name).inlinePolicies())
        .containsOnlyKeys(Roles.INLINE_POLICY, Revocation.Kind.EVERYTHING.policy());
    assertThat(only(run(true)).drifts())
        .extracting(Drift::detail)
        .containsExactly(
            "Its inline policy spawn-revoked revokes it, and its tag spawn:revoked is missing: revoke it again, or undo that.");
  }

  @Test
  void rolesThatHaveNotDriftedAreLeftAlone() {
    given.make(30);
    given.settled();
    int calls = writes().size();

    RepairReport report = run(true);

    assertThat(report.looked()).isEqualTo(30);
    assertThat(report.roles()).isEmpty();
    assertThat(writes()).hasSize(calls);
  }

  static Stream<Map.Entry<String, String>> notToBeTouched() {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(Tags.DELETING + "=2026-01-01T00:00:00Z", "about to remove it");
    tags.put(Tags.REVOKED + "=2026-01-01T00:00:00Z leaked", "revoked");
    tags.put(Tags.SET + "=nightly", "run the set again");
    tags.put(Tags.LEASED_ID + "=AROAANOTHER", "in hand");
    tags.put(Tags.LEASE_UNTIL + "=", "in hand");
    tags.put(Tags.MANAGED + "=", "lacks the tag");
    tags.put(Tags.POLICIES + "=", "nothing records");
    return tags.entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("notToBeTouched")
  void whatOthersHaveInHandOrNobodyKnowsIsLeft(Map.Entry<String, String> tagAndReason) {
    String name = made(IAM);
    change(name);
    String[] tag = tagAndReason.getKey().split("=", 2);
    if (tag[1].isEmpty()) {
      person.untagRole(untag -> untag.roleName(name).tagKeys(tag[0]));
    } else {
      tag(name, tag[0], tag[1]);
    }
    SimulatedRole changed = role(name);

    run(true)
        .roles()
        .forEach(
            repaired -> {
              assertThat(repaired.outcome()).isEqualTo(RepairOutcome.LEFT);
              assertThat(repaired.detail()).contains(tagAndReason.getValue());
            });
    assertThat(role(name)).isEqualTo(changed);
  }

  @Test
  void whomARoleTrustsAndItsBoundaryAreReportedAndNothingOfItIsTouched() {
    String trust = made("{'role': 'trust', 'managedPolicies': ['ReadOnlyAccess']}");
    person.updateAssumeRolePolicy(
        update ->
            update.roleName(trust).policyDocument(GivenRole.TRUSTS_EC2.replace("ec2.", "lambda.")));
    String unbound = made("{'role': 'unbound', 'managedPolicies': ['ReadOnlyAccess']}");
    person.deleteRolePermissionsBoundary(off -> off.roleName(unbound));
    for (String role : List.of(trust, unbound)) {
      person.attachRolePolicy(attach -> attach.roleName(role).policyArn(ADMIN));
    }
    int calls = writes().size();

    RepairReport report = run(true);

    assertThat(report.roles())
        .hasSize(2)
        .allSatisfy(
            role -> {
              assertThat(role.outcome()).isEqualTo(RepairOutcome.LEFT);
              assertThat(role.detail()).contains("launches do not use it any more");
            });
    assertThat(writes()).hasSize(calls);
  }

  private EnsuredRole launched(String iam) {
    ObjectNode payload = (ObjectNode) RoleRequests.json("{'iam': " + iam + "}");
    if (!payload.path("iam").has("role")) {
      payload.putObject("instance").put("ImageId", "ami-1");
    }
    RoleRequest request =
        new PayloadReader(RoleRequests.CONTEXT).read(payload, "execution").role().orElseThrow();
    return new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD)
        .ensure(request);
  }

  @Test
  void launchesDoNotUseARoleThatOthersMayAssumeAndAGeneratedOneGetsASuccessor() {
    String generated = "{'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}";
    String first = made(generated);
    String named = made("{'role': 'named'}");
    for (String role : List.of(first, named)) {
      person.updateAssumeRolePolicy(
          update ->
              update
                  .roleName(role)
                  .policyDocument(
                      GivenRole.TRUSTS_EC2.replace(
                          "\"ec2.amazonaws.com\"",
                          "[\"ec2.amazonaws.com\",\"lambda.amazonaws.com\"]")));
    }

    EnsuredRole second = launched(generated);

    assertThat(second.outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
    assertThat(second.role().name()).startsWith(first).isNotEqualTo(first);
    assertThat(launched(generated).role().name()).isEqualTo(second.role().name());
    assertThatExceptionOfType(spawn.error.RoleConflict.class)
        .isThrownBy(() -> launched("{'role': 'named'}"))
        .withMessageContaining("trusts others than it was made for");
  }

  @Test
  void aRecordThatSomebodyHasEditedIsNotPutIntoTheRole() {
    String name = made(IAM);
    String other = made("{'role': 'other', 'managedPolicies': ['AdministratorAccess']}");
    change(name);
    Map<String, String> record = new LinkedHashMap<>(role(other).tags());
    record.keySet().removeIf(key -> !key.startsWith(Tags.RECORD));
    record.forEach((key, value) -> tag(name, key, value));

    RepairedRole repaired = only(run(true));

    assertThat(repaired.outcome()).isEqualTo(RepairOutcome.LEFT);
    assertThat(repaired.detail()).isEqualTo("nothing records what it was made with");
  }

  @Test
  void oneThatStopsAfterAnyCallIsFinishedByTheNextAndNeverHoldsMoreThanBefore() {
    String name = made(IAM);
    SimulatedRole before = role(name);
    for (int stop = 1; stop <= 7; stop++) {
      change(name);
      aws.faults(crashAfterWrite(stop));
      try {
        run(true);
      } catch (Crash crashed) {
        assertThat(crashed).isNotNull();
      }
      aws.faults(Faults.NONE);
      if (stop >= 2) {
        assertThat(role(name).attachedPolicies()).doesNotContain(ADMIN);
        assertThat(role(name).inlinePolicies()).doesNotContainKey("more");
      }

      run(true);

      assertThat(role(name)).as("stopped after call %d", stop).isEqualTo(before);
    }
  }

  private static Faults crashAfterWrite(int number) {
    return new Faults() {
      private int writes;

      @Override
      public void before(Call call) {}

      @Override
      public void after(Call call) {
        if (call.isWrite() && ++writes == number) {
          throw new Crash(call);
        }
      }
    };
  }

  @Test
  void aRoleThatIsMarkedBetweenTheReadsIsLeft() {
    String name = made(IAM);
    change(name);
    SimulatedRole[] changed = new SimulatedRole[1];
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("ListAttachedRolePolicies")) {
              tag(name, Tags.DELETING, aws.clock().instant().toString());
              changed[0] = role(name);
            }
          }
        });

    RepairedRole repaired = only(run(true));

    assertThat(repaired.outcome()).isEqualTo(RepairOutcome.LEFT);
    assertThat(repaired.detail()).isEqualTo("it was changed meanwhile");
    assertThat(role(name)).isEqualTo(changed[0]);
  }

  @Test
  void aRefusalAtOneRoleDoesNotStopTheOthers() {
    made("{'role': 'aa', 'managedPolicies': ['ReadOnlyAccess']}");
    made("{'role': 'bb', 'managedPolicies': ['ReadOnlyAccess']}");
    for (String role : List.of("aa", "bb")) {
      person.attachRolePolicy(attach -> attach.roleName(role).policyArn(ADMIN));
    }
    aws.faults(
        Faults.beforeFirst(
            "DetachRolePolicy", () -> AwsErrors.accessDenied("iam:DetachRolePolicy")));

    RepairReport report = run(true);

    assertThat(report.roles())
        .extracting(role -> role.role() + " " + role.outcome())
        .containsExactly("aa FAILED", "bb REPAIRED");
  }

  @Test
  void theCallOnlyActsIfItSaysSoAndANullIsRefused() {
    assertThat(RepairRequest.read(RoleRequests.json("{}")).act()).isFalse();
    assertThat(RepairRequest.read(RoleRequests.json("{'repair': true}")).act()).isTrue();
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(
            () -> RepairRequest.read(RoleRequests.json("{'roleNames': null, 'repairs': true}")))
        .withMessageContaining("$.roleNames: Must not be null.")
        .withMessageContaining("$.repairs");
  }
}
