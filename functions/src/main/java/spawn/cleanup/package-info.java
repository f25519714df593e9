/**
 * Mark and sweep: finds the roles that nothing uses, in any region, and removes them.
 *
 * <p>The only package that deletes a role.
 */
package spawn.cleanup;
