package spawn.cleanup;

import java.time.Duration;

/**
 * How long the sweep waits before each of its steps; each wait is far longer than IAM's delay in
 * showing what another has written.
 *
 * @param youth a role younger than this is never touched, so that a half-made one can be completed
 * @param clockSkew how long after its end a lease still counts, since clocks differ
 * @param mark how long an unused role stays marked before it may be deleted
 * @param markLapses after this long a mark says nothing any more: nobody has looked whether the
 *     role was used since
 * @param lastUse how long ago a role that more than EC2 can use must have been used last: far
 *     longer than the four hours that IAM takes to show it (<a
 *     href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html">RoleLastUsed</a>),
 *     and long enough for what runs every day
 */
public record SweepTerms(
    Duration youth, Duration clockSkew, Duration mark, Duration markLapses, Duration lastUse) {
  /**
   * An hour, two minutes, a quarter of an hour, and twice somewhat more than the day between two
   * nightly sweeps.
   */
  public static final SweepTerms STANDARD =
      new SweepTerms(
          Duration.ofMinutes(60),
          Duration.ofMinutes(2),
          Duration.ofMinutes(15),
          Duration.ofHours(26),
          Duration.ofHours(26));
}
