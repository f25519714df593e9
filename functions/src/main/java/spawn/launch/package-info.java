/** The launch payload, and the one RunInstances call that it leads to. */
package spawn.launch;
