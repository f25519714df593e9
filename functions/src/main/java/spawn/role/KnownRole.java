package spawn.role;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.iam.model.Role;

/**
 * A role as IAM's GetRole shows it.
 *
 * @param name its name
 * @param path its path; spawn's own is {@link Tags#PATH}
 * @param arn its ARN
 * @param id its unique id (AROA…): another one means another role, even under the same name
 * @param created when it was made
 * @param trustPolicy its trust policy, decoded
 * @param permissionsBoundary the ARN of its boundary, if it has one
 * @param maxSessionDuration seconds
 * @param lastUsed when it was last used, as far as IAM knows: about four hours late (<a
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

  /** Returns whether spawn made it, so that it may be changed: by its path and its tag. */
  public boolean isManaged() {
    return path.equals(Tags.PATH) && "true".equals(tags.get(Tags.MANAGED));
  }

  /** Returns the role set that it belongs to, if it does. */
  public Optional<String> set() {
    return Tags.find(tags, Tags.SET);
  }

  /** Returns whether the sweep has marked it. */
  public boolean isMarked() {
    return tags.containsKey(Tags.DELETING);
  }

  /**
   * Returns since when the sweep has it marked; a mark that cannot be read counts as set at the
   * epoch of its role.
   */
  public Optional<Instant> markedSince() {
    return instant(Tags.DELETING);
  }

  /** Returns until when launches may rely on it, if that has been said. */
  public Optional<Instant> leaseUntil() {
    return instant(Tags.LEASE_UNTIL);
  }

  /**
   * Returns whether all has been put into it that it should hold: a lease is written last, and only
   * one that names this very role counts.
   */
  boolean isWhole() {
    return leaseUntil().isPresent() && id.equals(tags.get(Tags.LEASED_ID));
  }

  /** Returns whether someone has put into the lease's tag what is no instant. */
  public boolean hasUnreadableLease() {
    return tags.containsKey(Tags.LEASE_UNTIL) && leaseUntil().isEmpty();
  }

  private Optional<Instant> instant(String key) {
    try {
      return Tags.find(tags, key).map(Instant::parse);
    } catch (DateTimeException editedByHand) {
      return Optional.empty();
    }
  }
}
