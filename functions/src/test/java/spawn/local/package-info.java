/** The deployed system, end to end, on the local stack. */
package spawn.local;
