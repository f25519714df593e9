package spawn;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.RoleReport;
import spawn.cleanup.Sweep;
import spawn.cleanup.SweepFigures;
import spawn.cleanup.SweepReport;
import spawn.cleanup.SweepRequest;
import spawn.cleanup.SweepRequestReader;
import spawn.error.InvalidRequest;
import spawn.error.RoleSetInUse;
import spawn.inventory.UsageScan;
import spawn.lambda.Aws;
import spawn.lambda.Invocation;
import spawn.lambda.Json;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.lambda.TerminationBatch;

/**
 * Removes the roles that nothing uses: for a batch of termination events, for the nightly schedule,
 * or for an operator's direct call; and, a step at a time, a whole role set.
 */
public final class CleanupUnusedRoles extends StateHandler<JsonNode, Object> {
  /**
   * Longer lines are cut in two by CloudWatch (<a
   * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html">256
   * KB</a>), and would be no JSON any more.
   */
  private static final int LONGEST_REPORT = 200_000;

  /** Made once: it looks through the event's classes for all their members. */
  private static final PojoSerializer<SQSEvent> EVENTS =
      LambdaEventSerializers.serializerFor(
          SQSEvent.class, CleanupUnusedRoles.class.getClassLoader());

  private final Sweep sweep;
  private final CleanupMode mode;
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
            role -> log.accept(deleting(role))),
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
    this.mode = mode;
    this.calls = calls;
  }

  @Override
  protected Object handle(JsonNode input, Invocation invocation) {
    if (input.has("Records")) {
      TerminationBatch batch = new TerminationBatch(sqsEvent(input));
      return batch.answer(
          batch.hasTerminations()
              && byItself(invocation)
                  .map(Outcome::report)
                  .map(SweepReport::isPending)
                  .orElse(false));
    }
    if (isScheduled(input)) {
      return byItself(invocation)
          .<Object>map(Outcome::document)
          .orElseGet(() -> SweepReport.ofNothing("the clean-up is switched off"));
    }
    SweepRequest request = SweepRequestReader.read(input);
    return request.roleSet().isPresent()
        ? removed(request.roleSet().get(), request, invocation)
        : run(request, invocation).document();
  }

  /** Removes a role set, or goes on with it; what is only marked goes with the next call. */
  private ObjectNode removed(String set, SweepRequest request, Invocation invocation) {
    if (mode != CleanupMode.ON && !request.dryRun()) {
      throw new InvalidRequest(
          "$.roleSet",
          "This stack removes nothing: its parameter CleanupMode is \"%s\". Set it to \"on\", or ask with \"dryRun\"."
              .formatted(mode.name().toLowerCase(Locale.ROOT)));
    }
    invocation.line().with("roleSet", set);
    Outcome outcome = run(request, invocation);
    List<RoleReport> used = outcome.report().roles().stream().filter(RoleReport::isUse).toList();
    if (!used.isEmpty() && !request.dryRun()) {
      throw new RoleSetInUse(
          "The role set \"%s\" was left as it is, since it is used:%s"
              .formatted(
                  set,
                  used.stream()
                      .map(role -> "\n- %s: %s".formatted(role.role(), role.detail()))
                      .collect(Collectors.joining())));
    }
    return outcome.document().put("againInSeconds", sweep.delayUntilDeletion().toSeconds());
  }

  private Optional<Outcome> byItself(Invocation invocation) {
    return switch (mode) {
      case OFF -> Optional.empty();
      case REPORT, ON -> Optional.of(run(SweepRequest.ofEverything(), invocation));
    };
  }

  private Outcome run(SweepRequest asked, Invocation invocation) {
    SweepRequest request =
        switch (mode) {
          case OFF, REPORT -> asked.asDryRun();
          case ON -> asked;
        };
    Duration before = invocation.timeLeft().get();
    long callsBefore = calls.getAsLong();
    SweepReport report = sweep.sweep(request, before);
    double seconds = before.minus(invocation.timeLeft().get()).toMillis() / 1000.0;
    SweepFigures figures = new SweepFigures(report, calls.getAsLong() - callsBefore, seconds);
    Outcome outcome = new Outcome(report, figures);
    outcome.tell(invocation.line());
    return outcome;
  }

  private static SQSEvent sqsEvent(JsonNode input) {
    return EVENTS.fromJson(input.toString());
  }

  private static boolean isScheduled(JsonNode input) {
    return "Scheduled Event".equals(input.path("detail-type").textValue());
  }

  private static LogLine deleting(ObjectNode role) {
    LogLine line = new LogLine().event("deleting");
    role.properties().forEach(member -> line.with(member.getKey(), member.getValue()));
    return line;
  }

  private record Outcome(SweepReport report, SweepFigures figures) {
    ObjectNode document() {
      return document(report);
    }

    private ObjectNode document(SweepReport shown) {
      ObjectNode document = Json.MAPPER.valueToTree(shown);
      Map<String, Long> counts = figures.counts();
      return document
          .<ObjectNode>set("counts", Json.MAPPER.valueToTree(counts))
          .<ObjectNode>set("kept", Json.MAPPER.valueToTree(figures.kept()))
          .put("seconds", figures.seconds())
          .put("calls", figures.calls());
    }

    void tell(LogLine line) {
      ObjectNode whole = document();
      ObjectNode shown =
          whole.toString().length() <= LONGEST_REPORT
              ? whole
              : document(report.ofChanges()).put("keptRolesLeftOut", true);
      line.event("swept");
      shown.properties().forEach(member -> line.with(member.getKey(), member.getValue()));
      if (!report.dryRun()) {
        figures.byName().forEach(line::figure);
      }
    }
  }
}
