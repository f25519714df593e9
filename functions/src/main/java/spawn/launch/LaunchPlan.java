package spawn.launch;

import java.util.List;
import java.util.Optional;
import spawn.policy.Warning;
import spawn.role.RoleRequest;

/**
 * What a valid payload asks for.
 *
 * @param planOnly whether nothing is to be made
 * @param role the role that the instances get; nothing where an instance is to lose its role
 * @param roleArn the ARN that the role has if its preferred name is free and it has to be made, or
 *     {@code null} without a role
 * @param profileName the name of the instance profile, where it differs from the role's
 * @param needsProfile whether EC2 may assume the role, so that it needs an instance profile
 * @param instance the completed launch, if one is asked for
 * @param instanceId the instance that is there already and gets the role, if one is named
 * @param subnetIds the subnets to try in turn while EC2 has no capacity; empty where the launch
 *     itself says where
 * @param assumedRoles the ARNs of the roles in other accounts that the role may assume
 * @param warnings what the caller should know of
 */
public record LaunchPlan(
    boolean planOnly,
    Optional<RoleRequest> role,
    String roleArn,
    Optional<String> profileName,
    boolean needsProfile,
    Optional<InstanceRequest> instance,
    Optional<String> instanceId,
    List<String> subnetIds,
    List<String> assumedRoles,
    List<Warning> warnings) {
  /** Returns the plan of an instance that loses its role. */
  static LaunchPlan withoutRole(boolean planOnly, String instanceId) {
    return new LaunchPlan(
        planOnly,
        Optional.empty(),
        null,
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.of(instanceId),
        List.of(),
        List.of(),
        List.of());
  }
}
