package spawn.launch;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import spawn.policy.AssumedRole;
import spawn.policy.Expectation;
import spawn.policy.Warning;
import spawn.role.ResolvedRole;
import spawn.role.RoleRequest;

/**
 * What a valid payload asks for.
 *
 * @param planOnly whether nothing is to be made
 * @param resolved the role that the instances get; nothing where an instance is to lose its role
 * @param instance the completed launch, if one is asked for
 * @param instanceId the existing instance that gets or loses the role, if one is named
 * @param subnetIds the subnets to try in turn while EC2 has no capacity; empty where the launch
 *     itself says where
 * @param waitsUntilRunning whether the launch ends only when its instances run
 * @param named what the launch names that may be somebody else's, and needs its owner's word
 */
public record LaunchPlan(
    boolean planOnly,
    Optional<ResolvedRole> resolved,
    Optional<InstanceRequest> instance,
    Optional<String> instanceId,
    List<String> subnetIds,
    boolean waitsUntilRunning,
    List<NamedResource> named) {
  /** Returns the role to make or to use. */
  public Optional<RoleRequest> role() {
    return resolved.map(ResolvedRole::request);
  }

  /** Returns the name of the instance profile, where it differs from the role's. */
  public Optional<String> profileName() {
    return resolved.flatMap(ResolvedRole::profileName);
  }

  /** Returns whether there is a role that EC2 may assume, so that it needs an instance profile. */
  public boolean needsProfile() {
    return resolved.filter(ResolvedRole::isForEc2).isPresent();
  }

  /** Returns the roles in other accounts that the role may assume. */
  public List<AssumedRole> assumedRoles() {
    return resolved.map(role -> role.permissions().assumedRoles()).orElse(List.of());
  }

  /** Returns the AWS config by which the instances assume these roles; nothing without any. */
  public Optional<String> awsConfig() {
    return resolved.flatMap(ResolvedRole::awsConfig);
  }

  /** Returns what the role must and must not be allowed; empty where nothing is said. */
  public List<Expectation> expectations() {
    return resolved.map(role -> role.expected().expectations()).orElse(List.of());
  }

  /** Returns what the caller should know of. */
  public List<Warning> warnings() {
    return Stream.concat(
            resolved.stream().flatMap(role -> role.warnings().stream()),
            instance.stream().flatMap(launch -> launch.warnings().stream()))
        .toList();
  }
}
