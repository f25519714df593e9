package spawn.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import spawn.aws.Call;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedRole;
import spawn.role.Revocation;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/**
 * What must hold of a role from when an operator was told that it is revoked until an undo is
 * begun.
 */
final class RevokedRoles {
  /** By then every read shows it: reads lag half a minute. */
  private static final Duration SEEN = Duration.ofSeconds(31);

  private final SimulatedAws aws;
  private final Ownership ownership;
  private final Removals removals;
  private final Map<String, Instant> acknowledged = new HashMap<>();
  private final Map<String, Instant> began = new HashMap<>();

  RevokedRoles(SimulatedAws aws, Ownership ownership, Removals removals) {
    this.aws = aws;
    this.ownership = ownership;
    this.removals = removals;
  }

  /** Notes that an operator was told that the role of this name is revoked. */
  void acknowledged(String name) {
    Optional<SimulatedRole> role = aws.role(name);
    Violation.unless(
        role.filter(RevokedRoles::isDenied).isPresent()
            || ownership.isDeletedByHand(name)
            || removals.isNamed(name),
        () -> "An operator was told that %s is revoked: %s.".formatted(name, role));
    role.ifPresent(removals::know);
    // A role that a launch has made anew after somebody deleted the revoked one is another.
    role.filter(RevokedRoles::isDenied)
        .ifPresent(found -> acknowledged.put(found.id(), aws.clock().instant()));
  }

  /** Notes that an operator begins to undo it. */
  void beingUndone(String name) {
    aws.role(name).ifPresent(role -> acknowledged.remove(role.id()));
  }

  static boolean isDenied(SimulatedRole role) {
    return role.inlinePolicies().keySet().stream().anyMatch(Revocation::isPolicy);
  }

  /** Returns whether an operator keeps a role. */
  static boolean isRevoked(SimulatedRole role) {
    return isDenied(role) || role.tag(Tags.REVOKED).isPresent();
  }

  /** Notes that somebody acts. */
  void acts(String actor) {
    began.putIfAbsent(actor, aws.clock().instant());
  }

  /** Checks that what was revoked still is, after a call. */
  void check(Call call) {
    for (String id : acknowledged.keySet()) {
      Optional<SimulatedRole> role =
          aws.roles().stream().filter(each -> each.id().equals(id)).findFirst();
      Violation.unless(
          role.filter(RevokedRoles::isDenied).isPresent()
              || ownership.isInPeoplesHands(id)
              || removals.isNamedId(id),
          () -> "After %s the role %s is not revoked any more: %s.".formatted(call, id, role));
    }
  }

  /**
   * Checks the role that a launch has given to an instance. An execution that began when all could
   * see it has no excuse, and takes no other role of the same content under a longer name.
   */
  void checkLaunch(SimulatedRole given, String actor, Call call) {
    Instant since = began.getOrDefault(actor, Instant.MIN);
    for (SimulatedRole role : aws.roles()) {
      boolean seen =
          Optional.ofNullable(acknowledged.get(role.id()))
              .filter(when -> when.plus(SEEN).isBefore(since))
              .isPresent();
      boolean successor =
          RoleRequests.OWNER.isGenerated(role.name())
              && given.name().startsWith(role.name())
              && given.path().equals(role.path())
              && given.tag(Tags.POLICIES).equals(role.tag(Tags.POLICIES));
      Violation.unless(
          !seen
              || ownership.isInPeoplesHands(role.id())
              || !(given.id().equals(role.id()) || successor),
          () ->
              "%s launched with %s, though %s is revoked."
                  .formatted(call, given.name(), role.name()));
    }
  }
}
