package spawn.role;

import java.util.List;
import java.util.Map;
import spawn.policy.Permissions;

/**
 * The role that a launch asks for.
 *
 * @param names the names it may have, the preferred one first: one where the caller, or spawn's
 *     default, fixes it
 * @param permissions its content, if it has to be made
 * @param described whether the caller described its content, so that a role which is there must
 *     match it
 * @param tags the caller's tags for a role that is made
 * @param creator who asked, as a tag's value
 */
public record RoleRequest(
    List<String> names,
    Permissions permissions,
    boolean described,
    Map<String, String> tags,
    String creator) {
  /**
   * Returns whether the caller left the name to spawn, so that the next one may be taken when the
   * first is not free.
   */
  boolean mayTakeAnotherName() {
    return names.size() > 1;
  }
}
