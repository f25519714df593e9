package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.launch.InstanceRequest;
import spawn.launch.LaunchedInstance;
import spawn.launch.Launches;

/** The {@code RunInstance} state: launches, once for each execution. */
public final class RunInstance extends StateHandler<RunInstance.Input, RunInstance.Output> {
  private final Launches launches;

  /** Creates the function from its environment; Lambda calls this. */
  public RunInstance() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(RunInstance::new));
  }

  /** Creates the function from its settings. */
  RunInstance(Settings settings) {
    this(settings, settings.aws());
  }

  private RunInstance(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.launches = new Launches(aws.ec2(), Clock.systemUTC(), settings.leaseTerms());
  }

  /** Creates the function on a service. */
  public RunInstance(Launches launches, Consumer<LogLine> log) {
    super(Input.class, log);
    this.launches = launches;
  }

  @Override
  protected Output handle(Input input, Invocation invocation) {
    LogLine line =
        invocation
            .line()
            .with("execution", input.execution())
            .with("role", input.roleName())
            .with("instanceProfile", input.profileArn())
            .with("subnet", input.subnetId());
    Optional<List<LaunchedInstance>> launched =
        launches.launch(
            InstanceRequest.of(input.instance())
                .with(
                    input.profileArn(),
                    input.roleName(),
                    input.execution().name(),
                    Optional.ofNullable(input.subnetId())),
            input.execution().id(),
            Optional.ofNullable(input.subnetId()),
            Optional.ofNullable(input.leaseUntil()));
    if (launched.isEmpty()) {
      line.event("notVisibleAfterAll").count("NotVisibleAfterAll", 1);
      return new Output(false, List.of());
    }
    List<LaunchedInstance> instances = launched.get();
    line.event("launched")
        .with("instances", instances.stream().map(LaunchedInstance::instanceId).toList())
        .count("Launches", 1)
        .count("InstancesLaunched", instances.size());
    return new Output(true, instances);
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
   * @param leaseUntil until when the role may be relied on, or {@code null} for a role that no
   *     sweep touches
   */
  public record Input(
      JsonNode instance,
      String profileArn,
      String roleName,
      String subnetId,
      Execution execution,
      Instant leaseUntil) {}

  /**
   * What was launched.
   *
   * @param launched whether EC2 saw the profile; if not, nothing was launched and the profile has
   *     to be waited for
   * @param instances the instances in the order of their launch index
   */
  public record Output(boolean launched, List<LaunchedInstance> instances) {}
}
