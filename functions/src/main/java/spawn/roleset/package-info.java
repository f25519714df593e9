/**
 * Sets of roles that belong together: what a payload says of them, and which ones a preset makes.
 */
package spawn.roleset;
