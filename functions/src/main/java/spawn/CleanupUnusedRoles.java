package spawn;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.concurrent.Executors;
import spawn.cleanup.Sweep;
import spawn.cleanup.SweepReport;
import spawn.cleanup.SweepRequest;
import spawn.cleanup.TerminationBatch;
import spawn.cleanup.UsageScan;
import spawn.error.InvalidRequest;
import spawn.lambda.Aws;
import spawn.lambda.Json;
import spawn.lambda.Settings;
import spawn.lambda.StateHandler;

/**
 * Removes the roles that nothing uses: for a batch of termination events, for the nightly schedule,
 * or for an operator's direct call.
 */
public final class CleanupUnusedRoles extends StateHandler<JsonNode, Object> {
  private static final int REGIONS_AT_ONCE = 16;

  /** Made once: it looks through the event's classes for all their members. */
  private static final PojoSerializer<SQSEvent> EVENTS =
      LambdaEventSerializers.serializerFor(
          SQSEvent.class, CleanupUnusedRoles.class.getClassLoader());

  private final Sweep sweep;

  /** Creates the function from its environment; Lambda calls this. */
  public CleanupUnusedRoles() {
    this(
        new Sweep(
            Aws.iam(),
            new UsageScan(Aws.ec2(), Aws::ec2, Executors.newFixedThreadPool(REGIONS_AT_ONCE)),
            Clock.systemUTC(),
            new Settings(System.getenv()).sweepTerms(),
            payload -> log("deleting", payload)));
  }

  /** Creates the function on a service. */
  public CleanupUnusedRoles(Sweep sweep) {
    super(JsonNode.class);
    this.sweep = sweep;
  }

  @Override
  protected Object handle(JsonNode input) {
    if (input.has("Records")) {
      TerminationBatch batch = new TerminationBatch(sqsEvent(input));
      return batch.answer(batch.hasTerminations() && run(SweepRequest.ofEverything()).isPending());
    }
    return run(isScheduled(input) ? SweepRequest.ofEverything() : direct(input));
  }

  private SweepReport run(SweepRequest request) {
    SweepReport report = sweep.sweep(request);
    log("swept", Json.MAPPER.valueToTree(report));
    return report;
  }

  private static SQSEvent sqsEvent(JsonNode input) {
    return EVENTS.fromJson(input.toString());
  }

  private static boolean isScheduled(JsonNode input) {
    return "Scheduled Event".equals(input.path("detail-type").textValue());
  }

  private static SweepRequest direct(JsonNode input) {
    try {
      return Json.MAPPER.treeToValue(input, SweepRequest.class);
    } catch (JsonProcessingException malformed) {
      throw new InvalidRequest(
          "$",
          "A direct call takes {\"dryRun\": true or false, \"roleNames\": [\"…\"]}: "
              + malformed.getOriginalMessage());
    }
  }

  /** Standard output is the function's log; one JSON document a line. */
  private static void log(String event, JsonNode content) {
    System.out.println(
        Json.MAPPER.createObjectNode().put("event", event).set("content", content).toString());
  }
}
