package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import spawn.lambda.Aws;
import spawn.lambda.Settings;
import spawn.lambda.StateHandler;
import spawn.launch.InstanceRequest;
import spawn.profile.InstanceProfiles;
import spawn.profile.PropagationProbe;
import spawn.profile.Visibility;

/**
 * The {@code WaitForPropagation} state: asks EC2, by dry runs, whether it sees the profile yet. The
 * state machine does the waiting.
 */
public final class WaitForPropagation extends StateHandler<WaitForPropagation.Input, Visibility> {
  private final PropagationProbe probe;

  /** Creates the function from its environment; Lambda calls this. */
  public WaitForPropagation() {
    this(
        new PropagationProbe(
            Aws.ec2WithoutRetries(),
            new InstanceProfiles(Aws.iam(), Clock.systemUTC()),
            Clock.systemUTC(),
            new Settings(System.getenv()).propagationTimeout()));
  }

  /** Creates the function on a service. */
  public WaitForPropagation(PropagationProbe probe) {
    super(Input.class);
    this.probe = probe;
  }

  @Override
  protected Visibility handle(Input input) {
    return probe.probe(
        InstanceRequest.of(input.instance())
            .with(
                input.profileArn(),
                input.roleName(),
                input.execution().name(),
                Optional.ofNullable(input.subnetId())),
        Optional.ofNullable(input.waitingSince()));
  }

  /**
   * What is to be launched.
   *
   * @param instance the completed launch in EC2's own names
   * @param profileArn the ARN of the instance profile
   * @param roleName the role in it
   * @param subnetId the one of several subnets that is tried, or {@code null} where the launch
   *     itself says where
   * @param execution which execution it is
   * @param waitingSince when this wait began, or {@code null} at its first question
   */
  public record Input(
      JsonNode instance,
      String profileArn,
      String roleName,
      String subnetId,
      Execution execution,
      Instant waitingSince) {}
}
