package spawn.profile;

import java.time.Instant;

/**
 * The instance profile that a launch asks for.
 *
 * @param name its name
 * @param roleName the role that it must hold
 * @param roleId that role's unique id (AROA…), as the launch has found it
 * @param roleIsNew whether the role was only just made, so that its profile most likely is not
 *     there yet
 * @param roleCreated when the role was made
 * @param creator who asked, as a tag's value
 */
public record ProfileRequest(
    String name,
    String roleName,
    String roleId,
    boolean roleIsNew,
    Instant roleCreated,
    String creator) {}
