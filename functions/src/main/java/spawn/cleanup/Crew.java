package spawn.cleanup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import spawn.inventory.SideBySide;

/**
 * Works on many things side by side, as fast as AWS takes it.
 *
 * <p>IAM's rate is the account's, and not published, so launches and a sweep draw on the same one
 * (<a href="https://repost.aws/knowledge-center/iam-sts-throttling-error">throttling</a>). The work
 * goes in rounds. After a round in which AWS refused a call for its rate, or did not answer one,
 * half as many go on, down to one call at a time; after a round without that, one more. So the
 * sweep gives way before a launch has to, and a launch is never behind more than {@value #WIDEST}
 * calls.
 *
 * <p>Between two rounds nothing runs: what a round has begun has ended when it returns, so no
 * thread of a run outlives the run.
 */
public final class Crew {
  /** The most calls at once. */
  static final int WIDEST = 8;

  /** What a run begins with. */
  static final int FIRST = 4;

  /** How many things each of those at work does in a round. */
  static final int EACH = 6;

  /** Longer than a function may run. */
  private static final Duration TO_THE_END = Duration.ofHours(1);

  private final SideBySide threads;
  private final LongSupplier repeated;
  private final AtomicInteger width = new AtomicInteger(FIRST);

  /**
   * Creates the crew of one run.
   *
   * @param threads runs the work
   * @param repeated how many calls had to be repeated so far, since AWS asked to slow down or did
   *     not answer
   */
  public Crew(SideBySide threads, LongSupplier repeated) {
    this.threads = threads;
    this.repeated = repeated;
  }

  /** Does a job for each of some things, each exactly once; what a job throws is thrown. */
  <T> void each(List<T> things, Consumer<T> job) {
    each(things, rest -> false, job);
  }

  /**
   * Does a job for each of some things, from the front, until that is enough; what a job throws is
   * thrown.
   *
   * @param enough whether no more is to be begun, with what is left
   * @return what was not begun
   */
  <T> List<T> each(List<T> things, Predicate<List<T>> enough, Consumer<T> job) {
    List<T> rest = things;
    while (!rest.isEmpty() && !enough.test(rest)) {
      int round = Math.min(rest.size(), width.get() * EACH);
      work(rest.subList(0, round), job);
      rest = rest.subList(round, rest.size());
    }
    return rest;
  }

  private <T> void work(List<T> round, Consumer<T> job) {
    long before = repeated.getAsLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    int lanes = Math.min(width.get(), round.size());
    List<SideBySide.Task> tasks = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      int first = lane;
      tasks.add(isAwaited -> work(round, first, lanes, job, failure));
    }
    threads.run(tasks, TO_THE_END);
    Optional.ofNullable(failure.get()).ifPresent(Crew::rethrow);
    boolean isSlowed = repeated.getAsLong() > before;
    width.updateAndGet(now -> isSlowed ? Math.max(1, now / 2) : Math.min(WIDEST, now + 1));
  }

  private static <T> void work(
      List<T> round, int first, int lanes, Consumer<T> job, AtomicReference<Throwable> failure) {
    for (int i = first; i < round.size() && failure.get() == null; i += lanes) {
      try {
        job.accept(round.get(i));
      } catch (RuntimeException | Error thrown) {
        failure.compareAndSet(null, thrown);
      }
    }
  }

  private static void rethrow(Throwable thrown) {
    if (thrown instanceof Error end) {
      throw end;
    }
    throw (RuntimeException) thrown;
  }
}
