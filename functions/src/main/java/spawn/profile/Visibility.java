package spawn.profile;

import java.time.Instant;

/**
 * What EC2 says of an instance profile.
 *
 * @param visible whether three answers in a row have shown that EC2 sees it
 * @param waitingSince when the first question of this wait was asked
 * @param nextProbeInSeconds how long to wait before asking again, when it is not visible yet
 */
public record Visibility(boolean visible, Instant waitingSince, int nextProbeInSeconds) {}
