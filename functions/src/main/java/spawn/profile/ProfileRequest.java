package spawn.profile;

import java.time.Instant;
import java.util.Optional;

/**
 * The instance profile that a launch asks for.
 *
 * @param name its name
 * @param roleName the role that it must hold
 * @param roleId that role's unique id (AROA…), as the launch has found it
 * @param roleIsNew whether the role was only just created, so that its profile most likely does not
 *     exist yet
 * @param roleCreated when the role was created
 * @param creator who asked for it, as the caller says, as the value of a tag
 * @param team whose stack makes it, as the value of a tag; empty or {@code null} for no tag
 */
public record ProfileRequest(
    String name,
    String roleName,
    String roleId,
    boolean roleIsNew,
    Instant roleCreated,
    String creator,
    String team) {
  /** Returns the value of the tag that says whose stack makes it, if it has one. */
  Optional<String> teamTag() {
    return Optional.ofNullable(team).filter(given -> !given.isEmpty());
  }
}
