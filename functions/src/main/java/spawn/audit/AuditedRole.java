package spawn.audit;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import spawn.inventory.Candidate;
import spawn.policy.Warning;
import spawn.role.Drift;
import spawn.role.FullRole;
import spawn.role.KnownRole;
import spawn.role.RoleStage;
import spawn.role.Tags;

/**
 * A role as an audit found it.
 *
 * @param listed the role as IAM's listing shows it, with the profiles that hold it
 * @param held the role with all that it holds
 * @param stage how far it is made
 * @param drifts in what it differs from what it was made with
 * @param warnings what is risky in it
 * @param instances the ids of a few of the instances that carry it, sorted
 * @param services which services it has used, if that was asked for and IAM's report is ready
 * @param at when the audit looked
 */
record AuditedRole(
    Candidate listed,
    FullRole held,
    RoleStage stage,
    List<Drift> drifts,
    List<Warning> warnings,
    List<String> instances,
    Optional<ServiceUse> services,
    Instant at) {
  /** Returns the same role with the services that it has used. */
  AuditedRole using(Optional<ServiceUse> use) {
    return new AuditedRole(listed, held, stage, drifts, warnings, instances, use, at);
  }

  KnownRole role() {
    return held.role();
  }

  /** Returns how it stands, in one word. */
  RoleState state() {
    if (!drifts.isEmpty()) {
      return RoleState.DRIFTED;
    }
    if (stage == RoleStage.FOREIGN) {
      return RoleState.FOREIGN;
    }
    if (role().tag(Tags.REVOKED).isPresent()) {
      return RoleState.REVOKED;
    }
    if (expires().filter(until -> !until.isAfter(at)).isPresent()) {
      return RoleState.EXPIRED;
    }
    if (role().isMarked()) {
      return RoleState.MARKED;
    }
    if (stage != RoleStage.WHOLE) {
      return RoleState.UNFINISHED;
    }
    if (!instances.isEmpty()) {
      return RoleState.IN_USE;
    }
    return role().leaseUntil().filter(at::isBefore).isPresent()
        ? RoleState.LEASED
        : RoleState.UNUSED;
  }

  /** Returns from when on it denies everything; nothing if it never does, or nobody can tell. */
  Optional<Instant> expires() {
    try {
      return role().tag(Tags.EXPIRES).map(Instant::parse);
    } catch (DateTimeParseException edited) {
      return Optional.empty();
    }
  }

  /** Returns whether it is someone else's now, or without its limit. */
  boolean isWorst() {
    return drifts.stream().anyMatch(drift -> drift.kind().isWorst());
  }
}
