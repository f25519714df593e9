/**
 * An operator's word that a role must stop: denials in the role itself, and a mark that keeps
 * launches and sweeps off it, until the operator takes both off again.
 */
package spawn.revocation;
