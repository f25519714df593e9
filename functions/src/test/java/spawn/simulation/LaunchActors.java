package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import spawn.aws.SimulatedInstance;
import spawn.workflow.Execution;
import spawn.workflow.Outcome;

/** The launches of a schedule, and what each must end as. */
final class LaunchActors {
  /** What the names of launches begin with. */
  static final String LAUNCH = "launch-";

  private static final String NO_CAPACITY = "spawn.error.CapacityUnavailable";
  private static final String REJECTED = "spawn.error.LaunchRejected";

  private final World world;
  private final Executions executions;
  private final RarePaths rarePaths;
  private final Starts starts;
  private final String names;
  private int launches;
  private int ended;

  LaunchActors(World world, Executions executions, RarePaths rarePaths) {
    this(world, executions, rarePaths, "");
  }

  /**
   * Creates the launches of a stack beside others.
   *
   * @param names what tells their names from those of the others
   */
  LaunchActors(World world, Executions executions, RarePaths rarePaths, String names) {
    this.names = LAUNCH + names;
    this.world = world;
    this.executions = executions;
    this.rarePaths = rarePaths;
    this.starts = new Starts(world.aws(), world.statistics(), world.starts());
  }

  /**
   * Adds a launch.
   *
   * @param own the chances of this launch
   * @param start when it begins
   */
  void add(RequestedRole requested, JsonNode payload, SplittableRandom own, Duration start) {
    String name = names + launches++;
    JsonNode counted = starts.counted(payload);
    world.invariants().expect(name, requested, world.site());
    world.approvers().expect(name, requested);
    world.scheduler().add(name, start, () -> launch(name, requested, counted, own));
  }

  private void launch(
      String name, RequestedRole requested, JsonNode payload, SplittableRandom own) {
    Optional<SimulatedInstance> target = world.aws().instance(payload.path("instanceId").asText());
    Execution execution = world.stack().execution(name, payload, executions.timeline(own, target));
    Outcome outcome = executions.toItsEnd(execution, requested.roleName(), own);
    ended++;
    world.statistics().countOutcome(outcome.error().orElse("success"));
    rarePaths.ended(name, requested, execution.failures());
    world.approvers().ended(name, outcome, world.faultInjector().isFaultless());
    checkEnd(name, requested, payload, outcome);
  }

  private void checkEnd(String name, RequestedRole requested, JsonNode payload, Outcome outcome) {
    outcome.error().ifPresent(error -> checkFailure(name, requested, payload, outcome));
    outcome
        .output()
        .ifPresent(
            output -> {
              Violation.unless(
                  !output.path("instances").isEmpty(),
                  () -> "%s succeeded without instances.".formatted(name));
              starts.checkSuccess(name, payload, output);
              rarePaths.succeeded(requested, Subnets.namedBy(payload), output);
            });
  }

  private void checkFailure(
      String name, RequestedRole requested, JsonNode payload, Outcome outcome) {
    String error = outcome.error().orElseThrow();
    rarePaths.failed(error, outcome.cause().orElse(""), isNameOfAnotherStack(requested));
    starts.checkFailure(name, payload, error, outcome.cause().orElse(""));
    boolean hadRoom = world.subnets().hadRoom(Subnets.namedBy(payload));
    Violation.unless(
        error.startsWith("spawn.error.")
            || error.equals("States.Timeout")
            || error.equals("Sandbox.Timedout")
            || error.startsWith("Lambda."),
        () ->
            "%s (%s) ended with %s: %s".formatted(name, requested.label(), error, outcome.cause()));
    Violation.unless(
        !error.equals(NO_CAPACITY) || !hadRoom,
        () ->
            "%s ended for lack of capacity, but had a place to go to all along: %s"
                .formatted(name, outcome.cause()));
    // EC2 refuses nothing in these launches but the place, which another subnet makes good. The
    // one other reason is that the instances of this execution have ended meanwhile.
    Violation.unless(
        !error.equals(REJECTED)
            || payload.has("instanceId")
            || world.invariants().hasLaunched(name),
        () ->
            "%s has launched nothing, but ended with %s: %s"
                .formatted(name, error, outcome.cause()));
    Violation.unless(
        !world.faultInjector().isFaultless()
            || isExpected(requested, error)
            || world.approvers().explains(error)
            || (error.equals("spawn.error.AccessDenied") && isOfAnotherStack(requested))
            || (error.equals(NO_CAPACITY) && !hadRoom),
        () ->
            "%s (%s) ended without any fault with %s: %s"
                .formatted(name, requested.label(), error, outcome.cause()));
  }

  /** A payload that only names a role may name another stack's, which is not passed. */
  private boolean isOfAnotherStack(RequestedRole requested) {
    return !requested.described() && isNameOfAnotherStack(requested);
  }

  private boolean isNameOfAnotherStack(RequestedRole requested) {
    return world
        .aws()
        .role(requested.roleName())
        .flatMap(world.territories()::siteOf)
        .filter(site -> !site.isWhereTheRolesOf(world.site()))
        .isPresent();
  }

  /** Returns where the stack is. */
  Site site() {
    return world.site();
  }

  /** What a launch may end with though nothing fails: the account itself stands in its way. */
  private static boolean isExpected(RequestedRole requested, String error) {
    return switch (error) {
      // Spawn takes another name where it chooses the name.
      case "spawn.error.RoleConflict" -> !requested.isGenerated() && !requested.isDefault();
      case "spawn.error.ProfileConflict" ->
          !requested.isDefault()
              && (!requested.isGenerated()
                  || requested.payload().at("/iam").has("instanceProfile"));
      case "spawn.error.RoleBeingDeleted", "spawn.error.RoleUnfinished" -> !requested.isGenerated();
      case "spawn.error.NotVisibleYet" -> true;
      case REJECTED, Starts.FAILED -> true;
      // The instance that is to get a role has been terminated.
      case "spawn.error.InvalidRequest" -> true;
      default -> false;
    };
  }

  /** Checks that every launch has come to an end. */
  void checkAllEnded() {
    Violation.unless(
        ended == launches, () -> "Of %d launches, %d have ended.".formatted(launches, ended));
  }
}
