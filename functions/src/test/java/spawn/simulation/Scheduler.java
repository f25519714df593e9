package spawn.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import spawn.aws.SimulatedAws;

/**
 * Lets actors run one at a time, on threads that hand one baton on wherever one of them sleeps.
 *
 * <p>Who is next follows from the seed alone: the actor that wakes first, and of those that wake at
 * the same moment one that is drawn. When all sleep, simulated time moves on to the first that
 * wakes.
 */
final class Scheduler {
  private final SimulatedAws aws;
  private final RandomGenerator random;
  private final ExecutorService threads;
  private final List<Actor> waiting = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile Actor current;
  private volatile Optional<Throwable> failure = Optional.empty();
  private long steps;

  /** The end of an actor because the whole schedule has failed. */
  private static final class ScheduleOver extends Error {
    private static final long serialVersionUID = 1L;

    ScheduleOver() {
      super("The schedule has failed.", null, false, false);
    }
  }

  /** Somebody, or something, that acts in a schedule. */
  static final class Actor {
    private final String name;
    private long wakesAt;
    private volatile Thread thread;

    private Actor(String name, long wakesAt) {
      this.name = name;
      this.wakesAt = wakesAt;
    }

    String name() {
      return name;
    }
  }

  Scheduler(SimulatedAws aws, RandomGenerator random, ExecutorService threads) {
    this.aws = aws;
    this.random = random;
    this.threads = threads;
  }

  /** Adds an actor that begins a while from now; another actor may do so too. */
  void add(String name, Duration delay, Runnable body) {
    add(new Actor(name, now() + delay.toMillis()), body, () -> {});
  }

  private void add(Actor actor, Runnable body, Runnable atItsEnd) {
    waiting.add(actor);
    threads.execute(
        () -> {
          actor.thread = Thread.currentThread();
          awaitBaton(actor);
          try {
            if (failure.isEmpty()) {
              body.run();
            }
          } catch (ScheduleOver ended) {
            return;
          } catch (Throwable thrown) { // whatever it is, it must not be lost with its thread
            failure = Optional.of(thrown);
          } finally {
            atItsEnd.run();
            handOn();
          }
        });
  }

  /**
   * Lets the running actor wait until it has done some parts of its work, side by side: each is an
   * actor of the same name.
   */
  void sideBySide(List<Runnable> parts) {
    if (parts.isEmpty()) {
      return;
    }
    steps++;
    Actor whole = current;
    AtomicInteger left = new AtomicInteger(parts.size());
    for (Runnable part : parts) {
      add(
          new Actor(whole.name(), now()),
          part,
          () -> {
            if (left.decrementAndGet() == 0) {
              whole.wakesAt = now();
              waiting.add(whole);
            }
          });
    }
    handOn();
    awaitBaton(whole);
    if (failure.isPresent()) {
      throw new ScheduleOver();
    }
  }

  /** Runs all actors to their ends; returns what ended the schedule before that. */
  Optional<Throwable> run() {
    handOn();
    try {
      over.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return failure;
  }

  /** Lets the running actor sleep, and others run. */
  void sleep(Duration length) {
    steps++;
    Actor actor = current;
    actor.wakesAt = now() + length.toMillis();
    waiting.add(actor);
    handOn();
    awaitBaton(actor);
    if (failure.isPresent()) {
      throw new ScheduleOver();
    }
  }

  /** Returns the running actor. */
  Actor current() {
    return current;
  }

  /** Returns how often the baton could have changed hands. */
  long steps() {
    return steps;
  }

  private long now() {
    return aws.clock().millis();
  }

  private void handOn() {
    if (waiting.isEmpty()) {
      over.countDown();
      return;
    }
    Actor next = next();
    waiting.remove(next);
    if (next.wakesAt > now()) {
      aws.advance(Duration.ofMillis(next.wakesAt - now()));
    }
    current = next;
    if (next.thread != Thread.currentThread()) {
      LockSupport.unpark(next.thread);
    }
  }

  private Actor next() {
    List<Actor> first = new ArrayList<>();
    long earliest = Long.MAX_VALUE;
    for (Actor actor : waiting) {
      long wakesAt = Math.max(actor.wakesAt, now());
      if (wakesAt < earliest) {
        earliest = wakesAt;
        first.clear();
      }
      if (wakesAt == earliest) {
        first.add(actor);
      }
    }
    return first.size() == 1 ? first.get(0) : first.get(random.nextInt(first.size()));
  }

  private void awaitBaton(Actor actor) {
    while (current != actor) {
      LockSupport.park(this);
    }
  }
}
