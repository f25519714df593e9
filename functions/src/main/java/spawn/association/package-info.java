/** Giving a role to an existing instance, or taking it off, one step at a time. */
package spawn.association;
