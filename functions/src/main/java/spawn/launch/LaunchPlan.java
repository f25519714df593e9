package spawn.launch;

import java.util.List;
import java.util.Optional;
import spawn.policy.Warning;
import spawn.role.RoleRequest;

/**
 * What a valid payload asks for.
 *
 * @param planOnly whether nothing is to be made
 * @param role the role that the instances get
 * @param roleArn the ARN that the role has if its preferred name is free and it has to be made
 * @param profileName the name of the instance profile, where it differs from the role's
 * @param instance the completed launch, unless only a role is asked for
 * @param subnetIds the subnets to try in turn while EC2 has no capacity; empty where the launch
 *     itself says where
 * @param assumedRoles the ARNs of the roles in other accounts that the role may assume
 * @param warnings what the caller should know of
 */
public record LaunchPlan(
    boolean planOnly,
    RoleRequest role,
    String roleArn,
    Optional<String> profileName,
    Optional<InstanceRequest> instance,
    List<String> subnetIds,
    List<String> assumedRoles,
    List<Warning> warnings) {}
