package spawn.role;

import spawn.payload.JsonPath;

/**
 * Where a payload describes a role, for what IAM refuses of it.
 *
 * @param role the JSON path of the object that describes it
 * @param managedPolicies the JSON path of its managed policies
 */
public record RolePaths(String role, String managedPolicies) {
  /** The name of the field, wherever a role is described. */
  private static final String MANAGED_POLICIES = "managedPolicies";

  /** Where the payload of a launch describes its role. */
  public static final RolePaths OF_A_LAUNCH = of("$.iam");

  /** Returns the paths of a role that the object at a path describes. */
  public static RolePaths of(String path) {
    return new RolePaths(path, JsonPath.member(path, MANAGED_POLICIES));
  }
}
