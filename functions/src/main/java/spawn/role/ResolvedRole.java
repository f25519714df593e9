package spawn.role;

import java.util.Optional;
import spawn.policy.ResolvedPermissions;

/**
 * What an object that describes a role means.
 *
 * @param request the role to make or to use
 * @param arn the ARN that the role has if it has to be made, under its preferred name
 * @param profileName the name of its instance profile, where it differs from the role's
 * @param permissions what its permission fields mean
 */
public record ResolvedRole(
    RoleRequest request,
    String arn,
    Optional<String> profileName,
    ResolvedPermissions permissions) {
  /** Returns the same with the tag of the team, if there is any. */
  public ResolvedRole ofTeam(Optional<String> team) {
    return new ResolvedRole(request.ofTeam(team), arn, profileName, permissions);
  }

  /**
   * Returns whether EC2 may assume the role, so that it needs an instance profile; an existing role
   * that is only named counts as one of EC2's.
   */
  public boolean isForEc2() {
    return permissions.permissions().trustedServices().stream()
        .anyMatch(service -> service.startsWith("ec2."));
  }

  /** Returns the same role, without an instance that is to get it. */
  public ResolvedRole withoutInstance() {
    return new ResolvedRole(request.withoutInstance(), arn, profileName, permissions);
  }

  /** Returns the AWS config by which it assumes other roles; nothing if it may assume none. */
  public Optional<String> awsConfig() {
    return AwsConfig.of(permissions.assumedRoles(), permissions.permissions().trustedServices());
  }
}
