package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import spawn.simulation.Statistics.RarePath;

/**
 * In some accounts an operator revokes a role, and undoes that in every second of them; and some
 * launches ask for roles that end.
 */
final class Operators {
  /** What the names of operators begin with. */
  static final String OPERATOR = "operator-";

  private static final List<RequestedRole> ENDING = RequestedRole.ending();

  private final World world;
  private final SplittableRandom random;

  Operators(World world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  /** Adds them, if the account has any; a schedule without them is what it would be otherwise. */
  void enter(Cast cast, Optional<RoleSetActors> sets) {
    if (random.nextInt(6) > 0) {
      return;
    }
    world.faultInjector().disturb();
    world.invariants().know(ENDING);
    for (int i = random.nextInt(4); i > 0; i--) {
      cast.addLaunch(ENDING.get(random.nextInt(ENDING.size())), random.split());
    }
    String role =
        sets.isPresent() && random.nextBoolean()
            ? RoleSetActors.ROLES.get(0)
            : random.nextInt(6) == 0
                ? ENDING.get(random.nextInt(ENDING.size())).roleName()
                : cast.favourite().roleName();
    Duration start = cast.moment(random);
    world.scheduler().add(OPERATOR + "0", start, () -> revoke(role));
    // Somebody launches when all have seen it.
    cast.addLaunch(
        cast.favourite(), random.split(), start.plusMinutes(5).plusMillis(random.nextInt(5_000)));
  }

  private void revoke(String role) {
    boolean sessions = random.nextInt(4) == 0;
    Optional<JsonNode> answer =
        persistently(
            RequestedRole.json(
                "{\"role\":\"%s\",\"reason\":\"leaked\",\"sessions\":%s}"
                    .formatted(role, sessions)));
    if (answer.isEmpty()) {
      return;
    }
    world.statistics().count(RarePath.ROLE_REVOKED);
    world.invariants().revoked().acknowledged(role);
    if (random.nextBoolean()) {
      world.scheduler().sleep(Duration.ofMillis(random.nextInt(2 * 3_600_000)));
      world.invariants().revoked().beingUndone(role);
      persistently(RequestedRole.json("{\"role\":\"%s\",\"undo\":true}".formatted(role)))
          .filter(undone -> undone.path("changed").asBoolean())
          .ifPresent(undone -> world.statistics().count(RarePath.REVOCATION_UNDONE));
    }
  }

  /** Whoever needs a role to stop calls until it has; but there may be no such role yet. */
  private Optional<JsonNode> persistently(JsonNode call) {
    Optional<JsonNode> answer = world.stack().revoke(call);
    for (int again = 1; again <= 8 && answer.isEmpty(); again++) {
      world.scheduler().sleep(Duration.ofMillis(random.nextInt(again * 20_000)));
      answer = world.stack().revoke(call);
    }
    return answer;
  }
}
