/**
 * What a role must be, and making it so: names, tags, ownership, leases.
 *
 * <p>Everything that spawn makes lies under the path {@code /spawn/} and carries the tag {@code
 * spawn:managed=true}; only what has both is ever changed or deleted.
 */
package spawn.role;
