package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.launch.InstanceRequest;
import spawn.launch.NamedResource;
import spawn.launch.OwnersWord;
import spawn.profile.InstanceProfiles;
import spawn.profile.ProbeRequest;
import spawn.profile.PropagationProbe;
import spawn.profile.Visibility;

/**
 * The {@code WaitForPropagation} state: looks whether what the launch names of others is open to
 * it, and asks EC2, by dry runs, whether it sees the profile yet. The state machine does the
 * waiting.
 */
public final class WaitForPropagation extends StateHandler<WaitForPropagation.Input, Visibility> {
  private final PropagationProbe probe;
  private final OwnersWord word;

  /** Creates the function from its environment; Lambda calls this. */
  public WaitForPropagation() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(WaitForPropagation::new));
  }

  /** Creates the function from its settings. */
  WaitForPropagation(Settings settings) {
    this(settings, settings.aws());
  }

  private WaitForPropagation(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    Ec2Client ec2 = aws.ec2WithoutRetries();
    this.word = new OwnersWord(ec2);
    this.probe =
        new PropagationProbe(
            ec2,
            new InstanceProfiles(aws.iam(), settings.owner(), Clock.systemUTC()),
            Clock.systemUTC(),
            settings.propagationTimeout());
  }

  /** Creates the function on its services. */
  public WaitForPropagation(PropagationProbe probe, OwnersWord word, Consumer<LogLine> log) {
    super(Input.class, log);
    this.probe = probe;
    this.word = word;
  }

  @Override
  protected Visibility handle(Input input, Invocation invocation) {
    LogLine line =
        invocation
            .line()
            .with("execution", input.execution())
            .with("role", input.roleName())
            .with("instanceProfile", input.profileArn())
            .with("waitingSince", input.waitingSince());
    word.check(input.named());
    Visibility seen =
        probe.probe(
            new ProbeRequest(
                launches(input),
                Optional.ofNullable(input.waitingSince()),
                Optional.ofNullable(input.settlesAt())));
    line.event(seen.visible() ? "visible" : "notVisibleYet")
        .with("waitingSince", seen.waitingSince());
    if (seen.visible()) {
      line.seconds("SecondsUntilVisible", seen.secondsWaited());
    }
    return seen;
  }

  /** Returns the launch into the subnet that is tried, and then into each of the others. */
  private static List<RunInstancesRequest> launches(Input input) {
    Set<Optional<String>> subnets = new LinkedHashSet<>();
    subnets.add(Optional.ofNullable(input.subnetId()));
    Optional.ofNullable(input.subnetIds()).orElse(List.of()).stream()
        .map(Optional::of)
        .forEach(subnets::add);
    return subnets.stream()
        .map(
            subnet ->
                InstanceRequest.of(input.instance())
                    .with(input.profileArn(), input.roleName(), input.execution().name(), subnet))
        .toList();
  }

  /**
   * What is to be launched.
   *
   * @param instance the completed launch in EC2's own names
   * @param profileArn the ARN of the instance profile
   * @param roleName the role in it
   * @param subnetId the one of several subnets that is tried, or {@code null} where the launch
   *     itself says where
   * @param subnetIds all of them, for where EC2 refuses that one; empty, or {@code null} in an
   *     execution that began before this was passed
   * @param named what the launch names that needs its owner's word; {@code null} in an execution
   *     that began before this was passed
   * @param execution which execution it is
   * @param waitingSince when this wait began, or {@code null} at its first question
   * @param settlesAt for an existing instance, from when on the profile is taken as visible if EC2
   *     cannot be asked; {@code null} for a launch
   */
  public record Input(
      JsonNode instance,
      String profileArn,
      String roleName,
      String subnetId,
      List<String> subnetIds,
      List<NamedResource> named,
      Execution execution,
      Instant waitingSince,
      Instant settlesAt) {
    /** Fills in what an execution of an earlier version does not hand on. */
    public Input {
      named = named == null ? List.of() : named;
    }
  }
}
