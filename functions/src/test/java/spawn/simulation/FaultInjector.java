package spawn.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Crash;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.simulation.Statistics.Fault;
import spawn.workflow.Stack;

/**
 * Injects faults into the calls of one schedule: each call takes its time both ways, and some fail.
 * How many differs from schedule to schedule; in a third of them none does, so that failures do not
 * hide what only interleaving brings about.
 */
final class FaultInjector implements Faults {
  private final SimulatedAws aws;
  private final Scheduler scheduler;
  private final Stack stack;
  private final SplittableRandom random;
  private final Statistics statistics;
  private final double faultRate;
  private boolean disturbed;
  private Optional<String> crashAfter = Optional.empty();

  FaultInjector(
      SimulatedAws aws,
      Scheduler scheduler,
      Stack stack,
      SplittableRandom random,
      Statistics statistics) {
    this.aws = aws;
    this.scheduler = scheduler;
    this.stack = stack;
    this.random = random;
    this.statistics = statistics;
    this.faultRate = random.nextInt(3) == 0 ? 0 : 0.25 * random.nextDouble() * random.nextDouble();
  }

  /** Lets the function that makes this call first end right after it. */
  void crashAfterTheFirst(String operation) {
    crashAfter = Optional.of(operation);
  }

  /** Notes that people interfere, or that a region or a zone fails. */
  void disturb() {
    disturbed = true;
  }

  /** Returns whether people interfere, or a region or a zone fails. */
  boolean isDisturbed() {
    return disturbed;
  }

  /** Returns whether no fault is injected, and people and AWS do not interfere either. */
  boolean isFaultless() {
    return faultRate == 0 && !disturbed;
  }

  /** Draws whether a fault, or something as likely, is due now. */
  boolean isDue() {
    return random.nextDouble() < faultRate;
  }

  @Override
  public void before(Call call) {
    travel(call);
    if (!isDue()) {
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> {
        statistics.count(Fault.THROTTLED);
        throw call.service().equals("iam")
            ? AwsErrors.throttling()
            : AwsErrors.requestLimitExceeded();
      }
      case 1 -> {
        statistics.count(Fault.FAILED_INSIDE_AWS);
        throw call.service().equals("iam") ? AwsErrors.serviceFailure() : AwsErrors.internalError();
      }
      case 2 -> {
        if (call.service().equals("iam") && call.isWrite()) {
          statistics.count(Fault.CONTENDED);
          throw AwsErrors.concurrentModification();
        }
      }
      case 3 -> {
        statistics.count(Fault.TIMED_OUT_BEFORE_EFFECT);
        pause(Duration.ofSeconds(20));
        throw AwsErrors.callTimeout();
      }
      case 4 -> {
        statistics.count(Fault.CRASHED_BEFORE_EFFECT);
        throw new Crash(call);
      }
      default -> pause();
    }
  }

  @Override
  public void after(Call call) {
    if (crashAfter.equals(Optional.of(call.operation()))) {
      crashAfter = Optional.empty();
      statistics.count(Fault.CRASHED_AFTER_EFFECT);
      throw new Crash(call);
    }
    travel(call);
    if (!isDue()) {
      return;
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        statistics.count(Fault.TIMED_OUT_AFTER_EFFECT);
        pause(Duration.ofSeconds(20));
        throw AwsErrors.callTimeout();
      }
      case 1 -> {
        statistics.count(Fault.CONNECTION_LOST_AFTER_EFFECT);
        throw AwsErrors.connectionLost();
      }
      case 2 -> {
        statistics.count(Fault.CRASHED_AFTER_EFFECT);
        throw new Crash(call);
      }
      default -> pause();
    }
  }

  private void travel(Call call) {
    Duration way = Duration.ofMillis(5 + random.nextInt(random.nextInt(8) == 0 ? 2_000 : 120));
    scheduler.sleep(isAskedBesideOthers(call) ? Duration.ZERO : way);
  }

  /** A function asks all regions side by side: what the home region takes is the time of all. */
  private static boolean isAskedBesideOthers(Call call) {
    return call.operation().startsWith("Describe") && !call.region().equals("us-east-1");
  }

  /** A function stands still for anything up to the rest of its time, and a little more. */
  private void pause() {
    statistics.count(Fault.FUNCTION_PAUSED);
    Instant now = aws.clock().instant();
    long rest = Math.max(0, Duration.between(now, stack.runningUntil().orElse(now)).toMillis());
    pause(Duration.ofMillis(random.nextLong(rest + rest / 4 + 1)));
  }

  private void pause(Duration length) {
    Instant now = aws.clock().instant();
    Duration rest =
        Duration.between(now, stack.runningUntil().orElse(now.plus(length))).plusMillis(1);
    if (length.compareTo(rest) >= 0) {
      statistics.count(Fault.FUNCTION_CUT_OFF);
      scheduler.sleep(rest.isNegative() ? Duration.ZERO : rest);
    } else {
      scheduler.sleep(length);
    }
  }
}
