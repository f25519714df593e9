package spawn.inventory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Runs tasks side by side. What decides anything stands in the tasks and in what waits for them, so
 * that tests can run the same code in any order and on any clock.
 */
@FunctionalInterface
public interface SideBySide {
  /**
   * Runs tasks, and returns when all have ended or the limit is over, whichever comes first.
   *
   * @param tasks what to run; none throws
   * @param limit how long to wait for them; a task that has not ended by then is told so, and goes
   *     on by itself until it asks
   */
  void run(List<Task> tasks, Duration limit);

  /** One of the tasks. */
  @FunctionalInterface
  interface Task {
    /**
     * Does the work.
     *
     * @param isAwaited whether the end is still waited for: once it is not, it never is again
     */
    void run(BooleanSupplier isAwaited);
  }

  /**
   * Returns what runs tasks by an executor; with fewer threads than tasks, some wait their turn.
   *
   * @param executor runs each task once
   */
  static SideBySide on(Executor executor) {
    return (tasks, limit) -> {
      long begin = System.nanoTime();
      AtomicBoolean over = new AtomicBoolean();
      BooleanSupplier isAwaited = () -> !over.get() && System.nanoTime() - begin < limit.toNanos();
      List<CompletableFuture<Void>> ends = new ArrayList<>();
      for (Task task : tasks) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        ends.add(end);
        executor.execute(
            () -> {
              try {
                task.run(isAwaited);
              } finally {
                end.complete(null);
              }
            });
      }
      await(CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)), limit, begin);
      over.set(true);
    };
  }

  private static void await(CompletableFuture<Void> all, Duration limit, long begin) {
    try {
      all.get(Math.max(0, limit.toNanos() - (System.nanoTime() - begin)), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      return;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
