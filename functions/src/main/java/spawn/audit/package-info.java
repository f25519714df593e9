/**
 * What stands: every role under the stack's path as it is, held against what it was made with, and
 * judged by the rules of payloads. It reads and changes nothing.
 *
 * <p>{@link spawn.audit.Audit} reads and judges, {@link spawn.audit.AuditJson} and {@link
 * spawn.audit.AuditPage} write down what it found.
 */
package spawn.audit;
