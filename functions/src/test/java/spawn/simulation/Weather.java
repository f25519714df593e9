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
import spawn.simulation.Tally.Fault;
import spawn.workflow.Stack;

/**
 * What goes wrong around the calls of one schedule: each call takes its time both ways, and some
 * meet a fault. How rough it is differs from schedule to schedule; many are calm, so that what only
 * interleaving brings about is not hidden by failures.
 */
final class Weather implements Faults {
  private final SimulatedAws aws;
  private final Scheduler scheduler;
  private final Stack stack;
  private final SplittableRandom random;
  private final Tally tally;
  private final double roughness;
  private boolean disturbed;
  private Optional<String> crashAfter = Optional.empty();

  Weather(
      SimulatedAws aws, Scheduler scheduler, Stack stack, SplittableRandom random, Tally tally) {
    this.aws = aws;
    this.scheduler = scheduler;
    this.stack = stack;
    this.random = random;
    this.tally = tally;
    this.roughness = random.nextInt(3) == 0 ? 0 : 0.25 * random.nextDouble() * random.nextDouble();
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

  /** Returns whether no call meets a fault, and nothing is disturbed otherwise. */
  boolean isCalm() {
    return roughness == 0 && !disturbed;
  }

  /** Returns whether something as likely as a fault happens now. */
  boolean strikes() {
    return random.nextDouble() < roughness;
  }

  @Override
  public void before(Call call) {
    travel();
    if (!strikes()) {
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> {
        tally.count(Fault.THROTTLED);
        throw call.service().equals("iam")
            ? AwsErrors.throttling()
            : AwsErrors.requestLimitExceeded();
      }
      case 1 -> {
        tally.count(Fault.FAILED_INSIDE_AWS);
        throw call.service().equals("iam") ? AwsErrors.serviceFailure() : AwsErrors.internalError();
      }
      case 2 -> {
        if (call.service().equals("iam") && call.isWrite()) {
          tally.count(Fault.CONTENDED);
          throw AwsErrors.concurrentModification();
        }
      }
      case 3 -> {
        tally.count(Fault.TIMED_OUT_BEFORE_EFFECT);
        pause(Duration.ofSeconds(20));
        throw AwsErrors.callTimeout();
      }
      case 4 -> {
        tally.count(Fault.CRASHED_BEFORE_EFFECT);
        throw new Crash(call);
      }
      default -> pause();
    }
  }

  @Override
  public void after(Call call) {
    if (crashAfter.equals(Optional.of(call.operation()))) {
      crashAfter = Optional.empty();
      tally.count(Fault.CRASHED_AFTER_EFFECT);
      throw new Crash(call);
    }
    travel();
    if (!strikes()) {
      return;
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        tally.count(Fault.TIMED_OUT_AFTER_EFFECT);
        pause(Duration.ofSeconds(20));
        throw AwsErrors.callTimeout();
      }
      case 1 -> {
        tally.count(Fault.CONNECTION_LOST_AFTER_EFFECT);
        throw AwsErrors.connectionLost();
      }
      case 2 -> {
        tally.count(Fault.CRASHED_AFTER_EFFECT);
        throw new Crash(call);
      }
      default -> pause();
    }
  }

  private void travel() {
    scheduler.sleep(Duration.ofMillis(5 + random.nextInt(random.nextInt(8) == 0 ? 2_000 : 120)));
  }

  /** A function stands still for anything up to the rest of its time, and a little more. */
  private void pause() {
    tally.count(Fault.FUNCTION_PAUSED);
    Instant now = aws.clock().instant();
    long rest = Math.max(0, Duration.between(now, stack.runningUntil().orElse(now)).toMillis());
    pause(Duration.ofMillis(random.nextLong(rest + rest / 4 + 1)));
  }

  private void pause(Duration length) {
    Instant now = aws.clock().instant();
    Duration rest =
        Duration.between(now, stack.runningUntil().orElse(now.plus(length))).plusMillis(1);
    if (length.compareTo(rest) >= 0) {
      tally.count(Fault.FUNCTION_CUT_OFF);
      scheduler.sleep(rest.isNegative() ? Duration.ZERO : rest);
    } else {
      scheduler.sleep(length);
    }
  }
}
