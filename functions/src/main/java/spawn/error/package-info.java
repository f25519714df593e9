/**
 * One exception for each way in which a launch or a sweep fails.
 *
 * <p>The fully qualified name of each class is part of the interface: Lambda reports it as {@code
 * errorType}, the state machine compares it as plain text, and the caller reads it as the
 * execution's {@code error}. Renaming one is a breaking change.
 */
package spawn.error;
