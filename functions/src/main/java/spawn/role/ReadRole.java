package spawn.role;

import java.util.Optional;
import spawn.policy.ResolvedPermissions;

/**
 * What the {@code iam} object of a payload says.
 *
 * @param request the role to create or to use
 * @param profileName the name of its instance profile, if it differs from the role's
 * @param permissions what its permission fields mean
 */
public record ReadRole(
    RoleRequest request, Optional<String> profileName, ResolvedPermissions permissions) {
  /**
   * Returns whether EC2 may assume the role, so that it needs an instance profile; a role that is
   * only named, and that spawn did not make, counts as one of EC2's.
   */
  public boolean isForEc2() {
    return permissions.permissions().trustedServices().stream()
        .anyMatch(service -> service.startsWith("ec2."));
  }
}
