package spawn.cleanup;

import java.util.List;

/** Why a role stays, in one word for the report and the metrics. */
public enum KeepReason {
  /** A user named it; only a direct call that names it too removes it. */
  NAMED_BY_USER,
  /** The direct call names other roles. */
  NOT_ASKED_FOR,
  /** Instances carry its profile, or a service has used it. */
  IN_USE(Trait.USE),
  /** A launch template, a Spot request or a fleet can still start instances with its profile. */
  CAN_STILL_START(Trait.USE),
  /** It is also in a profile that spawn did not make. */
  FOREIGN_PROFILE(Trait.USE),
  /** More than EC2 can assume it, so instances do not show all of its use. */
  TRUSTS_MORE_THAN_EC2,
  /** Some region could not be read, so nothing is known to be unused. */
  REGION_NOT_READ(Trait.PENDING),
  /** It may not be complete yet. */
  TOO_YOUNG(Trait.PENDING),
  /** Another role has taken its name during the sweep. */
  MADE_ANEW(Trait.PENDING),
  /** It lacks spawn's tag. */
  NOT_MANAGED(Trait.USE),
  /** Another role of its set is used, so the whole set stays. */
  SET_IN_USE,
  /** A person has tagged it to be kept. */
  KEEP_TAG(Trait.USE),
  /** An operator has revoked it: removed, it could be made again. */
  REVOKED(Trait.USE),
  /** Its lease tag does not hold an instant. */
  LEASE_UNREADABLE(Trait.USE),
  /** A launch may rely on it. */
  LEASED(Trait.PENDING, Trait.USE),
  /** It was marked too short a time ago. */
  MARKED(Trait.PENDING),
  /** The next run handles it: this one ran out of time, was throttled, or reached its limit. */
  POSTPONED(Trait.PENDING),
  /** Too many roles would go at once, so none does. */
  MOST_WOULD_GO;

  private final boolean pending;
  private final boolean use;

  KeepReason(Trait... traits) {
    this.pending = List.of(traits).contains(Trait.PENDING);
    this.use = List.of(traits).contains(Trait.USE);
  }

  /** Returns whether time alone ends the reason, so that another sweep is worthwhile. */
  boolean isPending() {
    return pending;
  }

  /** Returns whether someone needs the role, or may need it: a role set with such a role stays. */
  boolean isUse() {
    return use;
  }

  private enum Trait {
    PENDING,
    USE
  }
}
