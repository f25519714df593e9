/**
 * A simulated AWS: the rules of IAM and EC2 that launches and sweeps lean on, in memory, replayable
 * from a seed.
 *
 * <p>{@link spawn.aws.SimulatedAws} is the way in. Every rule is one method or constant whose
 * Javadoc names the AWS text it follows.
 */
package spawn.aws;
