package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static spawn.aws.Errors.assertRefused;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.EvaluationResult;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Statement;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;
import software.amazon.awssdk.services.iam.model.Tag;

/** IAM's rules as sentences that hold for any IAM whose reads show each write at once. */
abstract class IamRules {
  static final String DOCUMENT =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
          + "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::a/b c+*~\"}]}";

  static final String READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";

  abstract IamClient iam();

  /**
   * Returns the same IAM for a caller whose rights are those of spawn's functions: on what exists
   * under {@code /spawn/}, and GetRole and GetInstanceProfile on every path.
   */
  abstract IamClient iamBoundToSpawnsPath();

  /** Makes a service-linked role, and returns its name. */
  abstract String givenServiceLinkedRole();

  /** Returns the ARN of a managed policy that is not there. */
  abstract String absentPolicy();

  // Roles

  @Test
  void aNewRoleHasAnIdAnArnWithItsPathAndASessionOfAnHour() {
    Role role = createRole("worker", "/spawn/");

    assertThat(role.roleId()).matches("AROA[A-Z0-9]{17}");
    assertThat(role.arn()).matches("arn:aws:iam::\\d{12}:role/spawn/worker");
    assertThat(role.maxSessionDuration()).isEqualTo(3_600);
  }

  @Test
  void datesAreWholeSeconds() {
    Instant role = createRole("worker", "/").createDate();
    Instant profile = createProfile("worker").createDate();

    assertThat(role).isEqualTo(role.truncatedTo(ChronoUnit.SECONDS));
    assertThat(profile).isEqualTo(profile.truncatedTo(ChronoUnit.SECONDS));
  }

  @Test
  void aTrustPolicyComesBackUrlEncodedWithoutPlusForSpace() {
    createRole("worker", "/");
    String document = role("worker").assumeRolePolicyDocument();

    assertThat(document).startsWith("%7B%22Version").doesNotContain("+", "{", "\"");
    assertThat(decoded(document)).isEqualTo(GivenRole.TRUSTS_EC2);
  }

  @Test
  void aRoleNameIsTakenInEveryCaseAndUnderEveryPath() {
    createRole("Worker", "/spawn/");

    assertRefused(
        () -> createRole("worker", "/other/"),
        "EntityAlreadyExists",
        409,
        "Role with name worker already exists.");
  }

  @Test
  void rolesAndProfilesMayShareAName() {
    createRole("worker", "/");
    createProfile("worker");

    assertThat(role("worker").roleName()).isEqualTo(profile("worker").instanceProfileName());
  }

  @Test
  void aRoleNameKeepsToItsCharactersAndLength() {
    createRole("a".repeat(64), "/");
    createRole("A1_+=,.@-", "/");

    assertRefused(() -> createRole("a".repeat(65), "/"), "ValidationError", 400);
    assertRefused(() -> createRole("with space", "/"), "ValidationError", 400);
    assertRefused(() -> createRole("with/slash", "/"), "ValidationError", 400);
  }

  @Test
  void aPathBeginsAndEndsWithASlash() {
    assertRefused(() -> createRole("worker", "spawn/"), "ValidationError", 400);
    assertRefused(() -> createRole("worker", "/spawn"), "ValidationError", 400);
    createRole("worker", "/spawn/*?/");
  }

  @Test
  void aSessionLastsAnHourToTwelve() {
    assertRefused(() -> createRoleLasting(3_599), "ValidationError", 400);
    assertRefused(() -> createRoleLasting(43_201), "ValidationError", 400);
    createRoleLasting(43_200);
  }

  @Test
  void aDescriptionHoldsAThousandCharactersOfLatinOne() {
    describe("worker", "ÿ".repeat(1_000));

    assertThat(role("worker").description()).isEqualTo("ÿ".repeat(1_000));
    assertRefused(() -> describe("other", "a".repeat(1_001)), "ValidationError", 400);
    assertRefused(() -> describe("other", "Ā"), "ValidationError", 400);
  }

  @Test
  void aTrustPolicyIsJson() {
    assertRefused(() -> createRoleTrusting("{"), "MalformedPolicyDocument", 400);
    assertRefused(() -> createRoleTrusting("{}"), "MalformedPolicyDocument", 400);
  }

  @Test
  void aTrustPolicyNamesAPrincipalAndNoResource() {
    assertRefused(() -> createRoleTrusting(DOCUMENT), "MalformedPolicyDocument", 400);
    assertRefused(
        () ->
            createRoleTrusting(
                GivenRole.TRUSTS_EC2.replace("\"Action\"", "\"Resource\":\"*\",\"Action\"")),
        "MalformedPolicyDocument",
        400);
  }

  @Test
  void aTrustPolicyHasItsOwnSizeWithoutWhiteSpace() {
    int rest = IamLimits.TRUST_POLICY_SIZE - IamLimits.size(trustWithSid(""));
    createRoleTrusting(trustWithSid("a".repeat(rest)).replace(",", " ,\n\t\r"));

    assertRefused(
        () -> createRoleTrusting(trustWithSid("a".repeat(rest + 1))), "LimitExceeded", 409);
  }

