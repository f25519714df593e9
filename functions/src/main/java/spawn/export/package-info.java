/**
 * Roles written down so that a payload makes them again: as they are, and without what they were
 * granted and have not used. It only reads.
 */
package spawn.export;
