package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.role.Tags;
import spawn.simulation.Statistics.RarePath;

/**
 * How instances start in an account: at once or late, all of them or not; and what an execution may
 * say of them at its end.
 */
final class Starts {
  static final String FAILED = "spawn.error.LaunchFailed";

  /**
   * An instance that starts within this, as EC2 shows it late, is not pending after five minutes.
   */
  private static final Duration SURELY_SEEN = Duration.ofMinutes(2);

  private static final Set<InstanceStateName> LEFT =
      Set.of(InstanceStateName.PENDING, InstanceStateName.RUNNING);

  private final SplittableRandom random;
  private final SimulatedAws aws;
  private final Statistics statistics;

  Starts(SimulatedAws aws, Statistics statistics, SplittableRandom random) {
    this.random = random;
    this.aws = aws;
    this.statistics = statistics;
  }

  /** Draws how an account's instances start from now on. */
  static void draw(SimulatedAws aws, SplittableRandom random) {
    int[] seconds = {3, 5, 20, 90, 600};
    aws.instancesStartIn(Duration.ofSeconds(seconds[random.nextInt(seconds.length)]));
    switch (random.nextInt(6)) {
      case 0 -> aws.endsStarting(index -> index == 0, "Client.InternalError", "on launch");
      case 1 -> aws.endsStarting(index -> index > 0, "Server.InternalError", "on launch");
      default -> {}
    }
  }

  /** Returns the payload, and of every third launch one that asks for up to three instances. */
  JsonNode counted(JsonNode payload) {
    if (!payload.has("instance") || random.nextInt(3) > 0) {
      return payload;
    }
    ObjectNode counted = payload.deepCopy();
    counted.withObject("/instance").put("MinCount", 1 + random.nextInt(3)).put("MaxCount", 3);
    return counted;
  }

  /** Checks what a launch that has succeeded says of its instances. */
  void checkSuccess(String name, JsonNode payload, JsonNode output) {
    if (!payload.has("instance")) {
      return;
    }
    int left = 0;
    for (JsonNode told : output.path("instances")) {
      SimulatedInstance instance = aws.instance(told.path("instanceId").asText()).orElseThrow();
      String state = told.path("state").asText();
      switch (state) {
        case "running" ->
            Violation.unless(
                mayHaveRun(instance),
                () -> "%s says that %s runs, which never did.".formatted(name, instance.id()));
        case "pending" ->
            Violation.unless(
                instance.boot().compareTo(SURELY_SEEN) > 0,
                () -> "%s says that %s is still pending.".formatted(name, instance.id()));
        default -> {
          statistics.count(RarePath.STARTED_WITH_FEWER);
          Violation.unless(
              !mayHaveRun(instance) || instance.asked() != SimulatedInstance.Asked.START,
              () -> "%s says that %s is %s.".formatted(name, instance.id(), state));
        }
      }
      if (state.equals("pending")) {
        statistics.count(RarePath.STILL_PENDING_AT_THE_END);
      }
      left += state.equals("running") || state.equals("pending") ? 1 : 0;
    }
    int enough = left;
    Violation.unless(
        enough >= minCount(payload),
        () -> "%s succeeded with %d instances.".formatted(name, enough));
  }

  /** Checks that a launch failed for its instances only if too few of them are left. */
  void checkFailure(String name, JsonNode payload, String error, String cause) {
    if (!error.equals(FAILED)) {
      return;
    }
    statistics.count(RarePath.TOO_FEW_STARTED);
    List<SimulatedInstance> left =
        aws.instances().stream()
            .filter(instance -> name.equals(instance.tags().get(Tags.EXECUTION)))
            .filter(instance -> mayRun(instance) && LEFT.contains(instance.state(now())))
            .toList();
    Violation.unless(
        left.size() < minCount(payload),
        () -> "%s has %d instances, but failed: %s".formatted(name, left.size(), cause));
  }

  private static int minCount(JsonNode payload) {
    return payload.at("/instance/MinCount").asInt(1);
  }

  private static boolean mayRun(SimulatedInstance instance) {
    return instance.endsStarting().isEmpty();
  }

  /** One that was stopped or terminated since may have run before. */
  private boolean mayHaveRun(SimulatedInstance instance) {
    return mayRun(instance) && instance.state(now()) != InstanceStateName.PENDING;
  }

  private Instant now() {
    return aws.clock().instant();
  }
}
