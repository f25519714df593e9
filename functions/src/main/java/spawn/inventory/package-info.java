/**
 * What exists under spawn's path in IAM, and which instances use it, in every region, or can still
 * be started with it. It states facts: what they mean for a role is decided elsewhere, and nothing
 * is changed.
 */
package spawn.inventory;
