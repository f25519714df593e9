/**
 * What exists under spawn's path in IAM, and which instances use it, in every region. It states
 * facts: what they mean for a role is decided elsewhere, and nothing is changed.
 */
package spawn.inventory;
