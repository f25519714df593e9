package spawn;

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
import spawn.launch.LaunchedInstance;
import spawn.launch.StartProbe;
import spawn.launch.StartProgress;

/**
 * The {@code WaitForInstances} state: asks EC2 which instances of a launch run by now, and says why
 * others have ended. It only reads. The state machine does the waiting.
 */
public final class WaitForInstances extends StateHandler<WaitForInstances.Input, StartProgress> {
  private final StartProbe probe;

  /** Creates the function from its environment; Lambda calls this. */
  public WaitForInstances() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(WaitForInstances::new));
  }

  /** Creates the function from its settings. */
  WaitForInstances(Settings settings) {
    this(settings, settings.aws());
  }

  private WaitForInstances(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.probe = new StartProbe(aws.ec2(), Clock.systemUTC(), settings.startTimeout());
  }

  /** Creates the function on a service. */
  public WaitForInstances(StartProbe probe, Consumer<LogLine> log) {
    super(Input.class, log);
    this.probe = probe;
  }

  @Override
  protected StartProgress handle(Input input, Invocation invocation) {
    LogLine line =
        invocation
            .line()
            .with("execution", input.execution())
            .with("role", input.roleName())
            .with("waitingSince", input.waitingSince());
    StartProgress progress =
        probe.look(input.instances(), input.minCount(), Optional.ofNullable(input.waitingSince()));
    line.event(progress.settled() ? "started" : "notStartedYet")
        .with("running", progress.running())
        .with("pending", progress.pending())
        .with("ended", progress.ended());
    return progress;
  }

  /**
   * Which instances to ask about.
   *
   * @param instances the instances of the launch as they were last known
   * @param minCount how many must run
   * @param roleName the role that they carry, for the log
   * @param execution which execution it is
   * @param waitingSince when this wait began, or {@code null} at its first question
   */
  public record Input(
      List<LaunchedInstance> instances,
      int minCount,
      String roleName,
      Execution execution,
      Instant waitingSince) {}
}
