package spawn.cleanup;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import spawn.inventory.Candidate;
import spawn.role.KnownRole;

/**
 * Reads the roles that could go, side by side, marks and unmarks them, and finds those that are due
 * for deletion.
 *
 * <p>Only a role's tags tell whether it is marked, and the listing is without tags. So runs read
 * the roles in one order, which stays the same for a week: what a run has marked, the next one
 * reads first. A run that has found enough for itself and for the next ones reads no further, so
 * that it costs the same however many wait. Another week has another order, so that roles which are
 * read and stay keep no other from being read for good.
 */
final class FirstLook {
  /** Far longer than the time between two nightly sweeps. */
  private static final Duration SAME_ORDER = Duration.ofDays(7);

  private final Function<String, Optional<KnownRole>> find;
  private final Verdicts verdicts;
  private final Marks marks;
  private final Crew crew;
  private final RoleReports reports;
  private final List<Due> due = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger onTheirWay = new AtomicInteger();

  /** A role that is due, and since when it is marked. */
  private record Due(Candidate role, Instant since) {}

  /**
   * Creates a look that has read nothing.
   *
   * @param find reads a role with its tags; nothing if it is gone
   */
  FirstLook(
      Function<String, Optional<KnownRole>> find,
      Verdicts verdicts,
      Marks marks,
      Crew crew,
      RoleReports reports) {
    this.find = find;
    this.verdicts = verdicts;
    this.marks = marks;
    this.crew = crew;
    this.reports = reports;
  }

  /** Returns roles in the order in which runs of that time read them. */
  static List<Candidate> inOrder(List<Candidate> roles, Instant now) {
    long period = Math.floorDiv(now.toEpochMilli(), SAME_ORDER.toMillis());
    return roles.stream()
        .sorted(
            Comparator.comparingLong((Candidate role) -> place(role, period))
                .thenComparing(Candidate::name))
        .toList();
  }

  private static long place(Candidate role, long period) {
    return new SplittableRandom(31 * period + role.name().hashCode()).nextLong();
  }

  /**
   * Looks at the candidates until a moment, or until there is enough.
   *
   * @param candidates the roles that could go, in their order
   * @param until when to end
   * @param enough whether no more need be read
   * @return those that are due, marked longest ago first
   */
  List<Candidate> due(
      List<Candidate> candidates, RolesOfSets ofSets, Instant until, Enough enough) {
    List<Candidate> unread =
        crew.each(
            candidates,
            rest -> enough.isEnough(onTheirWay.get(), dueSoFar(), rest),
            role -> reports.guarded(role.name(), until, () -> look(role, ofSets)));
    unread.forEach(
        role ->
            reports.note(
                RoleReport.postponed(
                    role.name(),
                    "not read, since this run has found enough for the next ones too")));
    return dueSoFar();
  }

  private List<Candidate> dueSoFar() {
    synchronized (due) {
      return due.stream()
          .sorted(Comparator.comparing(Due::since).thenComparing(some -> some.role().name()))
          .map(Due::role)
          .toList();
    }
  }

  private RoleReport look(Candidate role, RolesOfSets ofSets) {
    return find.apply(role.name())
        .map(found -> carriedOut(role, found, ofSets.decided(role, found, verdicts)))
        .orElseGet(() -> RoleReport.gone(role.name()));
  }

  private RoleReport carriedOut(Candidate role, KnownRole found, Decision decision) {
    RoleReport report =
        decision.carryOut(
            role.name(),
            marks,
            () -> {
              due.add(new Due(role, found.markedSince().orElseThrow()));
              return Optional.empty();
            });
    if (report.verdict() == Verdict.MARKED
        || report.verdict() == Verdict.DELETED
        || report.code() == KeepReason.MARKED) {
      onTheirWay.incrementAndGet();
    }
    return report;
  }

  /** Tells whether a run has read enough. */
  @FunctionalInterface
  interface Enough {
    /**
     * Returns whether it has.
     *
     * @param onTheirWay how many of the roles that were read are marked or due
     * @param due those that are due
     * @param unread what was not read
     */
    boolean isEnough(int onTheirWay, List<Candidate> due, List<Candidate> unread);
  }
}
