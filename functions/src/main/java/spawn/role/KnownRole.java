package spawn.role;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.policy.Permissions;
import spawn.policy.PolicyHash;
import spawn.policy.TrustPolicy;
import spawn.policy.TrustedPrincipals;

/**
 * A role as IAM's GetRole shows it.
 *
 * @param name its name
 * @param path its path, which tells whose it is ({@link Owner})
 * @param arn its ARN
 * @param id its unique id (AROA…): another one means another role, even under the same name
 * @param created when it was created
 * @param trustPolicy its trust policy, decoded
 * @param permissionsBoundary the ARN of its boundary, if it has one
 * @param maxSessionDuration seconds
 * @param lastUsed when it was last used, as far as IAM knows, which may be four hours late (<a
 *     href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html">RoleLastUsed</a>)
 * @param tags its tags; keys ignore case
 */
public record KnownRole(
    String name,
    String path,
    String arn,
    String id,
    Instant created,
    String trustPolicy,
    Optional<String> permissionsBoundary,
    int maxSessionDuration,
    Optional<Instant> lastUsed,
    Map<String, String> tags) {
  /** What a service is called in a trust policy. */
  static final String SERVICE = "[a-z0-9.-]+";

  /** Returns what the SDK's value says. */
  public static KnownRole of(Role role) {
    return new KnownRole(
        role.roleName(),
        role.path(),
        role.arn(),
        role.roleId(),
        role.createDate(),
        decoded(role.assumeRolePolicyDocument()),
        Optional.ofNullable(role.permissionsBoundary()).map(b -> b.permissionsBoundaryArn()),
        Optional.ofNullable(role.maxSessionDuration()).orElse(3600),
        Optional.ofNullable(role.roleLastUsed()).map(used -> used.lastUsedDate()),
        Tags.ofRole(role.tags()));
  }

  /**
   * Returns a policy document that IAM has URL-encoded (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html">GetRole</a>).
   * Java's decoder reads a bare plus as a space, which RFC 3986 does not.
   */
  public static String decoded(String document) {
    return document == null
        ? ""
        : URLDecoder.decode(document.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Returns whether it carries the tag of what spawn makes. */
  public boolean hasTagOfSpawn() {
    return "true".equals(tags.get(Tags.MANAGED));
  }

  /** Returns the value of one of its tags, if it has the tag. */
  public Optional<String> tag(String key) {
    return Optional.ofNullable(tags.get(key));
  }

  /** Returns the role set that it belongs to, if any. */
  public Optional<String> set() {
    return tag(Tags.SET);
  }

  /** Returns whether the sweep has marked it. */
  public boolean isMarked() {
    return tags.containsKey(Tags.DELETING);
  }

  /** Returns what an operator has taken from it, as its tag says; nothing without such a tag. */
  public Optional<Revocation> revocation() {
    return Revocation.of(this);
  }

  /**
   * Returns since when it has been marked by the sweep; nothing if it is not marked, or if its mark
   * is not an instant.
   */
  public Optional<Instant> markedSince() {
    return instant(Tags.DELETING);
  }

  /** Returns until when launches may rely on it; nothing if it has no readable lease. */
  public Optional<Instant> leaseUntil() {
    return instant(Tags.LEASE_UNTIL);
  }

  /** Returns from when on it denies everything, as its tag says; nothing if it has no such tag. */
  public Optional<Instant> expires() {
    return instant(Tags.EXPIRES);
  }

  /**
   * Returns whether it has been given everything that it should hold: the lease is written last,
   * and counts only if it names this very role.
   */
  public boolean isWhole() {
    return leaseUntil().isPresent() && id.equals(tags.get(Tags.LEASED_ID));
  }

  /** Returns whether it has once been whole, so that something may rely on it. */
  boolean wasLeased() {
    return tags.containsKey(Tags.LEASED_ID);
  }

  /** Returns what it is claimed for; nothing if it has been leased, or was never claimed. */
  Optional<Claim> claim() {
    return tag(Tags.CLAIM).filter(claimed -> !wasLeased()).flatMap(Claim::of);
  }

  /**
   * Returns whether it is, or will be, of this content: what it is claimed for, or else what it was
   * created for.
   */
  boolean isMeantFor(PolicyHash content) {
    return claim().map(claim -> claim.isFor(content)).orElseGet(() -> isTaggedFor(content));
  }

  /** Returns the same role with the hash of other content in its tag. */
  KnownRole taggedFor(PolicyHash content) {
    Map<String, String> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    changed.putAll(tags);
    changed.put(Tags.POLICIES, content.hex());
    return new KnownRole(
        name,
        path,
        arn,
        id,
        created,
        trustPolicy,
        permissionsBoundary,
        maxSessionDuration,
        lastUsed,
        changed);
  }

  /** Returns whether it is tagged as made of this content. */
  boolean isTaggedFor(PolicyHash content) {
    return tag(Tags.POLICIES).equals(Optional.of(content.hex()));
  }

  /** Returns whether its trust policy means what that of the permissions does. */
  boolean hasTrustPolicyOf(Permissions permissions) {
    return TrustPolicy.meanTheSame(RoleContent.parsed(trustPolicy), permissions.trustPolicy());
  }

  /** Returns whether its trust policy is one that spawn makes: it lets AWS services in, always. */
  public boolean trustsOnlyServices() {
    List<String> names = List.copyOf(TrustedPrincipals.of(trustPolicy).names());
    return !names.isEmpty()
        && names.stream().allMatch(name -> name.matches(SERVICE))
        && TrustPolicy.meanTheSame(RoleContent.parsed(trustPolicy), TrustPolicy.forServices(names));
  }

  /** Returns whether its permissions boundary is one of some. */
  boolean hasOneOf(List<String> boundaries) {
    return permissionsBoundary.filter(boundaries::contains).isPresent();
  }

  /** Returns whether its permissions boundary is that of the permissions. */
  boolean hasBoundaryOf(Permissions permissions) {
    return permissionsBoundary.equals(Optional.of(permissions.permissionsBoundary()));
  }

  /** Returns whether what no launch changes on an existing role is as the permissions have it. */
  boolean hasUnchangeablePartsOf(Permissions permissions) {
    return hasTrustPolicyOf(permissions)
        && hasBoundaryOf(permissions)
        && maxSessionDuration == permissions.maxSessionDuration();
  }

  /** Returns whether its lease tag has been edited into something that is not an instant. */
  public boolean hasUnreadableLease() {
    return tags.containsKey(Tags.LEASE_UNTIL) && leaseUntil().isEmpty();
  }

  private Optional<Instant> instant(String key) {
    return tag(key).flatMap(Tags::instant);
  }
}
