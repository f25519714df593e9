package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import spawn.policy.Permissions;
import spawn.policy.Warning;
import spawn.role.CrossAccountTrust;
import spawn.role.ResolvedRole;
import spawn.role.RoleRequest;

/**
 * What a launch would make; as JSON, the output of an execution that only plans.
 *
 * @param role the role, or {@code null} where an instance would lose its role
 * @param instanceProfile the role's instance profile, or {@code null} where it needs none
 * @param instance the launch request without its client token, or {@code null} without a launch
 * @param instanceId the existing instance that would get or lose the role, or {@code null}
 * @param policyHash the hash of the role's content, or {@code null} without a role
 * @param warnings what the caller should know of
 * @param trustPolicies what to put into the roles of other accounts once the role is made
 * @param awsConfig the AWS config by which the instances assume these roles, or {@code null}
 */
public record PlannedLaunch(
    Role role,
    Profile instanceProfile,
    JsonNode instance,
    String instanceId,
    String policyHash,
    List<Warning> warnings,
    List<CrossAccountTrust> trustPolicies,
    String awsConfig) {
  /**
   * A role as it would be made.
   *
   * @param name its preferred name
   * @param arn its ARN under that name
   * @param trustPolicy who may assume it
   * @param inlinePolicy its inline policy; without statements, it would get none
   * @param managedPolicyArns the policies to attach
   * @param permissionsBoundary the ARN of its boundary
   * @param maxSessionDuration seconds, 3600 to 43200
   * @param tags the caller's tags, and the team's
   */
  public record Role(
      String name,
      String arn,
      JsonNode trustPolicy,
      JsonNode inlinePolicy,
      List<String> managedPolicyArns,
      String permissionsBoundary,
      int maxSessionDuration,
      Map<String, String> tags) {
    private static Role of(ResolvedRole resolved) {
      RoleRequest request = resolved.request();
      Permissions permissions = request.permissions();
      return new Role(
          request.names().get(0),
          resolved.arn(),
          permissions.trustPolicy(),
          permissions.inlinePolicy().toJson(),
          permissions.managedPolicyArns(),
          permissions.permissionsBoundary(),
          permissions.maxSessionDuration(),
          request.tags());
    }
  }

  /**
   * An instance profile.
   *
   * @param name its name
   */
  public record Profile(String name) {}

  /** Returns what an execution of this name would make. */
  public static PlannedLaunch of(LaunchPlan plan, String executionName) {
    return plan.resolved()
        .map(role -> withRole(role, plan, executionName))
        .orElseGet(() -> withoutRole(plan));
  }

  private static PlannedLaunch withRole(ResolvedRole role, LaunchPlan plan, String executionName) {
    String roleName = role.request().names().get(0);
    String profileName = role.profileName().orElse(roleName);
    return new PlannedLaunch(
        Role.of(role),
        role.isForEc2() ? new Profile(profileName) : null,
        plan.instance()
            .map(
                instance ->
                    instance.planned(
                        profileName,
                        roleName,
                        executionName,
                        plan.subnetIds().stream().findFirst()))
            .orElse(null),
        plan.instanceId().orElse(null),
        role.request().hash().hex(),
        plan.warnings(),
        CrossAccountTrust.of(plan.assumedRoles(), role.arn()),
        plan.awsConfig().orElse(null));
  }

  private static PlannedLaunch withoutRole(LaunchPlan plan) {
    return new PlannedLaunch(
        null, null, null, plan.instanceId().orElse(null), null, List.of(), List.of(), null);
  }
}
