package spawn;

import java.util.Optional;
import java.util.function.Consumer;
import spawn.association.AssociationTarget;
import spawn.association.AssociationTargets;
import spawn.inventory.Regions;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.policy.Warning;

/**
 * The {@code LookAtInstance} state: says which profile an existing instance has, or why it cannot
 * get another. It only reads.
 */
public final class LookAtInstance extends StateHandler<LookAtInstance.Input, AssociationTarget> {
  private final AssociationTargets targets;

  /** Creates the function from its environment; Lambda calls this. */
  public LookAtInstance() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(LookAtInstance::new));
  }

  /** Creates the function from its settings. */
  LookAtInstance(Settings settings) {
    this(settings, settings.aws());
  }

  private LookAtInstance(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.targets =
        new AssociationTargets(
            aws.ec2(),
            new Regions(aws.ec2(), aws::ec2, aws.sideBySide()),
            settings.associationScope());
  }

  /** Creates the function on a service. */
  public LookAtInstance(AssociationTargets targets, Consumer<LogLine> log) {
    super(Input.class, log);
    this.targets = targets;
  }

  @Override
  protected Optional<String> path() {
    return Optional.of("$.instanceId");
  }

  @Override
  protected AssociationTarget handle(Input input, Invocation invocation) {
    LogLine line =
        invocation.line().with("execution", input.execution()).with("instance", input.instanceId());
    AssociationTarget target = targets.look(input.instanceId());
    line.event("lookedAtInstance")
        .with("state", target.instance().state())
        .with("has", target.profile())
        .with("warnings", target.warnings().stream().map(Warning::forLog).toList());
    return target;
  }

  /**
   * Which instance to look at.
   *
   * @param instanceId the instance
   * @param execution which execution it is
   */
  public record Input(String instanceId, Execution execution) {}
}
