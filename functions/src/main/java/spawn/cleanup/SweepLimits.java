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
 * @param pages the most pages, of a thousand instances each, that a run lists of a region; a region
 *     with more of them is asked for the profiles that matter
 */
public record SweepLimits(int deletions, int pages) {
  /** Fifty roles; a hundred pages, which is ten seconds at 100 ms each. */
  public static final SweepLimits STANDARD = new SweepLimits(50, 100);

  /** For this run, for the one that follows in twenty minutes, and for one in between. */
  private static final int RUNS_AHEAD = 3;

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

  /** Returns how many roles on their way to deletion are enough for a run and the next ones. */
  int enough() {
    return RUNS_AHEAD * deletions;
  }

  private static long established(List<Candidate> some, Instant now) {
    Instant before = now.minus(ESTABLISHED);
    return some.stream().filter(role -> role.created().isBefore(before)).count();
  }
}
