/**
 * The command {@code spawn}: what people type to launch, look, ask, approve and audit.
 *
 * <p>It reads the stack's outputs, starts its state machines and calls its functions; it decides
 * nothing about roles itself, and calls IAM only to read.
 */
package spawn.cli;
