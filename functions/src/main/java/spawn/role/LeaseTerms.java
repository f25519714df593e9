package spawn.role;

import java.time.Duration;
import java.time.Instant;

/**
 * How long launches may rely on a role, and how late they may start to.
 *
 * <p>Both are far longer than IAM's delay in showing a tag, so that launch and sweep need no lock
 * between them.
 *
 * @param lease how long a lease runs; it is renewed when less than half of it is left
 * @param lastCall with less than this left of its lease, a role is not launched with
 */
public record LeaseTerms(Duration lease, Duration lastCall) {
  /** An hour, and five minutes. */
  public static final LeaseTerms STANDARD =
      new LeaseTerms(Duration.ofMinutes(60), Duration.ofMinutes(5));

  /**
   * Checks that the last call comes before the renewal: otherwise a renewed lease could be too
   * short to launch under.
   */
  public LeaseTerms {
    if (lastCall.isNegative() || lastCall.compareTo(lease.dividedBy(2)) >= 0) {
      throw new IllegalArgumentException(
          "The last call ("
              + lastCall
              + ") must be shorter than half of the lease ("
              + lease
              + ").");
    }
  }

  boolean isToBeRenewed(Instant leaseUntil, Instant now) {
    return leaseUntil.isBefore(now.plus(lease.dividedBy(2)));
  }

  /** Returns whether it is too late to launch under a lease that runs until then. */
  public boolean isOver(Instant leaseUntil, Instant now) {
    return leaseUntil.isBefore(now.plus(lastCall));
  }
}
