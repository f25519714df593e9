package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.Sweep;
import spawn.cleanup.SweepFigures;
import spawn.cleanup.SweepReport;
import spawn.cleanup.SweepReportJson;
import spawn.cleanup.SweepRequest;
import spawn.inventory.UsageScan;
import spawn.lambda.Aws;
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
  private final LongSupplier calls;

  /** Creates the function from its environment; Lambda calls this. */
  public CleanupUnusedRoles() {
    this(new Settings(System.getenv()));
  }

  private CleanupUnusedRoles(Settings settings) {
    this(settings, settings.log());
  }

  private CleanupUnusedRoles(Settings settings, Consumer<LogLine> log) {
    this(
        new Sweep(
            Aws.patientIam(),
            // A thread for each region: they only wait, and a slow one must not hold up another.
            new UsageScan(Aws.ec2(), Aws::ec2, Executors.newCachedThreadPool()),
            Clock.systemUTC(),
            settings.sweepTerms(),
            settings.sweepLimits(),
            role -> log.accept(with(role, new LogLine().event("deleting")))),
        settings.cleanupMode(),
        Aws::requests,
        log);
  }

  /**
   * Creates the function on a service.
   *
   * @param mode what its sweeps may change
   * @param calls counts the requests that were sent to AWS so far
   */
  public CleanupUnusedRoles(
      Sweep sweep, CleanupMode mode, LongSupplier calls, Consumer<LogLine> log) {
    super(JsonNode.class, log);
    this.sweep = sweep;
    this.occasions = new OccasionReader(mode, sweep.delayUntilDeletion());
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
    Duration before = invocation.timeLeft().get();
    long callsBefore = calls.getAsLong();
    SweepReport report = sweep.sweep(request, before);
    double seconds = before.minus(invocation.timeLeft().get()).toMillis() / 1000.0;
    SweepFigures figures = new SweepFigures(report, calls.getAsLong() - callsBefore, seconds);
    with(SweepReportJson.forLog(figures), line.event("swept"));
    if (!report.dryRun()) {
      figures.byName().forEach(line::figure);
    }
    return figures;
  }

  private static LogLine with(ObjectNode members, LogLine line) {
    members.properties().forEach(member -> line.with(member.getKey(), member.getValue()));
    return line;
  }
}
