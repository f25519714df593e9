/**
 * What the sweep's function is called for, and what it answers: batches of termination messages,
 * the nightly schedule, direct calls, and the removal of role sets. The one room that knows both
 * the queue's messages and the sweep.
 */
package spawn.occasion;
