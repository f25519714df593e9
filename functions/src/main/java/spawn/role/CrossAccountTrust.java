package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import spawn.policy.AssumedRole;
import spawn.policy.TrustPolicy;

/**
 * The trust policy to paste into a role of another account.
 *
 * @param roleArn the other account's role
 * @param document the trust policy that lets the launch's role assume it
 */
public record CrossAccountTrust(String roleArn, JsonNode document) {
  /** Returns the trust policies for all roles that a launch's role may assume, in their order. */
  public static List<CrossAccountTrust> of(List<AssumedRole> assumedRoles, String launchRoleArn) {
    return assumedRoles.stream()
        .map(
            assumed ->
                new CrossAccountTrust(
                    assumed.arn(), TrustPolicy.forRole(launchRoleArn, assumed.externalId())))
        .toList();
  }
}
