package spawn.export;

import java.util.List;
import spawn.role.FullRole;

/**
 * A role with all that a payload could say of it.
 *
 * @param role the role, and its policies
 * @param profiles the names of the instance profiles that hold it
 */
record ReadRole(FullRole role, List<String> profiles) {
  String name() {
    return role.role().name();
  }
}
