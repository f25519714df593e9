package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static spawn.role.RoleRequests.json;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenRole;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.QuotaExceeded;
import spawn.error.RoleBeingDeleted;
import spawn.error.RoleConflict;
import spawn.error.RoleUnfinished;
import spawn.policy.ArnPatterns;

class RolesTest {
  private static final RoleRequest READ_S3 = RoleRequests.of("{'policies': ['s3:ReadOnly']}");
  private static final String NAME = READ_S3.names().get(0);

  private final SimulatedAws aws = SimulatedAws.create();
  private final Roles roles =
      new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD);

  @Test
  void aNewRoleIsMadeUnderSpawnsPathWithItsTagsAndTheLeaseLast() {
    EnsuredRole ensured = roles.ensure(READ_S3);

    assertThat(aws.operations())
        .containsExactly("GetRole", "CreateRole", "PutRolePolicy", "TagRole");
    assertThat(ensured.outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
    SimulatedRole role = aws.role(NAME).orElseThrow();
    assertThat(role.path()).isEqualTo("/spawn/spawn/us-east-1/");
    assertThat(role.permissionsBoundary()).contains(RoleRequests.CONTEXT.defaultBoundary());
    assertThat(RoleRequests.withoutRecord(role.tags()))
        .containsEntry("spawn:managed", "true")
        .containsEntry("spawn:created", aws.clock().instant().toString())
        .containsEntry("spawn:creator", "tester")
        .containsEntry("spawn:policies", READ_S3.permissions().hash().hex())
        .containsEntry(
            "spawn:lease-until", aws.clock().instant().plus(Duration.ofHours(1)).toString())
        .containsEntry("spawn:leased-id", role.id())
        .hasSize(6);
    assertThat(json(role.inlinePolicies().get("spawn")))
        .isEqualTo(READ_S3.permissions().inlinePolicy().toJson());
    assertThat(json(role.trustPolicy())).isEqualTo(READ_S3.permissions().trustPolicy());
  }

  @Test
  void aRoleWithAFreshLeaseIsReusedWithOneReadAndNoWrite() {
    Instant leased = roles.ensure(READ_S3).leaseUntil().orElseThrow();
    aws.advance(Duration.ofMinutes(29));
    aws.forgetCalls();

    EnsuredRole again = roles.ensure(READ_S3);

    assertThat(aws.operations()).containsExactly("GetRole");
    assertThat(again.outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
    assertThat(again.leaseUntil()).contains(leased);
  }

  @Test
  void aLeaseOfWhichLessThanHalfIsLeftIsRenewedAndLookedAtOnceMore() {
    roles.ensure(READ_S3);
    aws.advance(Duration.ofMinutes(31));
    aws.forgetCalls();

    EnsuredRole again = roles.ensure(READ_S3);

    assertThat(aws.operations()).containsExactly("GetRole", "TagRole", "GetRole");
    assertThat(again.leaseUntil()).contains(aws.clock().instant().plus(Duration.ofHours(1)));
  }

  @Test
  void aLeaseThatLandsOnARoleMadeAgainMeanwhileDoesNotMakeThatOneWhole() {
    roles.ensure(READ_S3);
    aws.advance(Duration.ofMinutes(31));
    aws.faults(beforeTheFirst("TagRole", this::replaceByAHalfMadeOne));

    EnsuredRole ensured = roles.ensure(READ_S3);

    assertThat(ensured.outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
    assertThat(aws.role(NAME).orElseThrow().inlinePolicies()).hasSize(1);
    assertThat(aws.role(NAME).orElseThrow().tag("spawn:leased-id"))
        .contains(aws.role(NAME).orElseThrow().id());
  }

  private void replaceByAHalfMadeOne() {
    aws.deleteRole(NAME);
    aws.givenRole(
        NAME,
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .boundary(RoleRequests.CONTEXT.defaultBoundary())
                .tag("spawn:managed", "true")
                .tag("spawn:policies", READ_S3.permissions().hash().hex()));
  }

  private static Faults beforeTheFirst(String operation, Runnable happening) {
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

  @Test
  void aRenewedLeaseThatIamDoesNotShowYetIsWaitedFor() {
    // A read shows the old tags or the new ones by chance, which the seed draws.
    assertThat(IntStream.range(0, 50).mapToObj(RolesTest::renewedWhileReadsLag))
        .contains("IAM does not yet show that the lease of role " + NAME + " has been renewed.")
        .contains("renewed")
        .hasSize(50);
  }

  private static String renewedWhileReadsLag(int seed) {
    SimulatedAws lagging = SimulatedAws.seeded(seed);
    Roles roles =
        new Roles(lagging.iam(), RoleRequests.OWNER, lagging.clock(), LeaseTerms.STANDARD);
    roles.ensure(READ_S3);
    lagging.advance(Duration.ofMinutes(31));
    lagging.iamReadsLagUpTo(Duration.ofSeconds(30));
    try {
      Instant until = roles.ensure(READ_S3).leaseUntil().orElseThrow();
      return until.equals(lagging.clock().instant().plus(Duration.ofHours(1))) ? "renewed" : "old";
    } catch (NotVisibleYet notYet) {
      return notYet.getMessage();
    }
  }

  @Test
  void aHalfMadeRoleIsCompletedBeforeItIsUsed() {
    aws.faults(Faults.crashBefore(3));
    assertThatThrownBy(() -> roles.ensure(READ_S3)).isInstanceOf(Error.class);
    assertThat(aws.role(NAME).orElseThrow().inlinePolicies()).isEmpty();
    aws.faults(Faults.NONE);

    EnsuredRole ensured = roles.ensure(READ_S3);

    assertThat(ensured.outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
    assertThat(aws.role(NAME).orElseThrow().inlinePolicies()).hasSize(1);
    assertThat(aws.role(NAME).orElseThrow().tag("spawn:lease-until")).isPresent();
  }

  @Test
  void aHalfMadeRoleThatHoldsWhatItShouldNotIsLeftForTheNextName() {
    aws.faults(Faults.crashBefore(3));
    assertThatThrownBy(() -> roles.ensure(READ_S3)).isInstanceOf(Error.class);
    aws.faults(Faults.NONE);
    attachMore(NAME);

    EnsuredRole ensured = roles.ensure(READ_S3);

    assertThat(ensured.role().name()).isEqualTo(READ_S3.names().get(1));
    assertThat(aws.role(ensured.role().name()).orElseThrow().attachedPolicies()).isEmpty();
    assertThat(aws.role(NAME).orElseThrow().inlinePolicies()).isEmpty();
  }

  @Test
  void aHalfMadeNamedRoleThatHoldsWhatItShouldNotIsAConflict() {
    RoleRequest reports = RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}");
    aws.faults(Faults.crashBefore(4));
    assertThatThrownBy(() -> roles.ensure(reports)).isInstanceOf(Error.class);
    aws.faults(Faults.NONE);
    attachMore("reports");
    aws.forgetCalls();

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(reports))
        .withMessageContaining("its managed policies are [arn:aws:iam::aws:policy/ReadOnlyAccess]");
    assertThat(aws.writes()).isEmpty();
  }

  private void attachMore(String role) {
    aws.personsIam()
        .attachRolePolicy(
            attach -> attach.roleName(role).policyArn("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    aws.settle();
  }

  @Test
  void aMarkedRoleIsLeftAloneAndTheNextNameIsTaken() {
    roles.ensure(READ_S3);
    aws.personsIam()
        .tagRole(
            tag ->
                tag.roleName(NAME).tags(Tags.of(Tags.DELETING, aws.clock().instant().toString())));
    SimulatedRole marked = aws.role(NAME).orElseThrow();

    EnsuredRole ensured = roles.ensure(READ_S3);

    assertThat(ensured.role().name())
        .isEqualTo(READ_S3.names().get(1))
        .hasSize("spawn-instance-".length() + 16);
    assertThat(aws.role(NAME)).contains(marked);
  }

  @Test
  void anotherRoleUnderTheSameEightDigitsIsLeftAloneAndTheNextNameIsTaken() {
    aws.givenRole(
        NAME,
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .boundary(RoleRequests.CONTEXT.defaultBoundary())
                .tag("spawn:managed", "true")
                .tag("spawn:policies", "f".repeat(64)));

    assertThat(roles.ensure(READ_S3).role().name()).isEqualTo(READ_S3.names().get(1));
  }

  @Test
  void whenAllGeneratedNamesAreMarkedTheRoleIsBeingDeleted() {
    for (String name : READ_S3.names()) {
      aws.givenRole(
          name,
          role ->
              role.path("/spawn/spawn/us-east-1/")
                  .boundary(RoleRequests.CONTEXT.defaultBoundary())
                  .tag("spawn:managed", "true")
                  .tag("spawn:policies", READ_S3.permissions().hash().hex())
                  .tag("spawn:deleting", aws.clock().instant().toString()));
    }

    assertThatExceptionOfType(RoleBeingDeleted.class)
        .isThrownBy(() -> roles.ensure(READ_S3))
        .withMessageContaining("half an hour");
  }

  @Test
  void aNamedRoleThatIsMarkedCannotBeRenamed() {
    RoleRequest named = RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}");
    roles.ensure(named);
    aws.personsIam()
        .tagRole(
            tag ->
                tag.roleName("reports")
                    .tags(Tags.of(Tags.DELETING, aws.clock().instant().toString())));

    assertThatExceptionOfType(RoleBeingDeleted.class).isThrownBy(() -> roles.ensure(named));
  }

  @Test
  void aRoleOfTheUsersOwnIsUsedAsItIs() {
    SimulatedRole own = aws.givenRole("my-own-role", role -> role.path("/team/"));

    EnsuredRole ensured = roles.ensure(RoleRequests.named("my-own-role", "{}"));

    assertThat(ensured.outcome()).isEqualTo(EnsuredRole.Outcome.EXISTING);
    assertThat(ensured.leaseUntil()).isEmpty();
    assertThat(aws.writes()).isEmpty();
    assertThat(aws.role("my-own-role")).contains(own);
  }

  @Test
  void aRoleOfTheUsersOwnIsNeverAdoptedForDescribedPolicies() {
    SimulatedRole own = aws.givenRole("my-own-role");

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(
            () -> roles.ensure(RoleRequests.named("my-own-role", "{'policies': ['s3:ReadOnly']}")))
        .withMessageContaining("not made by this stack")
        .withMessageContaining(own.arn());
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleUnderTheStacksPathWithoutItsTagIsNotTheStacks() {
    SimulatedRole found = aws.givenRole(NAME, role -> role.path("/spawn/spawn/us-east-1/"));

    assertThat(roles.ensure(READ_S3).role().name()).isEqualTo(READ_S3.names().get(1));
    assertThat(aws.role(NAME)).contains(found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/spawn/",
        "/spawn/spawn/",
        "/spawn/spawn/eu-west-1/",
        "/spawn/other/us-east-1/",
        "/spawn/spawn/us-east-1/below/"
      })
  void aRoleWithSpawnsTagUnderAnotherPathIsAnotherStacks(String path) {
    SimulatedRole others = aws.givenRole(NAME, role -> asIfMadeFor(READ_S3, role.path(path)));

    assertThat(roles.ensure(READ_S3).role().name()).isEqualTo(READ_S3.names().get(1));
    assertThat(aws.role(NAME)).contains(others);
    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named(NAME, "{'policies': ['s3:ReadOnly']}")))
        .withMessageContaining(others.arn());
  }

  private static GivenRole asIfMadeFor(RoleRequest request, GivenRole role) {
    return role.boundary(request.permissions().permissionsBoundary())
        .tag("spawn:managed", "true")
        .tag("spawn:policies", request.hash().hex());
  }

  @Test
  void aGeneratedRoleBehindAnotherBoundaryGetsASuccessor() {
    aws.givenRole(
        NAME,
        role ->
            asIfMadeFor(READ_S3, role.path(RoleRequests.OWNER.path()))
                .boundary("arn:aws:iam::123456789012:policy/former"));

    EnsuredRole ensured = roles.ensure(READ_S3);

    assertThat(ensured.role().name()).isEqualTo(READ_S3.names().get(1));
    assertThat(aws.role(ensured.role().name()).orElseThrow().permissionsBoundary())
        .contains(READ_S3.permissions().permissionsBoundary());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNamedRoleBehindAnotherBoundarySaysHowItIsBroughtUnderThePresentOne(boolean managed) {
    aws.givenRole(
        "reports",
        role -> {
          role.path(RoleRequests.OWNER.path());
          if (managed) {
            role.boundary("arn:aws:iam::123456789012:policy/former").tag("spawn:managed", "true");
          }
        });

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named("reports", "{}")))
        .withMessageContaining(
            "aws iam put-role-permissions-boundary --role-name reports --permissions-boundary "
                + RoleRequests.CONTEXT.defaultBoundary());
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aNamedRoleThatWasBroughtUnderThePresentBoundaryIsUsedAgain() {
    RoleRequest reports = RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}");
    roles.ensure(reports);
    aws.personsIam()
        .putRolePermissionsBoundary(
            put -> put.roleName("reports").permissionsBoundary("arn:aws:iam::aws:policy/former"));
    aws.settle();
    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(reports))
        .withMessageContaining(
            "aws iam tag-role --role-name reports --tags Key=spawn:policies,Value="
                + reports.hash().hex());

    aws.personsIam()
        .putRolePermissionsBoundary(
            put ->
                put.roleName("reports")
                    .permissionsBoundary(reports.permissions().permissionsBoundary()));
    aws.settle();

    assertThat(roles.ensure(reports).outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/spawn/other/us-east-1/", "/spawn/spawn/eu-west-1/"})
  void aRoleOfOthersThatTheOwnerDoesNotListIsTheCallersMistake(String path) {
    SimulatedRole others = aws.givenRole("admin", role -> role.path(path));
    RoleRequest named = RoleRequests.named("admin", "{}");

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> roles.ensure(passing(named, "arn:aws:iam::123456789012:role/jobs/*")))
        .withMessageContaining(
            "$.iam.role: Role \"admin\" (" + others.arn() + ") is not this stack's");
    assertThat(aws.writes()).isEmpty();
    assertThat(roles.ensure(passing(named, "arn:aws:iam::123456789012:role/jobs/*", others.arn())))
        .extracting(EnsuredRole::outcome)
        .isEqualTo(EnsuredRole.Outcome.EXISTING);
  }

  private static RoleRequest passing(RoleRequest request, String... roles) {
    return new RoleRequest(
        request.names(),
        request.permissions(),
        request.described(),
        request.tags(),
        request.creator(),
        request.paths(),
        request.boundaries(),
        new ArnPatterns(List.of(roles)),
        request.roleOnly());
  }

  @Test
  void aRoleThatEc2MayNotAssumeIsNotUsedByItsName() {
    aws.givenRole(
        "tasks",
        role ->
            role.path(RoleRequests.OWNER.path())
                .boundary(RoleRequests.CONTEXT.defaultBoundary())
                .tag("spawn:managed", "true")
                .tag("spawn:set", "etl")
                .trustPolicy(
                    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                        + "{\"Service\":\"ecs-tasks.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"));

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named("tasks", "{}")))
        .withMessageContaining("$.iam.role: Role \"tasks\" does not trust ec2.amazonaws.com");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleThatNoInstanceIsToGetIsNotLeasedAgain() {
    RoleRequest reports = RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}");
    roles.ensure(reports);
    aws.advance(Duration.ofDays(1));
    aws.forgetCalls();

    EnsuredRole again = roles.ensure(reports.withoutInstance());

    assertThat(again.outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void theTagsOfACallerAreNotPutOnTheRoleOfAnother() {
    RoleRequest tagged =
        RoleRequest.described(
            RoleRequests.OWNER.generatedNames(
                RoleRequest.hash(READ_S3.permissions(), Map.of("team", "finance"))),
            READ_S3.permissions(),
            Map.of("team", "finance"),
            "another",
            READ_S3.paths());

    String theirs = roles.ensure(tagged).role().name();
    String ours = roles.ensure(READ_S3).role().name();

    assertThat(ours).isNotEqualTo(theirs);
    assertThat(aws.role(ours).orElseThrow().tags()).doesNotContainKey("team");
  }

  @Test
  void whileTheAccountIsNearlyFullOnlyRolesThatTheSweepRemovesAreMade() {
    aws.rolesQuota(20);
    IntStream.range(0, 18).forEach(i -> aws.givenRole("some-" + i));

    assertThatExceptionOfType(QuotaExceeded.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named("reports", "{}")))
        .withMessageContaining("18 of 20 roles");
    assertThatExceptionOfType(QuotaExceeded.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.of("{'trustServices': ['ec2', 'lambda']}")));
    assertThat(aws.writes()).isEmpty();
    assertThat(roles.ensure(READ_S3).outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spawn-instance-0123abcd",
        "SPAWN-INSTANCE-0123ABCD",
        "spored-instance-role",
        "Spored-Instance-Role",
        "spored-instance-role-0123abcd"
      })
  void aNameThatSpawnGivesCannotBeTakenByAPayload(String name) {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named(name, "{'policies': ['s3:ReadOnly']}")))
        .withMessageContaining("$.iam.role");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aConflictWithOneOfSpawnsRolesSaysWhoseItIsAndWhatDiffers() {
    roles.ensure(RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}"));
    aws.forgetCalls();

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(
            () ->
                roles.ensure(
                    RoleRequests.named(
                        "reports",
                        "{'policies': ['s3:WriteOnly'], 'maxSessionDuration': 7200, 'trustServices': ['ec2', 'ecs-tasks'],"
                            + " 'managedPolicies': ['arn:aws:iam::aws:policy/ReadOnlyAccess']}")))
        .withMessageContainingAll(
            "for tester",
            "trust policy",
            "longest session",
            "managed policies",
            "inline policy differs");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleThatIsDeletedWhileItsConflictIsDescribedIsLookedForAgain() {
    roles.ensure(RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}"));
    aws.faults(beforeTheFirst("ListRolePolicies", () -> aws.deleteRole("reports")));
    RoleRequest other = RoleRequests.named("reports", "{'policies': ['s3:WriteOnly']}");

    assertThatExceptionOfType(NotVisibleYet.class).isThrownBy(() -> roles.ensure(other));
    assertThat(roles.ensure(other).outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
  }

  @Test
  void theSamePermissionsUnderTheSameGivenNameAreReused() {
    RoleRequest named = RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}");
    roles.ensure(named);

    assertThat(roles.ensure(named).outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
  }

  @Test
  void oneOfSpawnsNamedRolesIsReusedByItsNameAlone() {
    roles.ensure(RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}"));

    EnsuredRole ensured = roles.ensure(RoleRequests.named("reports", "{}"));

    assertThat(ensured.outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
    assertThat(ensured.leaseUntil()).isPresent();
  }

  @Test
  void aHalfMadeNamedRoleIsNotUsedWithoutItsPolicies() {
    aws.faults(Faults.crashBefore(4));
    assertThatThrownBy(
            () -> roles.ensure(RoleRequests.named("reports", "{'policies': ['s3:ReadOnly']}")))
        .isInstanceOf(Error.class);
    aws.faults(Faults.NONE);

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named("reports", "{}")))
        .withMessageContaining("never finished");
  }

  @Test
  void aGeneratedNameCannotBeChosenForANewRole() {
    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.named("spawn-instance-0123abcd", "{}")))
        .withMessageContaining("$.iam.role");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aManagedPolicyThatDoesNotExistIsTheCallersMistake() {
    String missing = "arn:aws:iam::123456789012:policy/nope";
    aws.missingPolicy(missing);

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(() -> roles.ensure(RoleRequests.of("{'managedPolicies': ['" + missing + "']}")))
        .withMessageContaining("$.iam.managedPolicies")
        .withMessageContaining(missing);
  }

  @Test
  void policiesThatCannotBeAttachedAreAllToldBeforeTheRoleIsMade() {
    String missing = "arn:aws:iam::123456789012:policy/repots-read";
    String kept = "arn:aws:iam::123456789012:policy/aws-service-role/kept";
    aws.missingPolicy(missing);

    assertThatExceptionOfType(InvalidRequest.class)
        .isThrownBy(
            () ->
                roles.ensure(
                    RoleRequests.named(
                        "reports", "{'managedPolicies': ['%s', '%s']}".formatted(missing, kept))))
        .withMessageContainingAll(
            "There is no managed policy " + missing, kept, "cannot be attached");
    assertThat(aws.writes()).isEmpty();
  }

  /** What IAM may say for good to the first write of a new role, by the call that it refuses. */
  static Stream<Arguments> finalRefusals() {
    return Stream.of(
        arguments("PutRolePolicy", AwsErrors.malformedPolicyDocument("The policy failed parsing")),
        arguments("PutRolePolicy", AwsErrors.limitExceeded("Maximum policy size exceeded")),
        arguments("PutRolePolicy", AwsErrors.accessDenied("iam:PutRolePolicy")),
        arguments("PutRolePolicy", AwsErrors.invalidInput("The policy is not valid.")),
        arguments("AttachRolePolicy", AwsErrors.limitExceeded("PoliciesPerRole: 10")),
        arguments("AttachRolePolicy", AwsErrors.policyNotAttachable("Cannot attach it.")),
        arguments("AttachRolePolicy", AwsErrors.invalidInput("The ARN is not valid.")),
        arguments("AttachRolePolicy", AwsErrors.accessDenied("iam:AttachRolePolicy")));
  }

  @ParameterizedTest
  @MethodSource("finalRefusals")
  void aNamedRoleWhosePoliciesIamRefusedIsCompletedWithTheMendedOnes(
      String operation, RuntimeException refusal) {
    refused(operation, refusal, REFUSED);
    aws.advance(Duration.ofSeconds(30));

    assertThatExceptionOfType(RoleUnfinished.class)
        .isThrownBy(() -> roles.ensure(MENDED))
        .withMessageContaining("reports");
    aws.advance(Claim.WAIT);
    EnsuredRole ensured = roles.ensure(MENDED);

    assertThat(ensured.outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
    assertThat(ensured.role().tags())
        .containsEntry("spawn:policies", MENDED.permissions().hash().hex());
    assertHoldsTheMended();
    assertThat(roles.ensure(MENDED).outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
    assertThat(roles.ensure(BY_NAME).outcome()).isEqualTo(EnsuredRole.Outcome.REUSED);
  }

  private static final RoleRequest REFUSED =
      RoleRequests.named(
          "reports",
          "{'policies': ['s3:ReadOnly'], 'managedPolicies': ['arn:aws:iam::123456789012:policy/p']}");
  private static final RoleRequest MENDED =
      RoleRequests.named(
          "reports",
          "{'policies': ['sqs:ReadOnly'], 'managedPolicies': ['arn:aws:iam::123456789012:policy/q']}");
  private static final RoleRequest BY_NAME = RoleRequests.named("reports", "{}");

  private void refused(String operation, RuntimeException refusal, RoleRequest request) {
    aws.faults(Faults.beforeFirst(operation, () -> refusal));
    assertThatThrownBy(() -> roles.ensure(request)).isInstanceOf(RuntimeException.class);
    aws.faults(Faults.NONE);
    aws.settle();
  }

  private void assertHoldsTheMended() {
    SimulatedRole role = aws.role("reports").orElseThrow();
    assertThat(role.tag("spawn:policies")).contains(MENDED.permissions().hash().hex());
    assertThat(json(role.inlinePolicies().get("spawn")))
        .isEqualTo(MENDED.permissions().inlinePolicy().toJson());
    assertThat(role.attachedPolicies())
        .containsExactlyElementsOf(MENDED.permissions().managedPolicyArns());
  }

  @Test
  void whenTheAccountIsMendedInsteadTheSamePayloadCompletesTheRoleAtOnce() {
    refused("PutRolePolicy", AwsErrors.accessDenied("iam:PutRolePolicy"), REFUSED);

    assertThat(roles.ensure(REFUSED).outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
  }

  @Test
  void aRoleThatIsClaimedIsNotCompletedAtOnceWithWhatItWasMadeFor() {
    refused("PutRolePolicy", AwsErrors.malformedPolicyDocument("no"), REFUSED);
    assertThatThrownBy(() -> roles.ensure(MENDED)).isInstanceOf(RoleUnfinished.class);

    assertThatExceptionOfType(RoleUnfinished.class)
        .isThrownBy(() -> roles.ensure(REFUSED))
        .withMessageContaining("another launch");
    aws.advance(Claim.WAIT);
    roles.ensure(MENDED);
    assertThatExceptionOfType(RoleConflict.class).isThrownBy(() -> roles.ensure(REFUSED));
    assertHoldsTheMended();
  }

  @Test
  void aClaimThatNobodyFollowsUpGivesWayToTheNextOne() {
    RoleRequest third = RoleRequests.named("reports", "{'policies': ['sns:ReadOnly']}");
    refused("PutRolePolicy", AwsErrors.malformedPolicyDocument("no"), REFUSED);
    assertThatThrownBy(() -> roles.ensure(third)).isInstanceOf(RoleUnfinished.class);
    aws.advance(Claim.WAIT);
    refused("PutRolePolicy", AwsErrors.malformedPolicyDocument("no"), third);

    assertThatThrownBy(() -> roles.ensure(MENDED)).isInstanceOf(RoleUnfinished.class);
    aws.advance(Claim.GRACE);
    assertThatThrownBy(() -> roles.ensure(MENDED)).isInstanceOf(RoleUnfinished.class);
    aws.advance(Claim.WAIT);
    roles.ensure(MENDED);

    assertHoldsTheMended();
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "@", "x@2026", "f@2126-01-01T00:00:00Z"})
  void aClaimThatNoLaunchHasWrittenIsReplaced(String value) {
    refused("PutRolePolicy", AwsErrors.malformedPolicyDocument("no"), REFUSED);
    aws.personsIam().tagRole(tag -> tag.roleName("reports").tags(Tags.of(Tags.CLAIM, value)));
    aws.settle();

    assertThatThrownBy(() -> roles.ensure(MENDED)).isInstanceOf(RoleUnfinished.class);
    aws.advance(Claim.WAIT);
    roles.ensure(MENDED);

    assertHoldsTheMended();
  }

  @Test
  void aRoleOfAnOlderVersionThatWasNeverFinishedIsCompletedTheSameWay() {
    aws.givenRole(
        "reports",
        role ->
            role.path("/spawn/spawn/us-east-1/")
                .trustPolicy(MENDED.permissions().trustPolicy().toString())
                .boundary(MENDED.permissions().permissionsBoundary())
                .boundary(RoleRequests.CONTEXT.defaultBoundary())
                .tag("spawn:managed", "true")
                .tag("spawn:policies", REFUSED.permissions().hash().hex())
                .age(Duration.ofDays(9)));

    assertThatThrownBy(() -> roles.ensure(MENDED)).isInstanceOf(RoleUnfinished.class);
    aws.advance(Claim.WAIT);
    roles.ensure(MENDED);

    assertHoldsTheMended();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'trustServices': ['ec2', 'ecs-tasks']; its trust policy differs",
        "'maxSessionDuration': 7200; its longest session is 3600 s, not 7200 s"
      })
  void whatNoLaunchChangesIsSaidAtOnceWithWhatHelps(String more, String difference) {
    refused("PutRolePolicy", AwsErrors.malformedPolicyDocument("no"), REFUSED);
    aws.forgetCalls();

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(
            () ->
                roles.ensure(
                    RoleRequests.named("reports", "{'policies': ['sqs:ReadOnly'], " + more + "}")))
        .withMessageContainingAll(
            "is not finished", difference, "another role name", "{\"roleNames\": [\"reports\"]}")
        .withMessageNotContaining("leave out the policies");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void whatAHalfMadeRoleHoldsTooMuchIsSaidAtOnce() {
    refused("AttachRolePolicy", AwsErrors.policyNotAttachable("no"), REFUSED);
    aws.forgetCalls();

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(
            () ->
                roles.ensure(
                    RoleRequests.named(
                        "reports", "{'managedPolicies': ['arn:aws:iam::123456789012:policy/q']}")))
        .withMessageContaining("it has an inline policy, and the payload asks for none");
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aRoleThatHasBeenWholeIsMadeWholeOnlyAsItWas() {
    roles.ensure(REFUSED);
    aws.personsIam().untagRole(untag -> untag.roleName("reports").tagKeys(Tags.LEASE_UNTIL));
    aws.forgetCalls();

    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(MENDED))
        .withMessageContaining("its removal was begun");
    assertThatExceptionOfType(RoleConflict.class)
        .isThrownBy(() -> roles.ensure(BY_NAME))
        .withMessageContaining("Launch once with the policies that it had");
    assertThat(aws.writes()).isEmpty();
    assertThat(roles.ensure(REFUSED).outcome()).isEqualTo(EnsuredRole.Outcome.CREATED);
  }

  @Test
  void aNameThatIsTakenButNotShownIsTriedAgainLater() {
    int notShown = 0;
    for (long seed = 0; seed < 50; seed++) {
      SimulatedAws lagging = SimulatedAws.seeded(seed).iamReadsLagUpTo(Duration.ofSeconds(30));
      Roles late =
          new Roles(lagging.iam(), RoleRequests.OWNER, lagging.clock(), LeaseTerms.STANDARD);
      lagging.faults(Faults.crashAfter(2));
      assertThatThrownBy(() -> late.ensure(READ_S3)).isInstanceOf(Error.class);
      lagging.faults(Faults.NONE);
      try {
        late.ensure(READ_S3);
      } catch (NotVisibleYet expected) {
        notShown++;
      }
      lagging.advance(Duration.ofSeconds(31));
      late.ensure(READ_S3);
      assertThat(lagging.roles()).as("seed %d", seed).hasSize(1);
      assertThat(lagging.role(NAME).orElseThrow().inlinePolicies()).hasSize(1);
    }
    assertThat(notShown).isPositive();
  }

  @Test
  void wheneverTheMakingStopsTheNextTryEndsWithTheSameRole() {
    SimulatedRole whole = roleAfter(SimulatedAws.create());
    for (int call = 1; call <= 4; call++) {
      for (Faults stop : new Faults[] {Faults.crashBefore(call), Faults.crashAfter(call)}) {
        SimulatedAws other = SimulatedAws.create().faults(stop);
        assertThatThrownBy(
                () ->
                    new Roles(other.iam(), RoleRequests.OWNER, other.clock(), LeaseTerms.STANDARD)
                        .ensure(READ_S3))
            .as("stopped at call %d", call)
            .isInstanceOf(Error.class);
        other.faults(Faults.NONE);

        SimulatedRole role = roleAfter(other);
        assertThat(role.tags()).isEqualTo(whole.tags());
        assertThat(role.inlinePolicies()).isEqualTo(whole.inlinePolicies());
        assertThat(other.roles()).hasSize(1);
      }
    }
  }

  private static SimulatedRole roleAfter(SimulatedAws aws) {
    new Roles(aws.iam(), RoleRequests.OWNER, aws.clock(), LeaseTerms.STANDARD).ensure(READ_S3);
    return aws.role(NAME).orElseThrow();
  }

  @Test
  void aFullAccountIsToldHowManyRolesItHas() {
    aws.givenRole("one");
    aws.rolesQuota(1);

    assertThatExceptionOfType(QuotaExceeded.class)
        .isThrownBy(() -> roles.ensure(READ_S3))
        .withMessageContaining("1 of 1 roles");
    assertThat(aws.roles()).hasSize(1);
  }

  @Test
  void moreManagedPoliciesThanTheAccountAllowsAreRefusedBeforeTheRoleIsMade() {
    assertThatExceptionOfType(QuotaExceeded.class)
        .isThrownBy(() -> roles.ensure(withManagedPolicies(11)))
        .withMessageContaining("11 managed policies, and the account's quota is 10 a role");
    assertThat(aws.operations()).containsExactly("GetRole", "GetAccountSummary");
  }

  @Test
  void aRaisedQuotaOfManagedPoliciesIsUsed() {
    aws.attachedPoliciesQuota(20);

    roles.ensure(withManagedPolicies(20));

    assertThat(aws.roles().get(0).attachedPolicies()).hasSize(20);
  }

  @Test
  void asManyManagedPoliciesAsEveryAccountAllowsAreNotCounted() {
    roles.ensure(withManagedPolicies(10));

    assertThat(aws.operations()).doesNotContain("GetAccountSummary");
  }

  @Test
  void aRoleThatPeopleHaveFilledUpIsToldTheQuota() {
    aws.attachedPoliciesQuota(1);

    assertThatExceptionOfType(QuotaExceeded.class)
        .isThrownBy(() -> roles.ensure(withManagedPolicies(2)))
        .withMessageContaining("2 managed policies, and the account's quota is 1 a role");
  }

  private static RoleRequest withManagedPolicies(int count) {
    return RoleRequests.of(
        IntStream.range(0, count)
            .mapToObj("'arn:aws:iam::123456789012:policy/p%d'"::formatted)
            .collect(Collectors.joining(", ", "{'managedPolicies': [", "]}")));
  }

  @Test
  void aPolicyOverItsSizeIsToldWhatIamSays() {
    aws.faults(
        Faults.beforeFirst(
            "PutRolePolicy",
            () -> AwsErrors.limitExceeded("Maximum policy size of 10240 bytes exceeded")));

    assertThatExceptionOfType(LimitExceededException.class)
        .isThrownBy(() -> roles.ensure(READ_S3))
        .withMessageContaining("Maximum policy size");
  }

  @Test
  void theCallersTagsStandBesideSpawns() {
    Map<String, String> tags = new TreeMap<>(new HashMap<>(Map.of("team", "data")));
    roles.ensure(
        new RoleRequest(
            READ_S3.names(),
            READ_S3.permissions(),
            true,
            tags,
            "Jürgen (CI), #7",
            READ_S3.paths(),
            READ_S3.boundaries(),
            null,
            false));

    assertThat(aws.role(NAME).orElseThrow().tags())
        .containsEntry("team", "data")
        .containsEntry("spawn:creator", "Jürgen _CI__ _7");
  }
}
