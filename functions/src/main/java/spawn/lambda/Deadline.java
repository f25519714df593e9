package spawn.lambda;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * How much time the current invocation has left.
 *
 * <p>A process of Lambda serves one invocation at a time, whatever threads it uses (<a
 * href="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html">execution
 * environment</a>), so the functions' clients and their handler share one deadline, which each
 * invocation begins anew. Before the first one, while the function starts, nothing is cut short.
 */
public final class Deadline {
  /** What a function keeps of its time after its last call: to name a failure and to answer. */
  static final Duration RESERVE = Duration.ofSeconds(5);

  /** Longer than any invocation may take, so it limits nothing. */
  private static final Duration UNLIMITED = Duration.ofDays(1);

  private volatile Supplier<Duration> left = () -> UNLIMITED;

  /**
   * Starts an invocation: from now on its time counts, and that of the previous one no longer does.
   *
   * @param left how much longer the invocation may run; asked again each time
   */
  public void begin(Supplier<Duration> left) {
    this.left = left;
  }

  /**
   * Returns how much longer the invocation may run: negative once its time is over, and a day
   * before any invocation has begun.
   */
  public Duration left() {
    return left.get();
  }

  /** Returns how much of it calls to AWS may take; negative or zero if there is no time for one. */
  Duration leftForCalls() {
    return left().minus(RESERVE);
  }
}
