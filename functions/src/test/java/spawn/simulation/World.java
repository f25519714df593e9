package spawn.simulation;

import java.util.List;
import spawn.aws.SimulatedAws;
import spawn.workflow.Stack;

/**
 * What the actors of one schedule have in common.
 *
 * @param aws the account
 * @param scheduler who acts when
 * @param stack spawn, deployed into the account
 * @param weather what goes wrong
 * @param watch what must hold
 * @param tally what is counted
 * @param setting what the account is like
 * @param subnets where launches may go
 * @param wishes what launches may ask for
 */
record World(
    SimulatedAws aws,
    Scheduler scheduler,
    Stack stack,
    Weather weather,
    Watch watch,
    Tally tally,
    Setting setting,
    Subnets subnets,
    List<Wish> wishes) {
  /** Returns who acts now. */
  String actor() {
    return scheduler.current().name();
  }
}
