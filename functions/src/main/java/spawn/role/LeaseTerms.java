package spawn.role;

import java.time.Duration;
import java.time.Instant;
import spawn.error.LeaseEnding;

/**
 * How long launches may rely on a role, and how late in that time they may start.
 *
 * <p>Both are far longer than IAM's delay in showing a tag, so launches and the sweep need no lock
 * between them.
 *
 * @param lease how long a lease runs; it is renewed when less than half of it is left
 * @param lastCall a role is not launched with when less than this is left of its lease
 */
public record LeaseTerms(Duration lease, Duration lastCall) {
  /** A lease of an hour, and a last call of five minutes. */
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

  /** Returns whether less than half of a lease is left. */
  boolean isToBeRenewed(Instant leaseUntil, Instant now) {
    return leaseUntil.isBefore(now.plus(lease.dividedBy(2)));
  }

  /** Returns whether a role that ends then may not be launched with any more. */
  boolean isTooLate(Instant expires, Instant now) {
    return expires.isBefore(now.plus(lastCall));
  }

  /**
   * Checks that enough of a lease is left to start something that relies on the role.
   *
   * @param what the action that relies on the role, for the message: {@code launch under it}
   * @throws LeaseEnding if less than the last call is left
   */
  public void checkFresh(Instant leaseUntil, Instant now, String what) {
    if (leaseUntil.isBefore(now.plus(lastCall))) {
      throw new LeaseEnding(
          "The role's lease ends at %s, too soon to %s.".formatted(leaseUntil, what));
    }
  }
}
