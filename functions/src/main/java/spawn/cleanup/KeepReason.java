package spawn.cleanup;

/**
 * Why a role stays, in one word for the report and the metrics.
 *
 * <p>{@link #isPending} says whether time alone ends the reason, so that another sweep is worth
 * while.
 */
public enum KeepReason {
  /** A user named it; only a direct call that names it too removes it. */
  NAMED_BY_USER(false),
  /** The direct call names other roles. */
  NOT_ASKED_FOR(false),
  /** Instances carry its profile. */
  IN_USE(false),
  /** It also sits in a profile that spawn did not make. */
  FOREIGN_PROFILE(false),
  /** More than EC2 can assume it, so instances are not all there is to look at. */
  TRUSTS_MORE_THAN_EC2(false),
  /** Some region could not be read, so nothing is known to be unused. */
  REGION_NOT_READ(true),
  /** It may still be in the making. */
  TOO_YOUNG(true),
  /** Another role has taken its name while the sweep looked. */
  MADE_ANEW(true),
  /** It lacks spawn's tag. */
  NOT_MANAGED(false),
  /** Another role of its set stays, so that all of it does. */
  SET_IN_USE(false),
  /** A person has tagged it to be kept. */
  KEEP_TAG(false),
  /** Its lease tag holds no instant. */
  LEASE_UNREADABLE(false),
  /** A launch may rely on it. */
  LEASED(true),
  /** It has been marked for too short a time. */
  MARKED(true),
  /** Its turn comes in the next run: the time, the patience of AWS or the limit has run out. */
  POSTPONED(true),
  /** Too much would go at once, so nothing does. */
  MOST_WOULD_GO(false);

  private final boolean pending;

  KeepReason(boolean pending) {
    this.pending = pending;
  }

  boolean isPending() {
    return pending;
  }

  /** Returns whether somebody needs the role, or may: time alone does not end that. */
  boolean isUse() {
    return switch (this) {
      case IN_USE, FOREIGN_PROFILE, NOT_MANAGED, KEEP_TAG, LEASE_UNREADABLE, LEASED -> true;
      default -> false;
    };
  }
}
