package spawn.approval;

import java.time.Instant;

/**
 * Whether there is an answer that lets a launch go on.
 *
 * @param approved whether it may go on
 * @param reason why, or {@code null} where it was not approved yet
 * @param waitingSince when the record was first looked for after the wait, or {@code null} before
 *     it
 * @param againInSeconds when to look again
 */
public record Confirmation(
    boolean approved, String reason, Instant waitingSince, int againInSeconds) {}
