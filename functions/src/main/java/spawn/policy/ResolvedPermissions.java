package spawn.policy;

import java.util.List;
import java.util.Optional;

/**
 * What the permission fields of a payload's {@code iam} object mean.
 *
 * @param permissions the content of the role to make
 * @param described whether the payload says anything about the content of the role, so an existing
 *     role must match it
 * @param assumedRoles the roles in other accounts that the role may assume, in the payload's order
 * @param warnings what the caller should know
 * @param expiry when the role ends, as it was asked for, if it does
 */
public record ResolvedPermissions(
    Permissions permissions,
    boolean described,
    List<AssumedRole> assumedRoles,
    List<Warning> warnings,
    Optional<Expiry> expiry) {
  /**
   * Returns the hash of the permissions whenever they are asked for: where the role ends after a
   * duration, that of the duration.
   */
  public PolicyHash lastingHash() {
    return expiry
        .map(end -> permissions.withoutExpiry().hash().hex() + " expires " + end.asked())
        .map(PolicyHash::of)
        .orElseGet(permissions::hash);
  }
}