  @Test
  void aRoleThatIsNotThereIsNoSuchEntity() {
    Stream.<ThrowingCallable>of(
            () -> role("worker"),
            () -> iam().deleteRole(request -> request.roleName("worker")),
            () -> iam().updateRole(request -> request.roleName("worker")),
            () -> trust("worker", GivenRole.TRUSTS_EC2),
            () -> bound("worker", READ_ONLY),
            () -> tagRole("worker", "a", "b"),
            () -> iam().untagRole(request -> request.roleName("worker").tagKeys("a")),
            () -> iam().listRoleTags(request -> request.roleName("worker")),
            () -> putPolicy("worker", "p", DOCUMENT),
            () -> iam().listRolePolicies(request -> request.roleName("worker")),
            () -> attach("worker", READ_ONLY),
            () -> iam().listAttachedRolePolicies(request -> request.roleName("worker")))
        .forEach(act -> assertRefused(act, "NoSuchEntity", 404));
  }

  @Test
  void aRoleThatIsNotThereIsInNoProfileToBeListed() {
    assertRefused(
        () -> iam().listInstanceProfilesForRole(request -> request.roleName("worker")),
        "NoSuchEntity",
        404);
  }

  @Test
  void whatIsNotThereIsDeniedToACallerWhoseRightsAreBoundToAPath() {
    createProfile("empty", "/spawn/");
    IamClient bound = iamBoundToSpawnsPath();

    Stream.<ThrowingCallable>of(
            () -> bound.deleteRole(request -> request.roleName("worker")),
            () -> bound.tagRole(request -> request.roleName("worker").tags(tag("a", "b"))),
            () -> bound.untagRole(request -> request.roleName("worker").tagKeys("a")),
            () ->
                bound.putRolePolicy(
                    request -> request.roleName("worker").policyName("p").policyDocument(DOCUMENT)),
            () -> bound.listRolePolicies(request -> request.roleName("worker")),
            () ->
                bound.attachRolePolicy(request -> request.roleName("worker").policyArn(READ_ONLY)),
            () -> bound.listAttachedRolePolicies(request -> request.roleName("worker")),
            () -> bound.listInstanceProfilesForRole(request -> request.roleName("worker")),
            () -> bound.deleteInstanceProfile(request -> request.instanceProfileName("worker")),
            () ->
                bound.addRoleToInstanceProfile(
                    request -> request.instanceProfileName("empty").roleName("worker")))
        .forEach(act -> assertRefused(act, "AccessDenied", 403));
    assertRefused(() -> bound.getRole(request -> request.roleName("worker")), "NoSuchEntity", 404);
    assertRefused(
        () -> bound.getInstanceProfile(request -> request.instanceProfileName("worker")),
        "NoSuchEntity",
        404);
  }

  @Test
  void aPathBindsRightsOnWhatIsThere() {
    createRole("inside", "/spawn/");
    createRole("outside", "/");
    IamClient bound = iamBoundToSpawnsPath();

    bound.tagRole(request -> request.roleName("inside").tags(tag("a", "b")));
    assertRefused(
        () -> bound.tagRole(request -> request.roleName("outside").tags(tag("a", "b"))),
        "AccessDenied",
        403);
    assertThat(bound.getRole(request -> request.roleName("outside")).role().path()).isEqualTo("/");
  }

  @Test
  void listRolesLeavesOutTagsAndBoundary() {
    iam()
        .createRole(
            request ->
                request
                    .roleName("worker")
                    .path("/spawn/")
                    .permissionsBoundary(READ_ONLY)
                    .tags(tag("a", "b"))
                    .assumeRolePolicyDocument(GivenRole.TRUSTS_EC2));

    Role listed = iam().listRoles(request -> request.pathPrefix("/spawn/")).roles().get(0);
    assertThat(listed.hasTags()).isFalse();
    assertThat(listed.permissionsBoundary()).isNull();
    assertThat(listed.createDate()).isNotNull();
    assertThat(role("worker").tags()).containsExactly(tag("a", "b"));
    assertThat(role("worker").permissionsBoundary().permissionsBoundaryArn()).isEqualTo(READ_ONLY);
  }

  @Test
  void listRolesGoesByPathPrefixAndPages() {
    IntStream.range(0, 5).forEach(number -> createRole("worker-" + number, "/spawn/a/"));
    createRole("other", "/");

    assertThat(iam().listRoles(request -> request.pathPrefix("/spaw").maxItems(2)))
        .satisfies(page -> assertThat(page.isTruncated()).isTrue())
        .satisfies(page -> assertThat(page.roles()).hasSizeLessThanOrEqualTo(2));
    assertThat(iam().listRolesPaginator(request -> request.pathPrefix("/spaw").maxItems(2)).roles())
        .extracting(Role::roleName)
        .containsExactlyInAnyOrder("worker-0", "worker-1", "worker-2", "worker-3", "worker-4");
  }

