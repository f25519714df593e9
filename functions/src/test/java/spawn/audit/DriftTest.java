package spawn.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.role.Drift;
import spawn.role.DriftKind;
import spawn.role.RoleRequests;
import spawn.role.Tags;
import spawn.workflow.Stack;

/** What somebody has changed is found, and nothing else. */
class DriftTest {
  private static final String ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
  private static final String SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
  private static final String ANYONE =
      GivenRole.TRUSTS_EC2.replace(
          "{\"Service\":\"ec2.amazonaws.com\"}", "{\"AWS\":\"arn:aws:iam::999999999999:root\"}");
  private static final String LAMBDA_TOO =
      GivenRole.TRUSTS_EC2.replace(
          "\"ec2.amazonaws.com\"", "[\"ec2.amazonaws.com\",\"lambda.amazonaws.com\"]");

  /** What a person does to a role by its name, and the one way in which it then differs. */
  private static final Map<DriftKind, List<BiConsumer<IamClient, String>>> CHANGES = changes();

  private final SimulatedAws aws = SimulatedAws.create();
  private final IamClient person = aws.personsIam();
  private final GivenRoles given = new GivenRoles(aws, GivenAudit.dice());

  private static Map<DriftKind, List<BiConsumer<IamClient, String>>> changes() {
    Map<DriftKind, List<BiConsumer<IamClient, String>>> all = new LinkedHashMap<>();
    all.put(DriftKind.TRUST, List.of(trusting(ANYONE), trusting(LAMBDA_TOO)));
    all.put(
        DriftKind.BOUNDARY,
        List.of(
            (iam, role) -> iam.deleteRolePermissionsBoundary(off -> off.roleName(role)),
            behind(ADMIN),
            behind(RoleRequests.CONTEXT.serviceBoundary())));
    all.put(
        DriftKind.INLINE_ADDED,
        List.of(
            (iam, role) ->
                iam.putRolePolicy(
                    put ->
                        put.roleName(role).policyName("more").policyDocument(GivenRole.POLICY))));
    all.put(
        DriftKind.POLICY_ATTACHED,
        List.of(
            (iam, role) -> iam.attachRolePolicy(attach -> attach.roleName(role).policyArn(ADMIN))));
    all.put(
        DriftKind.SESSION,
        List.of(
            (iam, role) ->
                iam.updateRole(update -> update.roleName(role).maxSessionDuration(43_200))));
    all.put(DriftKind.TAGS, List.of(tagging("admin", "yes")));
    all.put(
        DriftKind.SPAWN_TAG,
        List.of(
            untagging(Tags.MANAGED),
            untagging(Tags.CREATED),
            untagging(Tags.CREATOR),
            untagging(Tags.POLICIES),
            tagging(Tags.MANAGED, "no")));
    all.put(
        DriftKind.HASH_TAG,
        List.of(tagging(Tags.POLICIES, "0".repeat(64)), tagging(Tags.POLICIES, "none")));
    return all;
  }

  private static BiConsumer<IamClient, String> trusting(String document) {
    return (iam, role) ->
        iam.updateAssumeRolePolicy(update -> update.roleName(role).policyDocument(document));
  }

  private static BiConsumer<IamClient, String> behind(String boundary) {
    return (iam, role) ->
        iam.putRolePermissionsBoundary(put -> put.roleName(role).permissionsBoundary(boundary));
  }

  private static BiConsumer<IamClient, String> tagging(String key, String value) {
    return (iam, role) -> iam.tagRole(tag -> tag.roleName(role).tags(Tags.of(key, value)));
  }

  private static BiConsumer<IamClient, String> untagging(String key) {
    return (iam, role) -> iam.untagRole(untag -> untag.roleName(role).tagKeys(key));
  }

  private Map<String, List<DriftKind>> drifted() {
    return GivenAudit.run(aws).roles().stream()
        .filter(role -> !role.drifts().isEmpty())
        .collect(
            Collectors.toMap(
                role -> role.role().name(),
                role -> role.drifts().stream().map(Drift::kind).toList()));
  }

  /** As a role is whose record does not fit into its tags. */
  private void withoutRecord(String role) {
    List<String> keys =
        aws.role(role).orElseThrow().tags().keySet().stream()
            .filter(key -> key.startsWith(Tags.RECORD))
            .toList();
    assertThat(keys).isNotEmpty();
    person.untagRole(untag -> untag.roleName(role).tagKeys(keys));
  }

  private String made(String iam) {
    String name = given.make((ObjectNode) RoleRequests.json(iam));
    given.settled();
    return name;
  }

