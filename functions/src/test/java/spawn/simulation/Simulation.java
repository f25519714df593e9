package spawn.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs schedules, two at a time, until one breaks what must hold. */
final class Simulation {
  private static final int AT_ONCE = 2;
  private static final List<RequestedRole> REQUESTED_ROLES = RequestedRole.all();
  private static final ExecutorService THREADS = Executors.newCachedThreadPool(Simulation::thread);

  private final Mutation mutation;
  private final List<String> failures = new ArrayList<>();

  Simulation(Mutation mutation) {
    this.mutation = mutation;
  }

  /** Runs the schedules of a range of seeds; a single one is traced. */
  Statistics run(long first, long last) throws InterruptedException, ExecutionException {
    AtomicLong next = new AtomicLong(first);
    List<Future<Statistics>> parts = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      parts.add(THREADS.submit(() -> work(next, last, first == last)));
    }
    Statistics all = new Statistics();
    for (Future<Statistics> part : parts) {
      all.add(part.get());
    }
    return all;
  }

  /** Returns every call of one schedule. */
  List<String> trace(long seed) {
    Schedule schedule =
        new Schedule(
            seed, mutation, REQUESTED_ROLES, new Workflows(), THREADS, new Statistics(), true);
    schedule.run();
    return schedule.trace();
  }

  private Statistics work(AtomicLong next, long last, boolean traced) {
    Workflows workflows = new Workflows();
    Statistics statistics = new Statistics();
    for (long seed = next.getAndIncrement();
        seed <= last && isClean();
        seed = next.getAndIncrement()) {
      Schedule schedule =
          new Schedule(seed, mutation, REQUESTED_ROLES, workflows, THREADS, statistics, traced);
      long itsSeed = seed;
      schedule.run().ifPresent(violation -> note(itsSeed, violation, schedule.trace()));
    }
    return statistics;
  }

  private synchronized void note(long seed, Throwable violation, List<String> trace) {
    StringWriter text = new StringWriter();
    text.append("-Dseed=").append(Long.toString(seed)).append(": ");
    violation.printStackTrace(new PrintWriter(text));
    trace.forEach(line -> text.append(line).append('\n'));
    failures.add(text.toString());
  }

  private synchronized boolean isClean() {
    return failures.isEmpty();
  }

  /** Returns what was broken, each with its seed. */
  synchronized List<String> failures() {
    return failures;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    return thread;
  }
}
