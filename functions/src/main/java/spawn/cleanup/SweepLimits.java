package spawn.cleanup;

import java.time.Duration;

/**
 * How much a single run may do.
 *
 * @param deletions the most roles that a run deletes; the rest waits for the next one
 * @param region how long the regions, side by side, may take to answer
 */
public record SweepLimits(int deletions, Duration region) {
  /** Fifty roles; a minute for the regions. */
  public static final SweepLimits STANDARD = new SweepLimits(50, Duration.ofMinutes(1));

  /**
   * A run that would delete more than half of the roles of this age, and more than a handful of
   * them, deletes none: that looks like a mistake, the sweep's or another's.
   */
  static final Duration ESTABLISHED = Duration.ofDays(1);

  /** With few roles, half of them is an ordinary evening. */
  static final int HANDFUL = 5;
}
