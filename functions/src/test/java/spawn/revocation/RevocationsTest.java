package spawn.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static spawn.role.RoleRequests.json;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Crash;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.error.InvalidRequest;
import spawn.error.QuotaExceeded;
import spawn.error.RoleRevoked;
import spawn.policy.PolicyDocument;
import spawn.role.EnsuredRole;
import spawn.role.LeaseTerms;
import spawn.role.Revocation;
import spawn.role.RoleConvergence;
import spawn.role.RoleRequest;
import spawn.role.RoleRequests;
import spawn.role.Roles;
import spawn.role.Tags;

class RevocationsTest {
  private static final RoleRequest READ_S3 = RoleRequests.of("{'policies': ['s3:ReadOnly']}");
  private static final String NAME = READ_S3.names().get(0);
  private static final String REVOKE =
      "{'role': '%s', 'reason': 'leaked, in a repository', 'by': 'ann'}";
  private static final String SESSIONS = "{'role': '%s', 'reason': 'leaked', 'sessions': true}";
  private static final String UNDO = "{'role': '%s', 'undo': true}";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Roles roles =
      new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD);
  private final RoleConvergence sets =
      new RoleConvergence(aws.iam(), RoleRequests.OWNER, aws.clock());
  private final Revocations revocations =
      new Revocations(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD);

  private RevokedRole call(String call, String role) {
    return revocations.answer(RevocationRequest.read(json(call.formatted(role))));
  }

  private SimulatedRole role(String name) {
    return aws.role(name).orElseThrow();
  }

  @Test
  void everythingIsDeniedFromNowOnInTwoWritesTheDenialFirst() {
    roles.ensure(READ_S3);
    String own = role(NAME).inlinePolicies().get("spawn");
    aws.forgetCalls();

    RevokedRole answer = call(REVOKE, NAME);

    assertThat(aws.operations()).containsExactly("GetRole", "PutRolePolicy", "TagRole");
    assertThat(role(NAME).inlinePolicies()).containsEntry("spawn", own).hasSize(2);
    assertThat(json(role(NAME).inlinePolicies().get("spawn-revoked")))
        .isEqualTo(
            json(
                "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': '*', 'Resource': '*'}]}"));
    assertThat(role(NAME).tag(Tags.REVOKED))
        .contains("2026-01-01T00:00:00Z everything ann: leaked_ in a repository");
    assertThat(answer.revoked()).isEqualTo("everything");
    assertThat(answer.since()).isEqualTo(aws.clock().instant());
    assertThat(answer.roleId()).isEqualTo(role(NAME).id());
    assertThat(answer.changed()).isTrue();
    assertThat(answer.notes())
        .contains(
            "A launch that had found the role before may still start instances with it, until 2026-01-01T01:00:00Z at the latest.");
  }

  @Test
  void sessionsThatWereIssuedSoFarAreDeniedAndTheAnswerSaysWhatThatDoesNotStop() {
    roles.ensure(READ_S3);
    aws.advance(Duration.ofMillis(500));

    RevokedRole answer = call(SESSIONS, NAME);

    assertThat(json(role(NAME).inlinePolicies().get("spawn-revoked-sessions")))
        .isEqualTo(
            json(
                "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': '*', 'Resource': '*',"
                    + " 'Condition': {'DateLessThan': {'aws:TokenIssueTime': '2026-01-01T00:00:01Z'}}}]}"));
    assertThat(answer.revoked()).isEqualTo("sessions");
    assertThat(answer.notes())
        .contains(
            "Sessions that begin from now on are not denied: an instance gets a new one by itself, within hours. To stop it, revoke without \"sessions\".");
  }

  @Test
  void sessionsTakeNothingFromARevocationOfEverything() {
    roles.ensure(READ_S3);
    call(REVOKE, NAME);

    assertThat(call(SESSIONS, NAME).revoked()).isEqualTo("everything");

    assertThat(role(NAME).inlinePolicies().keySet())
        .containsExactly("spawn", "spawn-revoked", "spawn-revoked-sessions");
    assertThat(role(NAME).tag(Tags.REVOKED).orElseThrow()).contains(" everything ");
  }

  @Test
  void whatIsPutDeniesAndNothingElse() {
    for (Revocation.Kind kind : Revocation.Kind.values()) {
      PolicyDocument policy = new Revocation(kind, aws.clock().instant(), "").policy();

      assertThat(policy.toJson().path("Statement")).hasSize(1);
      assertThat(policy.toJson().at("/Statement/0/Effect").asText()).isEqualTo("Deny");
      assertThat(policy.toString().length()).isLessThan(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {REVOKE, SESSIONS})
  void noLaunchUsesTheRoleAndNoSuccessorIsMade(String call) {
    roles.ensure(READ_S3);
    call(call, NAME);
    aws.forgetCalls();

    assertThatExceptionOfType(RoleRevoked.class)
        .isThrownBy(() -> roles.ensure(READ_S3))
        .withMessageMatching(
            "An operator has revoked role \""
                + NAME
                + "\" at 2026-01-01T00:00:00Z \\(.*leaked.*\\), so nothing is launched with it or changed in it, and no other role of the same permissions takes its place\\. .*");
    assertThatExceptionOfType(RoleRevoked.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named(NAME, "{}")));
    assertThat(aws.writes()).isEmpty();
    assertThat(aws.roles()).hasSize(1);
  }

  /** A launch passes over a role that the sweep has marked; not over one that is revoked too. */
  @Test
  void aRoleThatIsBothMarkedAndRevokedGetsNoSuccessorEither() {
    roles.ensure(READ_S3);
    aws.personsIam()
        .tagRole(tag -> tag.roleName(NAME).tags(Tags.of(Tags.DELETING, "2026-01-01T00:00:00Z")));
    call(REVOKE, NAME);

    assertThatExceptionOfType(RoleRevoked.class).isThrownBy(() -> roles.ensure(READ_S3));
  }

  @Test
  void aGeneratedNameThatARevokedRoleOfOtherContentHasIsPassedOver() {
    roles.ensure(READ_S3);
    aws.personsIam()
        .tagRole(tag -> tag.roleName(NAME).tags(Tags.of(Tags.POLICIES, "0".repeat(64))));
    call(REVOKE, NAME);

    assertThat(roles.ensure(READ_S3).role().name()).isEqualTo(READ_S3.names().get(1));
  }

  @Test
  void aRoleOfOthersUnderThePathIsNotLaunchedWithEither() {
    aws.givenRole(
        "theirs",
        role ->
            role.path(RoleRequests.OWNER.path()).boundary(RoleRequests.CONTEXT.defaultBoundary()));
    call(REVOKE, "theirs");

    assertThatExceptionOfType(RoleRevoked.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named("theirs", "{}")));
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> call(UNDO, "theirs"))
        .withMessageContaining("lacks the tag spawn:managed=true");
  }

  @Test
  void aHalfMadeRoleThatIsRevokedIsNotCompleted() {
    aws.faults(Faults.beforeFirst("TagRole", () -> AwsErrors.iam("ServiceFailure", 500, "down")));
    assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> roles.ensure(READ_S3));
    call(REVOKE, NAME);
    aws.personsIam().untagRole(untag -> untag.roleName(NAME).tagKeys(Tags.REVOKED));

    assertThatExceptionOfType(RoleRevoked.class).isThrownBy(() -> roles.ensure(READ_S3));
    assertThat(role(NAME).tags()).doesNotContainKey(Tags.LEASE_UNTIL);
  }

  @Test
  void anUndoLeavesTheRoleAsItWas() {
    roles.ensure(READ_S3);
    SimulatedRole before = role(NAME);
    call(REVOKE, NAME);
    call(SESSIONS, NAME);
    aws.forgetCalls();

    RevokedRole answer = call(UNDO, NAME);

    assertThat(aws.operations())
        .containsExactly("GetRole", "DeleteRolePolicy", "DeleteRolePolicy", "UntagRole");
    assertThat(role(NAME).inlinePolicies()).isEqualTo(before.inlinePolicies());
    assertThat(role(NAME).tags()).isEqualTo(before.tags());
    assertThat(answer.revoked()).isNull();
    assertThat(answer.changed()).isTrue();
    assertThat(roles.ensure(READ_S3).outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
    assertThat(call(UNDO, NAME).changed()).isFalse();
  }

  @Test
  void aRunOfASetChangesNothingInARevokedRoleAndTakesNoDenialOff() {
    RoleRequest wanted = RoleRequests.named("flows-job", "{'policies': ['s3:ReadOnly']}");
    RoleRequest other = RoleRequests.named("flows-job", "{'policies': ['sqs:ReadOnly']}");
    sets.converge(wanted, "flows", false);
    call(REVOKE, "flows-job");
    aws.forgetCalls();

    assertThatExceptionOfType(RoleRevoked.class)
        .isThrownBy(() -> sets.converge(other, "flows", false));
    assertThat(aws.writes()).isEmpty();

    aws.personsIam().untagRole(untag -> untag.roleName("flows-job").tagKeys(Tags.REVOKED));
    assertThatExceptionOfType(RoleRevoked.class)
        .isThrownBy(() -> sets.converge(other, "flows", false));
    assertThat(role("flows-job").inlinePolicies()).containsKey("spawn-revoked");
  }

  /** A run that has read the role before goes on, and its changes leave the denial. */
  @Test
  void aRunOfASetThatIsUnderWayLeavesADenialThatComesMeanwhile() {
    RoleRequest wanted = RoleRequests.named("flows-job", "{'policies': ['s3:ReadOnly']}");
    sets.converge(wanted, "flows", false);
    aws.personsIam()
        .putRolePolicy(
            put ->
                put.roleName("flows-job").policyName("foreign").policyDocument(GivenRole.POLICY));
    aws.faults(before("DeleteRolePolicy", () -> call(REVOKE, "flows-job")));

    sets.converge(wanted, "flows", false);

    assertThat(role("flows-job").inlinePolicies().keySet())
        .containsExactly("spawn", "spawn-revoked");
  }

  private static Faults before(String operation, Runnable happening) {
    return new Faults() {
      private boolean happened;

      @Override
      public void before(Call call) {
        if (call.operation().equals(operation) && !happened) {
          happened = true;
          happening.run();
        }
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"PutRolePolicy, before", "PutRolePolicy, after", "TagRole, before", "TagRole, after"})
  void whereverARevocationStopsTheSameCallEndsIt(String operation, String when) {
    roles.ensure(READ_S3);
    aws.faults(stoppingAt(operation, when));
    assertThatExceptionOfType(Crash.class).isThrownBy(() -> call(REVOKE, NAME));

    call(REVOKE, NAME);

    assertThat(role(NAME).inlinePolicies()).containsKey("spawn-revoked");
    assertThat(role(NAME).tags()).containsKey(Tags.REVOKED);
  }

  @ParameterizedTest
  @CsvSource({
    "DeleteRolePolicy, before",
    "DeleteRolePolicy, after",
    "UntagRole, before",
    "UntagRole, after"
  })
  void whereverAnUndoStopsNoLaunchUsesTheRoleBeforeTheDenialsAreGone(
      String operation, String when) {
    roles.ensure(READ_S3);
    call(REVOKE, NAME);
    aws.faults(stoppingAt(operation, when));
    assertThatExceptionOfType(Crash.class).isThrownBy(() -> call(UNDO, NAME));

    boolean marked = role(NAME).tags().containsKey(Tags.REVOKED);
    assertThat(marked || !role(NAME).inlinePolicies().containsKey("spawn-revoked")).isTrue();
    call(UNDO, NAME);

    assertThat(role(NAME).inlinePolicies()).containsOnlyKeys("spawn");
    assertThat(roles.ensure(READ_S3).role().name()).isEqualTo(NAME);
  }

  private static Faults stoppingAt(String operation, String when) {
    return when.equals("before")
        ? new Faults() {
          private boolean stopped;

          @Override
          public void before(Call call) {
            stop(call);
          }

          private void stop(Call call) {
            if (call.operation().equals(operation) && !stopped) {
              stopped = true;
              throw new Crash(call);
            }
          }
        }
        : new Faults() {
          private boolean stopped;

          @Override
          public void after(Call call) {
            if (call.operation().equals(operation) && !stopped) {
              stopped = true;
              throw new Crash(call);
            }
          }
        };
  }

  @Test
  void aDenialWithoutAMarkIsNotUndoneBeforeItIsMarked() {
    roles.ensure(READ_S3);
    call(REVOKE, NAME);
    aws.personsIam().untagRole(untag -> untag.roleName(NAME).tagKeys(Tags.REVOKED));

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> call(UNDO, NAME))
        .withMessageContaining("Revoke it again, and then undo that.");
  }

  @Test
  void theLargestRoleWithAllItsTagsHasRoomForBothKinds() {
    Map<String, String> tags =
        IntStream.range(0, Tags.MAX_OF_CALLER)
            .boxed()
            .collect(TreeMap::new, (all, i) -> all.put("k" + i, "v"), Map::putAll);
    String resources =
        String.join(
            ",",
            IntStream.range(0, 240)
                .mapToObj("'arn:aws:s3:::a-bucket-with-name-%03d/*'"::formatted)
                .toList());
    RoleRequest largest =
        RoleRequests.ending(
            aws.clock(),
            "{'role': 'largest', 'roleTags': %s, 'expires': 'PT8H', 'statements': [{'Effect': 'Allow', 'Action': 's3:Get*', 'Resource': [%s]}]}"
                .formatted(json("{}").toString().replace("{}", asJson(tags)), resources));
    assertThat(largest.permissions().inlinePolicy().toString().length()).isBetween(9_700, 9_840);
    roles.ensure(largest);
    aws.personsIam()
        .tagRole(
            tag ->
                tag.roleName("largest")
                    .tags(Tags.of(Tags.KEEP, "true"), Tags.of(Tags.DELETING, "2026")));

    call(REVOKE, "largest");
    call(SESSIONS, "largest");

    assertThat(role("largest").inlinePolicies()).hasSize(3);
    assertThat(role("largest").tags()).containsKey(Tags.REVOKED).hasSizeLessThanOrEqualTo(50);
  }

  private static String asJson(Map<String, String> tags) {
    return "{"
        + String.join(
            ",",
            tags.entrySet().stream()
                .map(tag -> "'%s':'%s'".formatted(tag.getKey(), tag.getValue()))
                .toList())
        + "}";
  }

  @Test
  void whereSomebodyHasFilledTheRoleItIsMarkedAndTheCallSaysThatItIsNotRevoked() {
    roles.ensure(READ_S3);
    aws.personsIam()
        .putRolePolicy(
            put ->
                put.roleName(NAME)
                    .policyName("foreign")
                    .policyDocument(
                        GivenRole.POLICY.replace(
                            "\"Resource\":\"*\"",
                            "\"Resource\":\"arn:aws:s3:::%s\""
                                .formatted(
                                    "x"
                                        .repeat(
                                            10_240
                                                - 130
                                                - role(NAME)
                                                    .inlinePolicies()
                                                    .get("spawn")
                                                    .length())))));

    assertThatExceptionOfType(QuotaExceeded.class)
        .isThrownBy(() -> call(REVOKE, NAME))
        .withMessageContaining("it is NOT revoked");
    assertThatExceptionOfType(RoleRevoked.class).isThrownBy(() -> roles.ensure(READ_S3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "somebodys | does not lie under the path of this stack, /spawn/spawn/us-east-1/, so the stack may not write to it. By hand: aws iam put-role-policy --role-name somebodys --policy-name spawn-revoked",
        "of-another-stack | does not lie under the path of this stack",
        "unbound | has no permissions boundary, and without one IAM lets no function of the stack change its policies. By hand: aws iam put-role-policy --role-name unbound",
        "missing | There is no role \"missing\", or not any more.",
      })
  void whatTheStackMayNotWriteToIsRefusedWithWhatHelps(String name, String message) {
    aws.givenRole("somebodys");
    aws.givenRole("of-another-stack", role -> role.path("/spawn/other/us-east-1/"));
    aws.givenRole("unbound", role -> role.path(RoleRequests.OWNER.path()));
    aws.forgetCalls();

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> call(REVOKE, name))
        .withMessageContaining(message);
    if (!name.equals("missing")) {
      assertThatExceptionOfType(InvalidRequest.class)
          .isThrownBy(() -> call(UNDO, name))
          .withMessageContaining(
              "By hand: aws iam delete-role-policy --role-name %s --policy-name spawn-revoked"
                  .formatted(name));
    }
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleThatIsGoneMeanwhileIsNotTakenForRevoked() {
    roles.ensure(READ_S3);
    aws.advance(Duration.ofMinutes(1));
    for (String operation : List.of("PutRolePolicy", "TagRole")) {
      aws.faults(before(operation, () -> aws.deleteRole(NAME)));

      assertThatExceptionOfType(InvalidRequest.class)
          .isThrownBy(() -> call(REVOKE, NAME))
          .withMessageContaining("or not any more");
      aws.faults(Faults.NONE);
      roles.ensure(READ_S3);
      aws.advance(Duration.ofMinutes(1));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'role': 'a'} | $.reason: Missing: say why",
        "{'reason': 'a'} | $.role: Missing",
        "{'role': 'a', 'reason': ''} | $.reason: ",
        "{'role': 'a', 'reason': 'b', 'undo': 'yes'} | $.undo: ",
        "{'role': 'a', 'reason': null} | $.reason: Must not be null",
        "{'role': 'a', 'undo': true, 'sessions': true} | $.sessions: Must not stand beside \"undo\"",
        "{'role': 'a', 'reason': 'b', 'session': true} | $.session: Unknown field. Did you mean",
        "{'role': 'a b', 'reason': 'b'} | $.role: ",
        "[] | Must be an object",
      })
  void aCallWithAMistakeChangesNothingAndIsToldAll(String call, String message) {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> RevocationRequest.read(json(call)))
        .withMessageContaining(message);
  }

  /** A tag that a person has edited, or emptied, is a revocation still. */
  @ParameterizedTest
  @ValueSource(strings = {"", "x", "yesterday sessions", "2026-01-01T00:00:00Z"})
  void anEditedMarkKeepsLaunchesOff(String value) {
    roles.ensure(READ_S3);
    aws.personsIam().tagRole(tag -> tag.roleName(NAME).tags(Tags.of(Tags.REVOKED, value)));

    assertThatExceptionOfType(RoleRevoked.class).isThrownBy(() -> roles.ensure(READ_S3));
  }

  @Test
  void theMarkIsAValueThatIamTakesWhateverIsSaid() {
    roles.ensure(READ_S3);

    call("{'role': '%s', 'by': 'Ann, the \\u2603', 'reason': '" + "x!".repeat(500) + "'}", NAME);

    assertThat(role(NAME).tag(Tags.REVOKED).orElseThrow()).hasSize(256).contains("Ann_ the _: x_x");
    assertThat(role(NAME).tag(Tags.REVOKED).orElseThrow())
        .startsWith(aws.clock().instant() + " everything ");
  }
}
