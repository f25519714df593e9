package spawn.error;

/**
 * How much work the reading of one payload has taken, and the most that it may take.
 *
 * <p>It is counted in steps: two symbols of patterns compared, 64 grants looked at together, or one
 * byte of a document written. A step takes a few nanoseconds, so that the bound is a matter of a
 * tenth of a second, whatever the payload.
 */
public final class Work {
  /**
   * The most steps for one payload. The worst policy that fits into a role takes half of them
   * ({@code BoundedWorkTest}).
   */
  public static final long MAX_STEPS = 50_000_000;

  private final long max;
  private long done;

  private Work(long max) {
    this.max = max;
  }

  /** Returns the work of one payload. */
  static Work ofOnePayload() {
    return new Work(MAX_STEPS);
  }

  /**
   * Returns work that ends after some steps.
   *
   * @param steps the most
   */
  public static Work atMost(long steps) {
    return new Work(steps);
  }

  /** Returns work without a bound, on what is known to be small: a document that IAM holds. */
  public static Work unbounded() {
    return new Work(Long.MAX_VALUE);
  }

  /**
   * Counts work.
   *
   * @param steps 0 or more
   * @throws TooMuch if this has taken all that it may
   */
  public void add(long steps) {
    done += steps;
    if (done > max) {
      throw new TooMuch(max);
    }
  }

  /** Returns how many steps were counted. */
  public long done() {
    return done;
  }

  /** Thrown where going on would take more work than it may. */
  public static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TooMuch(long max) {
      super("more than %d steps".formatted(max));
    }
  }
}
