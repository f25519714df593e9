package spawn.profile;

import java.time.Instant;

/**
 * The instance profile that a launch asks for.
 *
 * @param name its name
 * @param roleName the role that it must hold
 * @param roleId that role's unique id (AROA…), as the launch has found it
 * @param roleIsNew whether the role was only just created, so that its profile most likely does not
 *     exist yet
 * @param roleCreated when the role was created
 * @param creator who asked for it, as the value of a tag
 */
public record ProfileRequest(
    String name,
    String roleName,
    String roleId,
    boolean roleIsNew,
    Instant roleCreated,
    String creator) {}
