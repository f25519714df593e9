package spawn.launch;

import software.amazon.awssdk.services.ec2.model.Instance;

/**
 * An instance of a launch.
 *
 * @param instanceId its id
 * @param launchIndex its number among the instances of the launch, from 0; it reads the same from
 *     its metadata as {@code ami-launch-index}
 * @param state its state when EC2 answered, usually {@code pending}
 * @param availabilityZone where it runs
 * @param privateIpAddress its address, where EC2 has already given one
 */
public record LaunchedInstance(
    String instanceId,
    int launchIndex,
    String state,
    String availabilityZone,
    String privateIpAddress) {
  /** Returns the instance as EC2 describes it. */
  public static LaunchedInstance of(Instance instance) {
    return new LaunchedInstance(
        instance.instanceId(),
        instance.amiLaunchIndex(),
        instance.state().nameAsString(),
        instance.placement() == null ? null : instance.placement().availabilityZone(),
        instance.privateIpAddress());
  }

  boolean hasEnded() {
    return state.equals("terminated") || state.equals("shutting-down");
  }
}
