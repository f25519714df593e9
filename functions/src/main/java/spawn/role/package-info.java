/**
 * What a role must be, and making it so: names, tags, ownership, leases.
 *
 * <p>Everything that spawn makes lies under the path {@code /spawn/} and carries the tag {@code
 * spawn:managed=true}; only what has both is ever changed or deleted.
 *
 * <p>{@link spawn.role.Roles} has the rules for the role of a launch, {@link
 * spawn.role.RoleConvergence} those for a role of a set. Both make their calls through {@link
 * spawn.role.IamRoles}; what takes something from a role is apart, and only the rules for sets can
 * reach it.
 */
package spawn.role;