  @Test
  void twoHundredRolesAsTheyWereMadeHaveNotDrifted() {
    given.make(200);
    given.settled();

    assertThat(GivenAudit.run(aws).roles()).hasSize(200);
    assertThat(drifted()).isEmpty();
  }

  @Test
  void noRoleOfTheExamplesHasDrifted() {
    SimulatedAws account = SimulatedAws.create();
    Stack stack = Stack.on(account);
    for (String event :
        List.of("custom-policy", "default-role", "job-array", "launch", "managed-policies")) {
      stack.launch(event, Stack.event(event));
    }
    for (String set : List.of("role-set", "role-set-of-own-roles")) {
      stack.roleSet(set, Stack.event(set));
    }
    account.advance(Duration.ofMinutes(10));

    AuditReport report =
        GivenAudit.run(GivenAudit.of(account, Stack.CONTEXT, AuditJson.MAX_BYTES), GivenAudit.ALL);

    assertThat(report.roles()).hasSizeGreaterThan(10);
    assertThat(report.drifted()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachPlantedChangeIsFoundAmongTwoHundredRolesAndNothingElse(boolean recorded) {
    List<String> roles = new ArrayList<>(given.make(200));
    if (!recorded) {
      // What the hash of a role with a name of its own was, only its record tells.
      roles.removeIf(role -> role.startsWith("job-"));
      roles.forEach(this::withoutRecord);
    }
    given.settled();
    Map<String, List<DriftKind>> planted = new LinkedHashMap<>();
    CHANGES.forEach(
        (kind, ways) ->
            ways.forEach(
                way -> {
                  String role = roles.get(7 * planted.size());
                  way.accept(person, role);
                  planted.put(role, List.of(kind));
                }));

    assertThat(planted).hasSizeGreaterThan(14);
    assertThat(drifted()).containsExactlyInAnyOrderEntriesOf(planted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}",
        "{'role': 'reports', 'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}"
      })
  void anInlinePolicyThatGrantsSomethingElseIsFound(String iam) {
    String role = made(iam);
    person.putRolePolicy(
        put -> put.roleName(role).policyName("spawn").policyDocument(GivenRole.POLICY));

    assertThat(drifted()).containsExactly(Map.entry(role, List.of(DriftKind.INLINE_CHANGED)));

    withoutRecord(role);
    assertThat(drifted()).containsExactly(Map.entry(role, List.of(DriftKind.CONTENT)));
  }

  @Test
  void theSameInOtherWordsIsNoChange() {
    String role =
        made(
            "{'statements': [{'Effect': 'Allow', 'Action': ['s3:GetObject', 's3:PutObject'], 'Resource': 'arn:aws:s3:::data/*'}]}");
    person.putRolePolicy(
        put ->
            put.roleName(role)
                .policyName("spawn")
                .policyDocument(
                    "{\"Version\":\"2012-10-17\",\"Id\":\"x\",\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Allow\",\"Action\":\"S3:putobject\",\"Resource\":[\"arn:aws:s3:::data/*\"]},"
                        + "{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":\"arn:aws:s3:::data/*\"}]}"));

    assertThat(drifted()).isEmpty();
  }

  @Test
  void aPolicyThatWasDetachedAndAnInlinePolicyThatIsGoneAreFound() {
    String detached = made("{'managedPolicies': ['AmazonSSMManagedInstanceCore']}");
    person.detachRolePolicy(detach -> detach.roleName(detached).policyArn(SSM));
    String emptied = made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}");
    person.deleteRolePolicy(delete -> delete.roleName(emptied).policyName("spawn"));

    assertThat(drifted())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                detached,
                List.of(DriftKind.POLICY_DETACHED),
                emptied,
                List.of(DriftKind.INLINE_REMOVED)));

    withoutRecord(detached);
    withoutRecord(emptied);
    assertThat(drifted())
        .containsOnlyKeys(detached, emptied)
        .allSatisfy((role, kinds) -> assertThat(kinds).containsExactly(DriftKind.CONTENT));
  }

  @Test
  void contentAndTagChangedTogetherAreFoundByTheDigitsOfTheName() {
    String role = made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}");
    String other = made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://else']}");
    person.putRolePolicy(
        put ->
            put.roleName(role)
                .policyName("spawn")
                .policyDocument(aws.role(other).orElseThrow().inlinePolicies().get("spawn")));
    tagging(Tags.POLICIES, aws.role(other).orElseThrow().tag(Tags.POLICIES).orElseThrow())
        .accept(person, role);

    assertThat(drifted())
        .containsExactly(Map.entry(role, List.of(DriftKind.HASH_TAG, DriftKind.INLINE_CHANGED)));

    withoutRecord(role);
    assertThat(drifted())
        .containsExactly(Map.entry(role, List.of(DriftKind.HASH_TAG, DriftKind.CONTENT)));
  }

  @Test
  void anEndThatTheTagSaysOtherwiseThanThePolicyIsFound() {
    String role =
        made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://data'], 'expires': 'P1D'}");
    assertThat(drifted()).isEmpty();

    tagging(Tags.EXPIRES, aws.clock().instant().plus(Duration.ofDays(30)).toString())
        .accept(person, role);

    assertThat(drifted()).containsExactly(Map.entry(role, List.of(DriftKind.SPAWN_TAG)));
  }

  @Test
  void severalChangesToOneRoleAreAllFoundWhereTheyShowByThemselves() {
    String role = made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}");
    trusting(ANYONE).accept(person, role);
    person.deleteRolePermissionsBoundary(off -> off.roleName(role));
    person.attachRolePolicy(attach -> attach.roleName(role).policyArn(ADMIN));

    assertThat(drifted())
        .containsExactly(
            Map.entry(
                role, List.of(DriftKind.TRUST, DriftKind.BOUNDARY, DriftKind.POLICY_ATTACHED)));
  }

  @Test
  void whatALaunchTheSweepOrASetHasInHandHasNotDrifted() {
    String marked = made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}");
    tagging(Tags.DELETING, aws.clock().instant().toString()).accept(person, marked);
    String halfMade = made("{'role': 'half', 'managedPolicies': ['ReadOnlyAccess']}");
    untagging(Tags.LEASE_UNTIL).accept(person, halfMade);
    person.detachRolePolicy(
        detach -> detach.roleName(halfMade).policyArn("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    String changing = made("{'role': 'of-set', 'managedPolicies': ['ReadOnlyAccess']}");
    tagging(Tags.SET, "set").accept(person, changing);
    tagging(Tags.LEASED_ID, "changing").accept(person, changing);
    tagging(Tags.POLICIES, "1".repeat(64)).accept(person, changing);

    assertThat(GivenAudit.run(aws).roles())
        .extracting(role -> role.role().name() + " " + role.state().word() + " " + role.stage())
        .containsExactly(
            marked + " marked WHOLE", "half unfinished HALF_MADE", "of-set unfinished CHANGING");
    assertThat(drifted()).isEmpty();
  }

  @Test
  void aHalfMadeRoleThatAnyoneMayAssumeHasDriftedAllTheSame() {
    String role = made("{'role': 'half'}");
    untagging(Tags.LEASE_UNTIL).accept(person, role);
    trusting(ANYONE).accept(person, role);

    assertThat(drifted()).containsExactly(Map.entry(role, List.of(DriftKind.TRUST)));
  }

  @Test
  void aRoleThatIsBeingMadeIsNotTakenForChanged() {
    String role =
        given.make((ObjectNode) RoleRequests.json("{'managedPolicies': ['ReadOnlyAccess']}"));
    aws.advance(Duration.ofSeconds(20));
    person.detachRolePolicy( // as IAM may still show it
        detach -> detach.roleName(role).policyArn("arn:aws:iam::aws:policy/ReadOnlyAccess"));

    assertThat(GivenAudit.run(aws).roles())
        .extracting(AuditedRole::state)
        .containsExactly(RoleState.UNFINISHED);
    given.settled();
    assertThat(drifted()).containsOnlyKeys(role);
  }

  @Test
  void aRevocationIsNoChangeAndAnythingElseBesideItIs() {
    String role = made("{'policies': ['s3:ReadOnly'], 'resources': ['s3://data']}");
    tagging(Tags.REVOKED, aws.clock().instant() + " leaked").accept(person, role);
    person.putRolePolicy(
        put ->
            put.roleName(role)
                .policyName("spawn-revoked")
                .policyDocument(
                    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"));

    assertThat(GivenAudit.run(aws).roles())
        .extracting(AuditedRole::state)
        .containsExactly(RoleState.REVOKED);

    person.putRolePolicy(
        put -> put.roleName(role).policyName("again").policyDocument(GivenRole.POLICY));
    assertThat(drifted()).containsExactly(Map.entry(role, List.of(DriftKind.INLINE_ADDED)));
  }

  @Test
  void whatSomebodyElseMadeUnderThePathIsForeign() {
    aws.givenRole("theirs", role -> role.path("/spawn/spawn/us-east-1/"));
    aws.givenRole("elsewhere", role -> role.path("/other/"));

    assertThat(GivenAudit.run(aws).roles())
        .extracting(role -> role.role().name() + " " + role.state())
        .containsExactly("theirs FOREIGN");
  }
}
