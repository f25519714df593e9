package spawn.role;

import java.util.Optional;
import spawn.policy.ResolvedPermissions;

/**
 * What the {@code iam} object of a payload says.
 *
 * @param request the role to make or to use
 * @param profileName the name of its instance profile, where it differs from the role's
 * @param permissions what its permission fields mean
 */
public record ReadRole(
    RoleRequest request, Optional<String> profileName, ResolvedPermissions permissions) {
  /**
   * Returns whether EC2 may assume the role, so that it needs an instance profile; a role of the
   * user's own that is only named counts as one of EC2's.
   */
  public boolean isForEc2() {
    return permissions.permissions().trustedServices().stream()
        .anyMatch(service -> service.startsWith("ec2."));
  }
}