  @Test
  void aPageHoldsOneToAThousand() {
    for (int size : List.of(0, 1_001)) {
      assertRefused(
          () -> iam().listRoles(request -> request.maxItems(size)), "ValidationError", 400);
      assertRefused(
          () -> iam().listInstanceProfiles(request -> request.maxItems(size)),
          "ValidationError",
          400);
    }
  }

  @Test
  void aTrustPolicyIsReplacedWhole() {
    createRole("worker", "/");
    String other = GivenRole.TRUSTS_EC2.replace("ec2.", "batch.");
    trust("worker", other);

    assertThat(decoded(role("worker").assumeRolePolicyDocument())).isEqualTo(other);
  }

  @Test
  void aNewTrustPolicyKeepsToTheRulesOfTheFirst() {
    createRole("worker", "/");

    assertRefused(() -> trust("worker", "{"), "MalformedPolicyDocument", 400);
    assertRefused(() -> trust("worker", DOCUMENT), "MalformedPolicyDocument", 400);
    assertThat(decoded(role("worker").assumeRolePolicyDocument())).isEqualTo(GivenRole.TRUSTS_EC2);
  }

  @Test
  void aRolesDescriptionAndSessionAreUpdated() {
    createRole("worker", "/");
    iam()
        .updateRole(
            request -> request.roleName("worker").description("words").maxSessionDuration(7_200));

    assertThat(role("worker").description()).isEqualTo("words");
    assertThat(role("worker").maxSessionDuration()).isEqualTo(7_200);
    assertThat(decoded(role("worker").assumeRolePolicyDocument())).isEqualTo(GivenRole.TRUSTS_EC2);
  }

  @Test
  void anUpdateThatNamesNoSessionSetsItToAnHour() {
    createRoleLasting(7_200);
    iam().updateRole(request -> request.roleName("lasting-7200").description("words"));

    assertThat(role("lasting-7200").maxSessionDuration()).isEqualTo(3_600);
  }

  @Test
  void anUpdatedSessionLastsAnHourToTwelve() {
    createRole("worker", "/");

    for (int seconds : List.of(3_599, 43_201)) {
      assertRefused(
          () -> iam().updateRole(request -> request.roleName("worker").maxSessionDuration(seconds)),
          "ValidationError",
          400);
    }
  }

  @Test
  void aBoundaryTakesThePlaceOfTheOldOne() {
    createRole("worker", "/");
    bound("worker", "arn:aws:iam::aws:policy/AdministratorAccess");
    bound("worker", READ_ONLY);

    assertThat(role("worker").permissionsBoundary().permissionsBoundaryArn()).isEqualTo(READ_ONLY);
  }

  // Roles of AWS's own

  @Test
  void aServiceLinkedRoleIsChangedByItsServiceOnly() {
    String name = givenServiceLinkedRole();
    createProfile("worker");

    Stream.<ThrowingCallable>of(
            () -> iam().deleteRole(request -> request.roleName(name)),
            () -> iam().updateRole(request -> request.roleName(name).description("words")),
            () -> trust(name, GivenRole.TRUSTS_EC2),
            () -> bound(name, READ_ONLY),
            () -> putPolicy(name, "p", DOCUMENT),
            () -> attach(name, READ_ONLY),
            () -> addRole("worker", name))
        .forEach(act -> assertRefused(act, "UnmodifiableEntity", 400));
  }

  @Test
  void aServiceLinkedRoleMayBeTagged() {
    String name = givenServiceLinkedRole();
    tagRole(name, "a", "b");

    assertThat(role(name).tags()).containsExactly(tag("a", "b"));
    iam().untagRole(request -> request.roleName(name).tagKeys("a"));
    assertThat(role(name).tags()).isEmpty();
  }

  // Deleting

  @Test
  void aRoleWithInlinePoliciesIsNotDeleted() {
    createRole("worker", "/");
    putPolicy("worker", "p", DOCUMENT);

    assertRefused(
        () -> iam().deleteRole(request -> request.roleName("worker")), "DeleteConflict", 409);
    iam().deleteRolePolicy(request -> request.roleName("worker").policyName("p"));
    iam().deleteRole(request -> request.roleName("worker"));
    assertRefused(() -> role("worker"), "NoSuchEntity", 404);
  }

  @Test
  void aRoleWithAttachedPoliciesIsNotDeleted() {
    createRole("worker", "/");
    attach("worker", READ_ONLY);

    assertRefused(
        () -> iam().deleteRole(request -> request.roleName("worker")), "DeleteConflict", 409);
    iam().detachRolePolicy(request -> request.roleName("worker").policyArn(READ_ONLY));
    iam().deleteRole(request -> request.roleName("worker"));
  }

  @Test
  void aRoleInAProfileIsNotDeletedNorIsTheProfile() {
    createRole("worker", "/");
    createProfile("worker");
    addRole("worker", "worker");

    assertRefused(
        () -> iam().deleteRole(request -> request.roleName("worker")), "DeleteConflict", 409);
    assertRefused(
        () -> iam().deleteInstanceProfile(request -> request.instanceProfileName("worker")),
        "DeleteConflict",
        409);
    removeRole("worker", "worker");
    iam().deleteInstanceProfile(request -> request.instanceProfileName("worker"));
    iam().deleteRole(request -> request.roleName("worker"));
  }

