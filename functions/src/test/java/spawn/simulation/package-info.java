/**
 * Deterministic simulation: launches, sweeps, terminations and people's own edits, interleaved at
 * every call to AWS by a seeded scheduler over simulated time, with everything that goes wrong in
 * AWS, and with what must always hold checked after every step.
 */
package spawn.simulation;
