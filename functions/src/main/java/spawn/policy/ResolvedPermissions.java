package spawn.policy;

import java.util.List;

/**
 * What the permission fields of a payload's {@code iam} object mean.
 *
 * @param permissions the content of the role to make
 * @param described whether the payload says anything about the content of the role, so an existing
 *     role must match it
 * @param assumedRoles the roles in other accounts that the role may assume, in the payload's order
 * @param warnings what the caller should know
 */
public record ResolvedPermissions(
    Permissions permissions,
    boolean described,
    List<AssumedRole> assumedRoles,
    List<Warning> warnings) {}