  @Test
  void tagsAndABoundaryDoNotKeepARoleFromBeingDeleted() {
    createRole("worker", "/");
    tagRole("worker", "a", "b");
    bound("worker", READ_ONLY);
    iam().deleteRole(request -> request.roleName("worker"));

    assertRefused(() -> role("worker"), "NoSuchEntity", 404);
  }

  @Test
  void whatIsRecreatedHasAnotherId() {
    String firstRole = createRole("worker", "/").roleId();
    String firstProfile = createProfile("worker").instanceProfileId();
    iam().deleteRole(request -> request.roleName("worker"));
    iam().deleteInstanceProfile(request -> request.instanceProfileName("worker"));

    assertThat(firstProfile).matches("AIPA[A-Z0-9]{17}");
    assertThat(createRole("worker", "/").roleId()).isNotEqualTo(firstRole);
    assertThat(createProfile("worker").instanceProfileId()).isNotEqualTo(firstProfile);
  }

  // Tags

  @Test
  void aRolesTagKeysIgnoreCase() {
    createRole("worker", "/");
    tagRole("worker", "Owner", "a");
    tagRole("worker", "owner", "b");

    assertThat(role("worker").tags()).containsExactly(tag("owner", "b"));
    iam().untagRole(request -> request.roleName("worker").tagKeys("OWNER", "absent"));
    assertThat(role("worker").tags()).isEmpty();
  }

  @Test
  void aProfilesTagKeysHeedCase() {
    createProfile("worker");
    iam()
        .tagInstanceProfile(
            request ->
                request.instanceProfileName("worker").tags(tag("Owner", "a"), tag("owner", "b")));

    assertThat(profile("worker").tags()).hasSize(2);
    iam().untagInstanceProfile(request -> request.instanceProfileName("worker").tagKeys("Owner"));
    assertThat(profile("worker").tags()).containsExactly(tag("owner", "b"));
  }

