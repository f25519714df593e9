package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.aws.Errors.assertRefused;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;

/** IAM's rules as sentences that hold for any IAM whose reads show each write at once. */
abstract class IamRules {
  static final String DOCUMENT =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
          + "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::a/b c+*~\"}]}";

  static final String READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";

  abstract IamClient iam();

  // Roles

  @Test
  void aNewRoleHasAnIdAnArnWithItsPathAndADateWithoutFraction() {
    Role role = createRole("worker", "/spawn/");

    assertThat(role.roleId()).matches("AROA[A-Z0-9]{17}");
    assertThat(role.arn()).matches("arn:aws:iam::\\d{12}:role/spawn/worker");
    assertThat(role.createDate()).isEqualTo(role.createDate().truncatedTo(ChronoUnit.SECONDS));
    assertThat(role.maxSessionDuration()).isEqualTo(3_600);
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
  void aTrustPolicyNamesAPrincipalAndNoResource() {
    assertRefused(
        () ->
            iam()
                .createRole(
                    request -> request.roleName("worker").assumeRolePolicyDocument(DOCUMENT)),
        "MalformedPolicyDocument",
        400);
    assertRefused(
        () -> iam().createRole(request -> request.roleName("worker").assumeRolePolicyDocument("{")),
        "MalformedPolicyDocument",
        400);
  }

  @Test
  void aRoleThatIsNotThereIsNoSuchEntity() {
    assertRefused(() -> role("worker"), "NoSuchEntity", 404);
    assertRefused(
        () -> iam().deleteRole(request -> request.roleName("worker")), "NoSuchEntity", 404);
    assertRefused(() -> tagRole("worker", "a", "b"), "NoSuchEntity", 404);
    assertRefused(() -> putPolicy("worker", "p", DOCUMENT), "NoSuchEntity", 404);
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
        .containsExactly("worker-0", "worker-1", "worker-2", "worker-3", "worker-4");
    assertRefused(() -> iam().listRoles(request -> request.maxItems(0)), "ValidationError", 400);
  }

  @Test
  void aTrustPolicyIsReplacedWhole() {
    createRole("worker", "/");
    String other = GivenRole.TRUSTS_EC2.replace("ec2.", "batch.");
    iam().updateAssumeRolePolicy(request -> request.roleName("worker").policyDocument(other));

    assertThat(decoded(role("worker").assumeRolePolicyDocument())).isEqualTo(other);
  }

  @Test
  void aBoundaryTakesThePlaceOfTheOldOne() {
    createRole("worker", "/");
    iam()
        .putRolePermissionsBoundary(
            request -> request.roleName("worker").permissionsBoundary(READ_ONLY));

    assertThat(role("worker").permissionsBoundary().permissionsBoundaryArn()).isEqualTo(READ_ONLY);
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
  void whatIsMadeAgainHasAnotherId() {
    String first = createProfile("worker").instanceProfileId();
    iam().deleteInstanceProfile(request -> request.instanceProfileName("worker"));

    assertThat(first).matches("AIPA[A-Z0-9]{17}");
    assertThat(createProfile("worker").instanceProfileId()).isNotEqualTo(first);
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
    tagRole("worker", "spawn:a b_.:/=+-@é", "*é");
    tagRole("worker", "empty", "");

    assertRefused(() -> tagRole("worker", "a,b", "c"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a", "b,c"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a*", "b"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a".repeat(129), "b"), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "a", "b".repeat(257)), "ValidationError", 400);
    assertRefused(() -> tagRole("worker", "aws:a", "b"), "InvalidInput", 400);
  }

  @Test
  void badTagsLeaveNoRoleBehind() {
    assertRefused(
        () ->
            iam()
                .createRole(
                    request ->
                        request
                            .roleName("worker")
                            .tags(tag("a", "b,c"))
                            .assumeRolePolicyDocument(GivenRole.TRUSTS_EC2)),
        "ValidationError",
        400);
    assertRefused(() -> role("worker"), "NoSuchEntity", 404);
  }

  @Test
  void aRoleHasAtMostFiftyTags() {
    createRole("worker", "/");
    List<Tag> fifty = IntStream.range(0, 50).mapToObj(number -> tag("tag-" + number, "")).toList();
    iam().tagRole(request -> request.roleName("worker").tags(fifty));

    assertRefused(() -> tagRole("worker", "one-more", ""), "LimitExceeded", 409);
    tagRole("worker", "tag-1", "changed");
    assertThat(iam().listRoleTags(request -> request.roleName("worker").maxItems(20)).tags())
        .hasSizeLessThanOrEqualTo(20);
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
  void aPolicyThatIsNotAttachedIsNoSuchEntity() {
    createRole("worker", "/");

    assertRefused(
        () -> iam().detachRolePolicy(request -> request.roleName("worker").policyArn(READ_ONLY)),
        "NoSuchEntity",
        404);
  }

  // Instance profiles

  @Test
  void aProfileNameIsTakenInEveryCase() {
    createProfile("Worker");

    assertRefused(() -> createProfile("worker"), "EntityAlreadyExists", 409);
    assertRefused(() -> profile("other"), "NoSuchEntity", 404);
    assertRefused(() -> createProfile("a".repeat(129)), "ValidationError", 400);
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
        .containsExactly("one", "two");
  }

  @Test
  void onlyWhatIsInAProfileIsRemovedFromIt() {
    createRole("worker", "/");
    createProfile("worker");

    assertRefused(() -> removeRole("worker", "worker"), "NoSuchEntity", 404);
    assertRefused(() -> removeRole("absent", "worker"), "NoSuchEntity", 404);
    assertRefused(() -> addRole("worker", "absent"), "NoSuchEntity", 404);
  }

  @Test
  void listInstanceProfilesShowsRolesButNoTags() {
    createRole("worker", "/");
    iam()
        .createInstanceProfile(
            request -> request.instanceProfileName("worker").path("/spawn/").tags(tag("a", "b")));
    addRole("worker", "worker");

    InstanceProfile listed =
        iam()
            .listInstanceProfiles(request -> request.pathPrefix("/spawn/"))
            .instanceProfiles()
            .get(0);
    assertThat(listed.hasTags()).isFalse();
    assertThat(listed.roles()).extracting(Role::roleName).containsExactly("worker");
    assertThat(profile("worker").tags()).containsExactly(tag("a", "b"));
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

  private static String decoded(String document) {
    return URLDecoder.decode(document, StandardCharsets.UTF_8);
  }
}
