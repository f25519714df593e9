package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.Crew;
import spawn.cleanup.Sweep;
import spawn.cleanup.SweepFigures;
import spawn.cleanup.SweepReport;
import spawn.cleanup.SweepReportJson;
import spawn.cleanup.SweepRequest;
import spawn.inventory.SideBySide;
import spawn.inventory.UsageScan;
import spawn.lambda.AwsClients;
import spawn.lambda.CallCounter;
import spawn.lambda.Deadline;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.occasion.CleanupAnswer;
import spawn.occasion.Occasion;
import spawn.occasion.OccasionReader;

/**
 * Removes the roles that nothing uses: for a batch of termination events, for the nightly schedule,
 * or for an operator's direct call; and, a step with each call, a whole role set.
 */
public final class CleanupUnusedRoles extends StateHandler<JsonNode, CleanupAnswer> {
  private final Sweep sweep;
  private final OccasionReader occasions;
  private final CallCounter calls;

  /** Creates the function from its environment; Lambda calls this. */
  public CleanupUnusedRoles() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(CleanupUnusedRoles::new));
  }

  /** Creates the function from its settings. */
  CleanupUnusedRoles(Settings settings) {
    this(settings, settings.aws(), settings.log());
  }

  private CleanupUnusedRoles(Settings settings, AwsClients aws, Consumer<LogLine> log) {
    this(
        new Sweep(
            aws.patientIam(),
            settings.owner(),
            new UsageScan(aws.ec2(), aws::ec2, aws.sideBySide()),
            Clock.systemUTC(),
            settings.sweepTerms(),
            settings.sweepLimits(),
            () -> new Crew(SideBySide.on(aws.sideBySide()), aws.calls()::repeated),
            role -> log.accept(with(role, new LogLine().event("deleting")))),
        settings.cleanupMode(),
        Clock.systemUTC(),
        aws.calls(),
        log,
        aws.deadline());
  }

  /**
   * Creates the function on a service.
   *
   * @param mode what its sweeps may change
   * @param clock tells how old messages are
   * @param calls counts the requests that are sent to AWS
   */
  public CleanupUnusedRoles(
      Sweep sweep, CleanupMode mode, Clock clock, CallCounter calls, Consumer<LogLine> log) {
    this(sweep, mode, clock, calls, log, new Deadline());
  }

  private CleanupUnusedRoles(
      Sweep sweep,
      CleanupMode mode,
      Clock clock,
      CallCounter calls,
      Consumer<LogLine> log,
      Deadline deadline) {
    super(JsonNode.class, log, deadline, calls);
    this.sweep = sweep;
    this.occasions = new OccasionReader(mode, sweep.delayUntilDeletion(), clock);
    this.calls = calls;
  }

  @Override
  protected CleanupAnswer handle(JsonNode input, Invocation invocation) {
    Occasion occasion = occasions.read(input);
    return occasion.answer(occasion.request().map(request -> sweep(request, invocation)));
  }

  private SweepFigures sweep(SweepRequest request, Invocation invocation) {
    LogLine line = invocation.line();
    request.roleSet().ifPresent(set -> line.with("roleSet", set));
    Duration before = invocation.deadline().left();
    long callsBefore = calls.total();
    SweepReport report = sweep.sweep(request, before);
    double seconds = before.minus(invocation.deadline().left()).toMillis() / 1000.0;
    SweepFigures figures = new SweepFigures(report, calls.total() - callsBefore, seconds);
    with(SweepReportJson.forLog(figures), line.event("swept"));
    if (!report.dryRun()) {
      figures.byName().forEach(line::count);
      line.seconds("SweepSeconds", figures.seconds());
    }
    return figures;
  }

  private static LogLine with(ObjectNode members, LogLine line) {
    members.properties().forEach(member -> line.with(member.getKey(), member.getValue()));
    return line;
  }
}
