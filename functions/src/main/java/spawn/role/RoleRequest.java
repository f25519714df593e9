package spawn.role;

import java.util.List;
import java.util.Map;
import spawn.policy.Permissions;

/**
 * The role that a launch asks for.
 *
 * @param names the names that it may have, the preferred one first; only one if the caller, or
 *     spawn's default, fixes it
 * @param permissions its content, if it has to be created
 * @param described whether the caller described its content, so that an existing role must match it
 * @param tags the caller's tags for a role that is created, and the team's
 * @param creator who asked for it, as the caller says, as the value of a tag
 * @param paths where the payload describes it; {@code null} in an execution that began before this
 *     was handed on, which stands for a launch
 */
public record RoleRequest(
    List<String> names,
    Permissions permissions,
    boolean described,
    Map<String, String> tags,
    String creator,
    RolePaths paths) {
  /** Fills in what an execution of an earlier version does not hand on. */
  public RoleRequest {
    paths = paths == null ? RolePaths.OF_A_LAUNCH : paths;
  }

  /** Returns the request of a role that must be just as the caller describes it. */
  public static RoleRequest described(
      List<String> names,
      Permissions permissions,
      Map<String, String> tags,
      String creator,
      RolePaths paths) {
    return new RoleRequest(names, permissions, true, tags, creator, paths);
  }

  /**
   * Returns whether the caller left the name to spawn, so that the next one may be used if the
   * first is not free.
   */
  boolean mayTakeAnotherName() {
    return names.size() > 1;
  }
}