  @Test
  void tagsKeepToIamsCharacters() {
    createRole("worker", "/");
    tagRole("worker", "spawn:a b_.:/=+-@é", "a b_.:/=+-@é");
    tagRole("worker", "empty", "");

    assertRefused(() -> tagRole("worker", "a,b", "c"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a", "b,c"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a*", "b"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a", "b*"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a".repeat(129), "b"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a", "b".repeat(257)), "ValidationError", 400);
  }

  @Test
  void neitherKeysNorValuesBeginWithAws() {
    createRole("worker", "/");

    assertRefused(() -> tagRole("worker", "aws:a", "b"), "InvalidInput", 400);
    assertRefused(() -> tagRole("worker", "a", "aws:b"), "InvalidInput", 400);
  }

  @Test
  void aTagOfTheSameKeyIsReplaced() {
    createRole("worker", "/");
    tagRole("worker", "a", "b");
    tagRole("worker", "c", "d");
    tagRole("worker", "a", "e");

    assertThat(role("worker").tags()).containsExactlyInAnyOrder(tag("a", "e"), tag("c", "d"));
  }

  @Test
  void aRolesTagsAreListedInTheOrderOfTheirKeysAndInPages() {
    createRole("worker", "/");
    for (String key : List.of("c", "a", "b")) {
      tagRole("worker", key, "");
    }

    assertThat(iam().listRoleTags(request -> request.roleName("worker").maxItems(2)))
        .satisfies(page -> assertThat(page.isTruncated()).isTrue());
    assertThat(
            iam().listRoleTagsPaginator(request -> request.roleName("worker").maxItems(2)).tags())
        .extracting(Tag::key)
        .containsExactly("a", "b", "c");
  }

  @Test
  void badTagsLeaveNothingBehind() {
    List<Tag> bad = List.of(tag("good", ""), tag("a", "b,c"));

    assertRefused(
        () ->
            iam()
                .createRole(
                    request ->
                        request
                            .roleName("worker")
                            .tags(bad)
                            .assumeRolePolicyDocument(GivenRole.TRUSTS_EC2)),
        "ValidationError",
        400);
    assertRefused(
        () ->
            iam().createInstanceProfile(request -> request.instanceProfileName("worker").tags(bad)),
        "ValidationError",
        400);
    assertRefused(() -> role("worker"), "NoSuchEntity", 404);
    assertRefused(() -> profile("worker"), "NoSuchEntity", 404);
  }

  @Test
  void oneCallBringsAtMostFiftyTags() {
    List<Tag> many = IntStream.range(0, 51).mapToObj(number -> tag("tag-" + number, "")).toList();

    assertRefused(
        () ->
            iam()
                .createRole(
                    request ->
                        request
                            .roleName("worker")
                            .tags(many)
                            .assumeRolePolicyDocument(GivenRole.TRUSTS_EC2)),
        "ValidationError",
        400);
  }

  @Test
  void aRoleHasAtMostFiftyTags() {
    createRole("worker", "/");
    List<Tag> fifty = IntStream.range(0, 50).mapToObj(number -> tag("tag-" + number, "")).toList();
    iam().tagRole(request -> request.roleName("worker").tags(fifty));

    assertRefused(() -> tagRole("worker", "one-more", ""), "LimitExceeded", 409);
    tagRole("worker", "tag-1", "changed");
    assertThat(role("worker").tags()).hasSize(50).contains(tag("tag-1", "changed"));
  }

  @Test
  void aProfileHasAtMostFiftyTags() {
    createProfile("worker");
    List<Tag> fifty = IntStream.range(0, 50).mapToObj(number -> tag("tag-" + number, "")).toList();
    iam().tagInstanceProfile(request -> request.instanceProfileName("worker").tags(fifty));

    assertRefused(
        () ->
            iam()
                .tagInstanceProfile(
                    request -> request.instanceProfileName("worker").tags(tag("one-more", ""))),
        "LimitExceeded",
        409);
  }

  // Inline policies

  @Test
  void anInlinePolicyComesBackUrlEncoded() {
    createRole("worker", "/");
    putPolicy("worker", "p", DOCUMENT);
    String document =
        iam().getRolePolicy(request -> request.roleName("worker").policyName("p")).policyDocument();

    assertThat(document).contains("b%20c%2B%2A~").doesNotContain("+", "*");
    assertThat(decoded(document)).isEqualTo(DOCUMENT);
    assertThat(iam().listRolePolicies(request -> request.roleName("worker")).policyNames())
        .containsExactly("p");
  }

  @Test
  void anInlinePolicyIsReplacedByItsName() {
    createRole("worker", "/");
    putPolicy("worker", "p", GivenRole.POLICY);
    putPolicy("worker", "p", DOCUMENT);

    assertThat(
            decoded(
                iam()
                    .getRolePolicy(request -> request.roleName("worker").policyName("p"))
                    .policyDocument()))
        .isEqualTo(DOCUMENT);
  }

  @Test
  void anInlinePolicysNameKeepsToItsCharactersAndLength() {
    createRole("worker", "/");
    putPolicy("worker", "A1_+=,.@-", DOCUMENT);
    putPolicy("worker", "a".repeat(128), DOCUMENT);

    assertRefused(() -> putPolicy("worker", "a".repeat(129), DOCUMENT), "ValidationError", 400);
    assertRefused(() -> putPolicy("worker", "with space", DOCUMENT), "ValidationError", 400);
  }

  @Test
  void inlinePoliciesAreListedInPages() {
    createRole("worker", "/");
    for (String name : List.of("a", "b", "c")) {
      putPolicy("worker", name, DOCUMENT);
    }

    assertThat(iam().listRolePolicies(request -> request.roleName("worker").maxItems(2)))
        .satisfies(page -> assertThat(page.isTruncated()).isTrue());
    assertThat(
            iam()
                .listRolePoliciesPaginator(request -> request.roleName("worker").maxItems(2))
                .policyNames())
        .containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void inlinePoliciesShareOneSizeCountedInBytesWithoutWhiteSpace() {
    createRole("worker", "/");
    int rest = IamLimits.INLINE_POLICIES_SIZE - IamLimits.size(withSid(""));
    putPolicy("worker", "p", withSid("a".repeat(rest)).replace(",", " ,\n\t\r"));

    assertRefused(
        () -> putPolicy("worker", "p", withSid("a".repeat(rest + 1))),
        "LimitExceeded",
        409,
        "Maximum policy size of 10240 bytes exceeded for role worker");
    assertRefused(
        () -> putPolicy("worker", "p", withSid("a".repeat(rest - 1) + "é")), "LimitExceeded", 409);
    assertRefused(() -> putPolicy("worker", "second", DOCUMENT), "LimitExceeded", 409);
  }

  @Test
  void aDocumentHoldsNoCharacterAboveLatinOne() {
    createRole("worker", "/");
    putPolicy("worker", "p", withSid("ÿ"));

    assertRefused(() -> putPolicy("worker", "p", withSid("Ā")), "ValidationError", 400);
  }

  @Test
  void anInlinePolicyThatIsNotThereIsNoSuchEntity() {
    createRole("worker", "/");

    assertRefused(
        () -> iam().getRolePolicy(request -> request.roleName("worker").policyName("p")),
        "NoSuchEntity",
        404);
    assertRefused(
        () -> iam().deleteRolePolicy(request -> request.roleName("worker").policyName("p")),
        "NoSuchEntity",
        404);
  }

  @Test
  void anInlinePolicyIsJsonWithStatementsAndNoPrincipal() {
    createRole("worker", "/");

    assertRefused(() -> putPolicy("worker", "p", "{"), "MalformedPolicyDocument", 400);
    assertRefused(() -> putPolicy("worker", "p", "{}"), "MalformedPolicyDocument", 400);
    assertRefused(
        () -> putPolicy("worker", "p", GivenRole.TRUSTS_EC2), "MalformedPolicyDocument", 400);
  }

  // Managed policies

  @Test
  void aPolicyIsAttachedOnceHoweverOftenItIsAskedFor() {
    createRole("worker", "/");
    attach("worker", READ_ONLY);
    attach("worker", READ_ONLY);

    assertThat(
            iam()
                .listAttachedRolePolicies(request -> request.roleName("worker"))
                .attachedPolicies())
        .extracting(AttachedPolicy::policyName)
        .containsExactly("ReadOnlyAccess");
  }

  @Test
  void attachedPoliciesAreListedInPages() {
    createRole("worker", "/");
    List<String> arns = tenPolicies().subList(0, 3);
    arns.forEach(arn -> attach("worker", arn));

    assertThat(iam().listAttachedRolePolicies(request -> request.roleName("worker").maxItems(2)))
        .satisfies(page -> assertThat(page.isTruncated()).isTrue());
    assertThat(
            iam()
                .listAttachedRolePoliciesPaginator(
                    request -> request.roleName("worker").maxItems(2))
                .attachedPolicies())
        .extracting(AttachedPolicy::policyArn)
        .containsExactlyInAnyOrderElementsOf(arns);
  }

  @Test
  void aRoleHasAtMostTenAttachedPoliciesByDefault() {
    createRole("worker", "/");
    tenPolicies().forEach(arn -> attach("worker", arn));

    assertRefused(
        () -> attach("worker", READ_ONLY),
        "LimitExceeded",
        409,
        "Cannot exceed quota for PoliciesPerRole: 10");
  }

  @Test
  void aPolicyThatDoesNotExistIsNeitherFoundNorAttached() {
    createRole("worker", "/");

    assertThat(iam().getPolicy(request -> request.policyArn(READ_ONLY)).policy().arn())
        .isEqualTo(READ_ONLY);
    assertRefused(
        () -> iam().getPolicy(request -> request.policyArn(absentPolicy())), "NoSuchEntity", 404);
    assertRefused(() -> attach("worker", absentPolicy()), "NoSuchEntity", 404);
  }

  @Test
  void theDocumentOfAPolicysDefaultVersionIsUrlEncoded() {
    String version = iam().getPolicy(get -> get.policyArn(READ_ONLY)).policy().defaultVersionId();

    String document =
        iam()
            .getPolicyVersion(get -> get.policyArn(READ_ONLY).versionId(version))
            .policyVersion()
            .document();

    assertThat(document).startsWith("%7B");
    assertThat(URLDecoder.decode(document, StandardCharsets.UTF_8)).contains("\"Statement\"");
    assertRefused(
        () -> iam().getPolicyVersion(get -> get.policyArn(READ_ONLY).versionId("v9999")),
        "NoSuchEntity",
        404);
  }

  private static final String EVERYTHING =
      """
      {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""";

  private EvaluationResult simulated(String action, String resource, Optional<String> boundary) {
    String statements =
        """
        {"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}},
        {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::data/*"},
        {"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::data/secret"}
        ]}""";
    return iam()
        .simulateCustomPolicy(
            simulate ->
                simulate
                    .policyInputList(statements)
                    .permissionsBoundaryPolicyInputList(boundary.orElse(EVERYTHING))
                    .actionNames(action)
                    .resourceArns(resource))
        .evaluationResults()
        .get(0);
  }

  @Test
  void aSimulationTellsOnWhichLineTheStatementStandsThatDecides() {
    EvaluationResult allowed = simulated("s3:PutObject", "arn:aws:s3:::data/a", Optional.empty());
    EvaluationResult denied =
        simulated("s3:PutObject", "arn:aws:s3:::data/secret", Optional.empty());

    assertThat(allowed.evalDecisionAsString()).isEqualTo("allowed");
    assertThat(allowed.matchedStatements())
        .extracting(Statement::sourcePolicyId, each -> each.startPosition().line())
        .containsExactly(tuple("PolicyInputList.1", 3));
    assertThat(denied.evalDecisionAsString()).isEqualTo("explicitDeny");
    assertThat(denied.matchedStatements())
        .extracting(each -> each.startPosition().line())
        .containsExactly(4);
  }

  @Test
  void aSimulationTellsWhichKeysItWasNotTold() {
    EvaluationResult result = simulated("s3:GetObject", "arn:aws:s3:::other/a", Optional.empty());

    assertThat(result.evalDecisionAsString()).isEqualTo("implicitDeny");
    assertThat(result.missingContextValues()).contains("aws:SecureTransport");
  }

  @Test
  void aSimulatedBoundaryMustAllowTheRequestToo() {
    EvaluationResult result =
        simulated(
            "s3:PutObject",
            "arn:aws:s3:::data/a",
            Optional.of(EVERYTHING.replace("\"*\",\"R", "\"sqs:*\",\"R")));

    assertThat(result.permissionsBoundaryDecisionDetail().allowedByPermissionsBoundary()).isFalse();
  }

  @Test
  void theSimulatorTakesNoWildcardForAnAction() {
    assertRefused(() -> simulated("s3:Get*", "*", Optional.empty()), "InvalidInput", 400);
  }

  @Test
  void aPolicyIsNamedByItsArn() {
    createRole("worker", "/");

    assertRefused(() -> attach("worker", "ReadOnlyAccess-is-no-arn"), "InvalidInput", 400);
  }

  @Test
  void aPolicyForServiceLinkedRolesIsNotAttachedToAnother() {
    createRole("worker", "/");

    assertRefused(
        () ->
            attach(
                "worker", "arn:aws:iam::aws:policy/aws-service-role/AWSEC2SpotServiceRolePolicy"),
        "PolicyNotAttachable",
        400);
  }

  @Test
  void aPolicyThatIsNotAttachedIsNoSuchEntity() {
    createRole("worker", "/");

    assertRefused(
        () -> iam().detachRolePolicy(request -> request.roleName("worker").policyArn(READ_ONLY)),
        "NoSuchEntity",
        404);
  }

  // Instance profiles

  @Test
  void aNewProfileIsEmptyAndHasAnIdAndAnArnWithItsPath() {
    InstanceProfile made =
        iam()
            .createInstanceProfile(request -> request.instanceProfileName("worker").path("/spawn/"))
            .instanceProfile();

    assertThat(made.roles()).isEmpty();
    assertThat(made.instanceProfileId()).matches("AIPA[A-Z0-9]{17}");
    assertThat(made.arn()).matches("arn:aws:iam::\\d{12}:instance-profile/spawn/worker");
  }

  @Test
  void aProfileNameIsTaken() {
    createProfile("worker");

    assertRefused(
        () -> createProfile("worker"),
        "EntityAlreadyExists",
        409,
        "Instance Profile worker already exists.");
  }

  @Test
  void aProfileNameIsTakenInEveryCase() {
    createProfile("Worker");

    assertRefused(() -> createProfile("worker"), "EntityAlreadyExists", 409);
  }

  @Test
  void aProfileNameKeepsToItsCharactersAndLength() {
    createProfile("a".repeat(128));
    createProfile("A1_+=,.@-");

    assertRefused(() -> createProfile("a".repeat(129)), "ValidationError", 400);
    assertRefused(() -> createProfile("with space"), "ValidationError", 400);
  }

  @Test
  void aProfileThatIsNotThereIsNoSuchEntity() {
    createRole("worker", "/");

    Stream.<ThrowingCallable>of(
            () -> profile("worker"),
            () -> iam().deleteInstanceProfile(request -> request.instanceProfileName("worker")),
            () -> addRole("worker", "worker"),
            () -> removeRole("worker", "worker"),
            () ->
                iam()
                    .tagInstanceProfile(
                        request -> request.instanceProfileName("worker").tags(tag("a", "b"))),
            () ->
                iam()
                    .untagInstanceProfile(
                        request -> request.instanceProfileName("worker").tagKeys("a")))
        .forEach(act -> assertRefused(act, "NoSuchEntity", 404));
  }

  @Test
  void aProfileHoldsOneRoleAndRefusesEvenTheSameOneAgain() {
    createRole("worker", "/");
    createRole("other", "/");
    createProfile("worker");
    addRole("worker", "worker");

    assertThat(profile("worker").roles()).extracting(Role::roleName).containsExactly("worker");
    assertRefused(
        () -> addRole("worker", "worker"),
        "LimitExceeded",
        409,
        "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    assertRefused(() -> addRole("worker", "other"), "LimitExceeded", 409);
  }

  @Test
  void aRoleMaySitInManyProfiles() {
    createRole("worker", "/");
    createProfile("one");
    createProfile("two");
    addRole("one", "worker");
    addRole("two", "worker");

    assertThat(
            iam()
                .listInstanceProfilesForRole(request -> request.roleName("worker"))
                .instanceProfiles())
        .extracting(InstanceProfile::instanceProfileName)
        .containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void onlyWhatIsInAProfileIsRemovedFromIt() {
    createRole("worker", "/");
    createProfile("worker");

    assertRefused(() -> removeRole("worker", "worker"), "NoSuchEntity", 404);
    assertRefused(() -> addRole("worker", "absent"), "NoSuchEntity", 404);
    addRole("worker", "worker");
    removeRole("worker", "worker");
    assertThat(profile("worker").roles()).isEmpty();
  }

  @Test
  void profilesAreListedByPathPrefix() {
    iam().createInstanceProfile(request -> request.instanceProfileName("a").path("/spawn/x/"));
    createProfile("other");

    assertThat(iam().listInstanceProfiles(list -> list.pathPrefix("/spaw")).instanceProfiles())
        .extracting(InstanceProfile::instanceProfileName)
        .containsExactly("a");
  }

  @Test
  void profilesAreListedInPages() {
    for (String name : List.of("a", "b", "c")) {
      createProfile(name);
    }

    assertThat(iam().listInstanceProfiles(request -> request.maxItems(2)).isTruncated()).isTrue();
    assertThat(
            iam().listInstanceProfilesPaginator(request -> request.maxItems(2)).instanceProfiles())
        .extracting(InstanceProfile::instanceProfileName)
        .containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void profilesAreListedWithTheirRoles() {
    createRole("worker", "/");
    createProfile("worker");
    addRole("worker", "worker");

    assertThat(iam().listInstanceProfiles().instanceProfiles())
        .singleElement()
        .satisfies(
            listed ->
                assertThat(listed.roles()).extracting(Role::roleName).containsExactly("worker"));
  }

  @Test
  void profilesAreListedWithoutTheirTags() {
    iam()
        .createInstanceProfile(
            request -> request.instanceProfileName("worker").tags(tag("a", "b")));

    assertThat(iam().listInstanceProfiles().instanceProfiles())
        .singleElement()
        .satisfies(listed -> assertThat(listed.hasTags()).isFalse());
    assertThat(profile("worker").tags()).containsExactly(tag("a", "b"));
  }

  // The account

  @Test
  void theAccountsSummaryHoldsCountsBesideQuotas() {
    Map<SummaryKeyType, Integer> before = iam().getAccountSummary().summaryMap();
    createRole("worker", "/");
    createProfile("worker");

    assertThat(iam().getAccountSummary().summaryMap())
        .containsEntry(SummaryKeyType.ROLES, before.get(SummaryKeyType.ROLES) + 1)
        .containsEntry(
            SummaryKeyType.INSTANCE_PROFILES, before.get(SummaryKeyType.INSTANCE_PROFILES) + 1)
        .containsKeys(
            SummaryKeyType.ROLES_QUOTA,
            SummaryKeyType.INSTANCE_PROFILES_QUOTA,
            SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA,
            SummaryKeyType.ASSUME_ROLE_POLICY_SIZE_QUOTA);
  }

  // What the sentences are made of

  /** Ten of AWS's own policies, without {@link #READ_ONLY}. */
  private static List<String> tenPolicies() {
    return Stream.of(
            "AdministratorAccess",
            "AmazonDynamoDBFullAccess",
            "AmazonDynamoDBReadOnlyAccess",
            "AmazonEC2ReadOnlyAccess",
            "AmazonS3FullAccess",
            "AmazonS3ReadOnlyAccess",
            "AmazonSNSFullAccess",
            "AmazonSQSFullAccess",
            "AmazonSSMManagedInstanceCore",
            "CloudWatchAgentServerPolicy")
        .map(name -> "arn:aws:iam::aws:policy/" + name)
        .toList();
  }

  final Role createRole(String name, String path) {
    return iam()
        .createRole(
            request ->
                request.roleName(name).path(path).assumeRolePolicyDocument(GivenRole.TRUSTS_EC2))
        .role();
  }

  private void createRoleLasting(int seconds) {
    iam()
        .createRole(
            request ->
                request
                    .roleName("lasting-" + seconds)
                    .maxSessionDuration(seconds)
                    .assumeRolePolicyDocument(GivenRole.TRUSTS_EC2));
  }

  private void createRoleTrusting(String document) {
    String name = "trusting-" + document.hashCode();
    iam().createRole(request -> request.roleName(name).assumeRolePolicyDocument(document));
  }

  private void describe(String name, String description) {
    iam()
        .createRole(
            request ->
                request
                    .roleName(name)
                    .description(description)
                    .assumeRolePolicyDocument(GivenRole.TRUSTS_EC2));
  }

  private void trust(String name, String document) {
    iam().updateAssumeRolePolicy(request -> request.roleName(name).policyDocument(document));
  }

  private void bound(String name, String policyArn) {
    iam()
        .putRolePermissionsBoundary(
            request -> request.roleName(name).permissionsBoundary(policyArn));
  }

  final Role role(String name) {
    return iam().getRole(request -> request.roleName(name)).role();
  }

  final void tagRole(String name, String key, String value) {
    iam().tagRole(request -> request.roleName(name).tags(tag(key, value)));
  }

  final void putPolicy(String role, String name, String document) {
    iam()
        .putRolePolicy(request -> request.roleName(role).policyName(name).policyDocument(document));
  }

  final void attach(String role, String arn) {
    iam().attachRolePolicy(request -> request.roleName(role).policyArn(arn));
  }

  final InstanceProfile createProfile(String name) {
    return iam()
        .createInstanceProfile(request -> request.instanceProfileName(name))
        .instanceProfile();
  }

  private void createProfile(String name, String path) {
    iam().createInstanceProfile(request -> request.instanceProfileName(name).path(path));
  }

  final InstanceProfile profile(String name) {
    return iam().getInstanceProfile(request -> request.instanceProfileName(name)).instanceProfile();
  }

  final void addRole(String profile, String role) {
    iam().addRoleToInstanceProfile(request -> request.instanceProfileName(profile).roleName(role));
  }

  final void removeRole(String profile, String role) {
    iam()
        .removeRoleFromInstanceProfile(
            request -> request.instanceProfileName(profile).roleName(role));
  }

  static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  private static String withSid(String sid) {
    return DOCUMENT.replace("{\"Effect", "{\"Sid\":\"" + sid + "\",\"Effect");
  }

  private static String trustWithSid(String sid) {
    return GivenRole.TRUSTS_EC2.replace("{\"Effect", "{\"Sid\":\"" + sid + "\",\"Effect");
  }

  private static String decoded(String document) {
    return URLDecoder.decode(document, StandardCharsets.UTF_8);
  }
}
