package spawn.profile;

import java.time.Duration;
import java.time.Instant;

/**
 * What EC2 says about an instance profile.
 *
 * @param visible whether as many answers in a row as are needed have shown that EC2 sees it
 * @param waitingSince when the first question of this wait was asked
 * @param nextProbeInSeconds how long to wait before asking again, if it is not visible yet
 * @param secondsWaited from the first question to the last answer
 */
public record Visibility(
    boolean visible, Instant waitingSince, int nextProbeInSeconds, double secondsWaited) {
  static Visibility seen(Instant waitingSince, Instant now) {
    return new Visibility(true, waitingSince, 0, seconds(waitingSince, now));
  }

  static Visibility notYet(Instant waitingSince, Instant now, Duration pause) {
    return new Visibility(false, waitingSince, (int) pause.toSeconds(), seconds(waitingSince, now));
  }

  /** Never negative: the two instants may come from the clocks of two machines. */
  private static double seconds(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis()) / 1000.0;
  }
}
