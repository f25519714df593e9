package spawn.role;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import spawn.policy.PolicyHash;
import spawn.policy.ResolvedExpectations;
import spawn.policy.ResolvedPermissions;
import spawn.policy.Warning;

/**
 * What an object that describes a role means.
 *
 * @param request the role to make or to use
 * @param arn the ARN that the role has if it has to be made, under its preferred name
 * @param profileName the name of its instance profile, where it differs from the role's
 * @param permissions what its permission fields mean
 * @param expected what is to be tested before it is made or used
 */
public record ResolvedRole(
    RoleRequest request,
    String arn,
    Optional<String> profileName,
    ResolvedPermissions permissions,
    ResolvedExpectations expected) {
  /** Returns the same with the tag of the team, if there is any. */
  public ResolvedRole ofTeam(Optional<String> team) {
    return new ResolvedRole(request.ofTeam(team), arn, profileName, permissions, expected);
  }

  /**
   * Returns whether EC2 may assume the role, so that it needs an instance profile; an existing role
   * that is only named counts as one of EC2's.
   */
  public boolean isForEc2() {
    return permissions.permissions().trustedServices().stream()
        .anyMatch(service -> service.startsWith("ec2."));
  }

  /**
   * Returns the hash of the role's content whenever it is asked for: that of {@link
   * RoleRequest#hash()}, but where the role ends after a duration it holds the duration and not the
   * instant.
   */
  public PolicyHash lastingHash() {
    return RoleRequest.hash(permissions.lastingHash(), request.tags());
  }

  /** Returns what the caller should know of its permissions and of their tests. */
  public List<Warning> warnings() {
    return Stream.concat(permissions.warnings().stream(), expected.warnings().stream()).toList();
  }

  /** Returns the same role, without an instance that is to get it. */
  public ResolvedRole withoutInstance() {
    return new ResolvedRole(request.withoutInstance(), arn, profileName, permissions, expected);
  }

  /** Returns the AWS config by which it assumes other roles; nothing if it may assume none. */
  public Optional<String> awsConfig() {
    return AwsConfig.of(permissions.assumedRoles(), permissions.permissions().trustedServices());
  }
}
