package spawn.simulation;

import java.util.List;
import java.util.SplittableRandom;
import spawn.aws.SimulatedAws;
import spawn.workflow.Stack;

/**
 * What the actors of one schedule have in common.
 *
 * @param aws the account
 * @param bug what is planted
 * @param scheduler who acts when
 * @param stack spawn, deployed into the account
 * @param faultInjector what goes wrong
 * @param invariants what must hold
 * @param statistics what is counted
 * @param setting what the account is like
 * @param subnets where launches may go
 * @param starts the chances of how many instances launches ask for
 * @param requestedRoles what launches may ask for
 * @param site where the stack is
 * @param territories which stack has made what
 * @param approvers who answers launches that ask
 */
record World(
    SimulatedAws aws,
    Mutation bug,
    Scheduler scheduler,
    Stack stack,
    FaultInjector faultInjector,
    Invariants invariants,
    Statistics statistics,
    Setting setting,
    Subnets subnets,
    SplittableRandom starts,
    List<RequestedRole> requestedRoles,
    Site site,
    Territories territories,
    Approvers approvers) {
  /** Returns what the actors of another stack have in common, in the same account. */
  World of(Stack another, Site its) {
    return new World(
        aws,
        bug,
        scheduler,
        another,
        faultInjector,
        invariants,
        statistics,
        setting,
        subnets,
        starts,
        its.requestedRoles(),
        its,
        territories,
        approvers);
  }

  /** Returns who acts now. */
  String actor() {
    return scheduler.current().name();
  }
}
