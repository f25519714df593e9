package spawn.cleanup;

import java.time.Duration;

/**
 * How long the sweep waits before each of its steps; each wait is far longer than IAM's delay in
 * showing what another has written.
 *
 * @param youth a role younger than this is never touched, so that a half-made one can be completed;
 *     the roles of a set that is removed are touched at any age
 * @param clockSkew how long a lease still counts after its end, since clocks differ
 * @param mark how long an unused role stays marked before it may be deleted
 * @param markLapses a mark older than this no longer counts: nobody has looked whether the role was
 *     used since
 * @param lastUse how long a role that more than EC2 can use must have been unused: far longer than
 *     the four hours that IAM takes to show it (<a
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
