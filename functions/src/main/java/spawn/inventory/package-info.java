/**
 * What exists under spawn's path in IAM, and which instances use it in every region. It decides
 * nothing and changes nothing.
 */
package spawn.inventory;
