package spawn;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.Sweep;
import spawn.cleanup.SweepFigures;
import spawn.cleanup.SweepReport;
import spawn.cleanup.SweepRequest;
import spawn.cleanup.SweepRequestReader;
import spawn.cleanup.TerminationBatch;
import spawn.cleanup.UsageScan;
import spawn.lambda.Aws;
import spawn.lambda.Json;
import spawn.lambda.Metrics;
import spawn.lambda.Settings;
import spawn.lambda.StateHandler;

/**
 * Removes the roles that nothing uses: for a batch of termination events, for the nightly schedule,
 * or for an operator's direct call.
 */
public final class CleanupUnusedRoles extends StateHandler<JsonNode, Object> {
  /**
   * Longer lines are cut in two by CloudWatch (<a
   * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html">256
   * KB</a>), and would be no JSON any more.
   */
  private static final int LONGEST_LINE = 200_000;

  /** What Lambda gives a function at most, for a caller that does not say. */
  private static final Duration LONGEST_RUN = Duration.ofMinutes(15);

  /** Made once: it looks through the event's classes for all their members. */
  private static final PojoSerializer<SQSEvent> EVENTS =
      LambdaEventSerializers.serializerFor(
          SQSEvent.class, CleanupUnusedRoles.class.getClassLoader());

  private final Sweep sweep;
  private final CleanupMode mode;
  private final LongSupplier calls;
  private final Consumer<String> log;
  private final Metrics metrics;

  /** Creates the function from its environment; Lambda calls this. */
  public CleanupUnusedRoles() {
    this(new Settings(System.getenv()), System.out::println);
  }

  private CleanupUnusedRoles(Settings settings, Consumer<String> log) {
    this(
        new Sweep(
            Aws.patientIam(),
            // A thread for each region: they only wait, and a slow one must not hold up another.
            new UsageScan(Aws.ec2(), Aws::ec2, Executors.newCachedThreadPool()),
            Clock.systemUTC(),
            settings.sweepTerms(),
            settings.sweepLimits(),
            record -> log.accept(line("deleting", record))),
        settings.cleanupMode(),
        Aws::requests,
        log,
        new Metrics(settings.functionName(), log));
  }

  /** Creates the function on a service. */
  public CleanupUnusedRoles(Sweep sweep) {
    this(
        sweep,
        CleanupMode.ON,
        () -> 0,
        System.out::println,
        new Metrics("CleanupUnusedRoles", System.out::println));
  }

  CleanupUnusedRoles(
      Sweep sweep, CleanupMode mode, LongSupplier calls, Consumer<String> log, Metrics metrics) {
    super(JsonNode.class);
    this.sweep = sweep;
    this.mode = mode;
    this.calls = calls;
    this.log = log;
    this.metrics = metrics;
  }

  @Override
  protected Object handle(JsonNode input) {
    return handle(input, () -> LONGEST_RUN);
  }

  @Override
  protected Object handle(JsonNode input, Supplier<Duration> timeLeft) {
    if (input.has("Records")) {
      TerminationBatch batch = new TerminationBatch(sqsEvent(input));
      return batch.answer(
          batch.hasTerminations()
              && byItself(timeLeft).map(Outcome::report).map(SweepReport::isPending).orElse(false));
    }
    if (isScheduled(input)) {
      return byItself(timeLeft)
          .<Object>map(Outcome::document)
          .orElseGet(() -> SweepReport.ofNothing("the clean-up is switched off"));
    }
    return run(SweepRequestReader.read(input), timeLeft).document();
  }

  private Optional<Outcome> byItself(Supplier<Duration> timeLeft) {
    return switch (mode) {
      case OFF -> Optional.empty();
      case REPORT, ON -> Optional.of(run(SweepRequest.ofEverything(), timeLeft));
    };
  }

  private Outcome run(SweepRequest asked, Supplier<Duration> timeLeft) {
    SweepRequest request =
        switch (mode) {
          case OFF, REPORT -> asked.asDryRun();
          case ON -> asked;
        };
    Duration before = timeLeft.get();
    long callsBefore = calls.getAsLong();
    SweepReport report = sweep.sweep(request, before);
    double seconds = before.minus(timeLeft.get()).toMillis() / 1000.0;
    SweepFigures figures = new SweepFigures(report, calls.getAsLong() - callsBefore, seconds);
    Outcome outcome = new Outcome(report, figures);
    log.accept(outcome.line());
    if (!report.dryRun()) {
      metrics.write(figures.byName());
    }
    return outcome;
  }

  private static SQSEvent sqsEvent(JsonNode input) {
    return EVENTS.fromJson(input.toString());
  }

  private static boolean isScheduled(JsonNode input) {
    return "Scheduled Event".equals(input.path("detail-type").textValue());
  }

  /** Standard output is the function's log; one JSON document a line. */
  private static String line(String event, JsonNode content) {
    return Json.MAPPER.createObjectNode().put("event", event).set("content", content).toString();
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

    String line() {
      String whole = CleanupUnusedRoles.line("swept", document());
      return whole.length() <= LONGEST_LINE
          ? whole
          : CleanupUnusedRoles.line(
              "swept", document(report.ofChanges()).put("keptRolesLeftOut", true));
    }
  }
}
