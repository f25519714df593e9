package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import spawn.workflow.Stack;

/** The sweeps of a schedule, by whatever calls them. */
final class SweepActors {
  private final World world;
  private final Stack stack;
  private final Scheduler scheduler;
  private final RarePaths rarePaths;

  SweepActors(World world, RarePaths rarePaths) {
    this.world = world;
    this.stack = world.stack();
    this.scheduler = world.scheduler();
    this.rarePaths = rarePaths;
  }

  /**
   * Adds a sweep: by the schedule, by a termination, or by a person.
   *
   * @param own the chances of this sweep
   * @param start when it begins
   */
  void add(String name, SplittableRandom own, Duration start) {
    int kind = own.nextInt(world.setting().isCrowded() ? 6 : 8);
    if (kind == 0) {
      scheduler.add(
          name, start, () -> rarePaths.reported(persistently(Stack.event("nightly"), own)));
    } else if (kind < 3) {
      scheduler.add(name, start, () -> deliver(Stack.message("nightly")));
    } else if (kind < 6) {
      scheduler.add(name, start, () -> deliver(Stack.message("instance-terminated")));
    } else if (kind == 6) {
      scheduler.add(name, start, () -> stack.sweep(RequestedRole.json("{\"dryRun\":true}")));
    } else {
      RequestedRole requested =
          world.requestedRoles().get(own.nextInt(world.requestedRoles().size()));
      world.invariants().allowRemoval(requested.roleName());
      JsonNode request = RequestedRole.json("{\"roleNames\":[\"" + requested.roleName() + "\"]}");
      scheduler.add(
          name,
          start,
          () -> {
            persistently(request, own);
            scheduler.sleep(Duration.ofMinutes(16));
            persistently(request, own);
          });
    }
  }

  /** Some accounts are swept so often that each mark is followed up as soon as it may be. */
  void patrol() {
    for (int round = 0; round < 8; round++) {
      rarePaths.reported(stack.sweep(Stack.event("nightly")));
      scheduler.sleep(Duration.ofMinutes(16));
    }
  }

  /**
   * What is throttled, since another sweep runs, or fails, is called again by the person who calls.
   */
  private Optional<JsonNode> persistently(JsonNode request, SplittableRandom own) {
    Optional<JsonNode> report = stack.sweep(request);
    for (int again = 1; again <= 6 && report.isEmpty(); again++) {
      scheduler.sleep(Duration.ofMillis(own.nextInt(again * 5_000)));
      report = stack.sweep(request);
    }
    return report;
  }

  /** A message comes again after the queue's visibility timeout until it is not given back. */
  private void deliver(JsonNode batch) {
    for (int receive = 1; receive <= 4; receive++) {
      Optional<JsonNode> answer = stack.sweep(batch);
      if (answer.isPresent() && answer.get().path("batchItemFailures").isEmpty()) {
        return;
      }
      scheduler.sleep(Duration.ofMinutes(20));
    }
  }
}
