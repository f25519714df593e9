package spawn.cleanup;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.core.exception.SdkException;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;

/** How far a run may go: until its time is over, or until AWS asks it to slow down. */
final class RunBudget {
  private final Clock clock;
  private final Instant end;
  private final AtomicBoolean throttled = new AtomicBoolean();
  private final AtomicReference<String> firstStop = new AtomicReference<>();

  /**
   * Creates the budget of one run.
   *
   * @param end when the run must have ended
   */
  RunBudget(Clock clock, Instant end) {
    this.clock = clock;
    this.end = end;
  }

  /** Returns when the run must have ended. */
  Instant end() {
    return end;
  }

  /** Returns when half of the time that is left now will be over. */
  Instant halfTime() {
    return clock.instant().plus(halfOfTheRest());
  }

  /** Returns half of the time that is left now, at least zero. */
  Duration halfOfTheRest() {
    Duration half = Duration.between(clock.instant(), end).dividedBy(2);
    return half.isNegative() ? Duration.ZERO : half;
  }

  /**
   * Returns whether no more work may begin before a moment: it has passed, or AWS has asked to slow
   * down.
   *
   * @param next what would be next, for the report
   */
  boolean isOver(Instant until, String next) {
    if (throttled.get()) {
      return true;
    }
    if (clock.instant().isBefore(until)) {
      return false;
    }
    firstStop.compareAndSet(null, "before %s: the time was over".formatted(next));
    return true;
  }

  /**
   * Ends the run if AWS asks it to slow down; returns whether that is so.
   *
   * @param where where the run was, for the report
   */
  boolean stopIfThrottled(String where, SdkException failure) {
    if (AwsErrors.kind(failure) != AnswerKind.THROTTLED) {
      return false;
    }
    throttled.set(true);
    firstStop.compareAndSet(null, "%s: %s".formatted(where, failure.getMessage()));
    return true;
  }

  /** Returns where and why the run stopped first, if it did. */
  Optional<String> stopped() {
    return Optional.ofNullable(firstStop.get());
  }
}
