package spawn.cleanup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import spawn.inventory.Candidate;

/**
 * How much a single run may do.
 *
 * @param deletions the most roles that a run deletes; the next one deletes the rest
 * @param region how long the regions, which are asked side by side, may take to answer
 */
public record SweepLimits(int deletions, Duration region) {
  /** Fifty roles; a minute for the regions. */
  public static final SweepLimits STANDARD = new SweepLimits(50, Duration.ofMinutes(1));

  /** Roles that are younger come and go by themselves, and do not count as most of an account's. */
  private static final Duration ESTABLISHED = Duration.ofDays(1);

  /** With few roles, half of them is an ordinary evening. */
  private static final int HANDFUL = 5;

  /**
   * Returns the alarm of a run that would delete more than half of the established roles, and more
   * than a handful of them: that looks like a mistake, the sweep's or someone else's.
   *
   * @param all all roles under spawn's path
   * @param due those that would be deleted
   */
  static Optional<String> alarm(List<Candidate> all, List<Candidate> due, Instant now) {
    long established = established(all, now);
    long going = established(due, now);
    return going > HANDFUL && going > established / 2
        ? Optional.of(
            "%d of %d roles older than a day would go at once, so none does; {\"mayDeleteMost\": true} in a direct call lets them go"
                .formatted(going, established))
        : Optional.empty();
  }

  private static long established(List<Candidate> some, Instant now) {
    Instant before = now.minus(ESTABLISHED);
    return some.stream().filter(role -> role.created().isBefore(before)).count();
  }
}
