package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import spawn.launch.NamedResource;
import spawn.policy.AssumedRole;
import spawn.policy.Warning;
import spawn.role.RoleRequest;

/**
 * What a payload asks for, as its reading has found it.
 *
 * @param role the role to make or to use; nothing where an instance is to lose its role
 * @param lastingHash the hash of the role's content whenever it is asked for
 * @param profileName the name of its instance profile, where it differs from the role's
 * @param needsProfile whether the role needs an instance profile
 * @param instance the completed launch in EC2's own names, without the profile and spawn's tags
 * @param instanceId the existing instance that gets or loses the role
 * @param subnetIds the subnets to try in turn
 * @param waitsUntilRunning whether the launch ends only when its instances run
 * @param named what the launch names that needs its owner's word
 * @param assumedRoles the roles in other accounts that the role may assume
 * @param awsConfig the AWS config by which the instances assume these roles
 * @param warnings what the caller should know of
 * @param executionName the name of the execution, which is in the tags of what it launches
 */
public record PlanRequest(
    Optional<RoleRequest> role,
    Optional<String> lastingHash,
    Optional<String> profileName,
    boolean needsProfile,
    Optional<JsonNode> instance,
    Optional<String> instanceId,
    List<String> subnetIds,
    boolean waitsUntilRunning,
    List<NamedResource> named,
    List<AssumedRole> assumedRoles,
    Optional<String> awsConfig,
    List<Warning> warnings,
    String executionName) {
  /** Copies the lists. */
  public PlanRequest {
    subnetIds = List.copyOf(subnetIds);
    named = List.copyOf(named);
    assumedRoles = List.copyOf(assumedRoles);
    warnings = List.copyOf(warnings);
  }
}
