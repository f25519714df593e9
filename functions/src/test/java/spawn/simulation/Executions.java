package spawn.simulation;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.role.Tags;
import spawn.simulation.Statistics.Fault;
import spawn.simulation.Statistics.RarePath;
import spawn.workflow.Execution;
import spawn.workflow.Outcome;
import spawn.workflow.Timeline;

/**
 * Runs executions of both state machines to their ends: answers are lost, functions run twice at
 * once, and people abort executions and redrive them up to a day later.
 */
final class Executions {
  /** The states in which an instance stays; one that ends may lose its profile. */
  private static final Set<InstanceStateName> REMAINING =
      Set.of(InstanceStateName.RUNNING, InstanceStateName.STOPPED);

  /** How long a planted bug waits with the removal of a set whose roles are marked. */
  private static final Duration HASTE = Duration.ofSeconds(5);

  private final World world;
  private final SimulatedAws aws;
  private final Scheduler scheduler;
  private final People people;

  Executions(World world, People people) {
    this.world = world;
    this.aws = world.aws();
    this.scheduler = world.scheduler();
    this.people = people;
  }

  /** The end of an execution that a person has aborted; it may be redriven. */
  private static final class Aborted extends Error {
    private static final long serialVersionUID = 1L;

    Aborted() {
      super("aborted", null, false, false);
    }
  }

  /**
   * Runs an execution until it ends by itself.
   *
   * @param role the role that it is about
   * @param own the chances of this execution
   */
  Outcome toItsEnd(Execution execution, String role, SplittableRandom own) {
    while (true) {
      try {
        return execution.run();
      } catch (Aborted aborted) {
        world.statistics().count(Fault.EXECUTION_STOPPED_AND_REDRIVEN);
        if (world.invariants().hasLaunched(execution.name()) && own.nextBoolean()) {
          people.markRoleOf(execution.name());
        }
        if (world.setting() == Setting.PATROLLED || own.nextInt(4) == 0) {
          sleepUntilTheSweepTakes(role);
          continue;
        }
        scheduler.sleep(
            switch (own.nextInt(4)) {
              case 0 -> Duration.ofMillis(own.nextInt(600_000));
              case 1 -> Duration.ofMillis(50 * 60_000 + own.nextInt(45 * 60_000));
              case 2 -> Duration.ofMillis(10 * 60_000 + own.nextInt(25 * 60_000));
              default -> Duration.ofMillis(own.nextInt(24 * 3_600_000));
            });
      }
    }
  }

  /**
   * The worst moment to go on: the sweep has looked for the last time, and the first call of the
   * deletion has taken the lease off.
   */
  private void sleepUntilTheSweepTakes(String role) {
    scheduler.sleep(Duration.ofMinutes(20));
    for (int polls = 0; polls < 400 && isLeased(role); polls++) {
      scheduler.sleep(Duration.ofSeconds(20));
    }
  }

  private boolean isLeased(String role) {
    return aws.role(role).flatMap(found -> found.tag(Tags.LEASE_UNTIL)).isPresent();
  }

  /**
   * Returns how time passes for an execution.
   *
   * @param own the chances of this execution
   * @param target the existing instance that it is about, as it was before, if it is about one
   */
  Timeline timeline(SplittableRandom own, Optional<SimulatedInstance> target) {
    return new Timeline() {
      private boolean late = world.setting() == Setting.PATROLLED && own.nextBoolean();

      private Optional<Duration> haste = Optional.empty();

      @Override
      public void pause(Duration length) {
        scheduler.sleep(haste.orElse(length));
      }

      @Override
      public void entering(String state) {
        haste =
            switch (world.bug()) {
              case SET_REMOVED_WITHOUT_WAITING ->
                  Optional.of(HASTE).filter(such -> state.equals("PauseForRemoval"));
              case REFUSED_LAUNCH_REPEATED_AT_ONCE ->
                  Optional.of(Duration.ZERO).filter(such -> state.equals("WaitAgain"));
              default -> Optional.empty();
            };
        scheduler.sleep(Duration.ofMillis(10 + own.nextInt(100)));
        checkNotStripped(target);
        world.approvers().entering(world, state);
        if (late && state.equals("RunInstance")) {
          late = false;
          throw new Aborted();
        }
        abortPerhaps();
        if (state.equals("WaitAgain")) {
          world.statistics().count(RarePath.DENIED_AFTER_THE_PROOF);
        }
      }

      @Override
      public boolean losing(Runnable call) {
        if (!world.faultInjector().isDue()) {
          return false;
        }
        world.statistics().count(Fault.FUNCTION_RUN_TWICE_AT_ONCE);
        scheduler.add(world.actor() + "'", Duration.ofMillis(own.nextInt(5_000)), call);
        return true;
      }

      @Override
      public void answered() {
        abortPerhaps();
      }

      private void abortPerhaps() {
        if (world.faultInjector().isDue() && own.nextInt(3) == 0) {
          throw new Aborted();
        }
      }
    };
  }

  /** Without faults, an instance that had a profile has one between any two states. */
  private void checkNotStripped(Optional<SimulatedInstance> before) {
    before
        .filter(had -> had.profile().isPresent() && world.faultInjector().isFaultless())
        .flatMap(had -> aws.instance(had.id()))
        .filter(now -> REMAINING.contains(now.state(aws.clock().instant())))
        .ifPresent(
            now ->
                Violation.unless(
                    now.profile().isPresent(),
                    () -> "Instance %s has lost its profile.".formatted(now.id())));
  }
}
