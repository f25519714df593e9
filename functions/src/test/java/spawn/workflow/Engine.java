package spawn.workflow;

import java.time.Clock;
import java.util.Map;
import java.util.random.RandomGenerator;
import spawn.aws.SimulatedStates;

/**
 * What executions are run with.
 *
 * @param expressions evaluates what stands in definitions
 * @param lambda runs functions
 * @param clock tells the time
 * @param random draws what is jittered
 * @param states knows the executions
 * @param machines what executions run by themselves, by their ARNs
 */
record Engine(
    Expressions expressions,
    Lambda lambda,
    Clock clock,
    RandomGenerator random,
    SimulatedStates states,
    Map<String, StateMachine> machines) {}
