package spawn.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The clocks of the machines that functions run on: each is a little off. */
final class SkewedClock extends Clock {
  private static final int MACHINES = 7;
  private static final int MOST_MILLIS = 20_000;

  private final Clock exact;
  private final Supplier<Optional<Instant>> runningUntil;
  private final int[] skews;

  /**
   * Creates the clocks.
   *
   * @param runningUntil until when the function may run that asks; it tells the machines apart
   */
  SkewedClock(Clock exact, RandomGenerator random, Supplier<Optional<Instant>> runningUntil) {
    this.exact = exact;
    this.runningUntil = runningUntil;
    this.skews = random.ints(MACHINES, -MOST_MILLIS, MOST_MILLIS + 1).toArray();
  }

  @Override
  public Instant instant() {
    int machine =
        runningUntil
            .get()
            .map(until -> Math.floorMod(until.toEpochMilli(), skews.length))
            .orElse(0);
    return exact.instant().plusMillis(skews[machine]);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
