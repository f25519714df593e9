package spawn.role;

/** How far a role is made, as its tags say: only a whole one has to hold what its hash says. */
public enum RoleStage {
  /** Nothing says that spawn made it, though it lies under the stack's path. */
  FOREIGN,
  /** Its set changes it, or a run of its set stopped before it was finished. */
  CHANGING,
  /** It was never finished, and a launch waits to make something else of it. */
  CLAIMED,
  /** It was never finished, or its removal was begun. */
  HALF_MADE,
  /** It has been given everything that it should hold. */
  WHOLE;

  /**
   * The value of {@link Tags#LEASED_ID} while the role of a set is changed: no role has this id.
   */
  static final String CHANGING_ID = "changing";

  /** Returns how far a role of a stack is made. */
  public static RoleStage of(KnownRole role, Owner owner) {
    boolean isSpawns = role.tags().keySet().stream().anyMatch(key -> key.startsWith("spawn:"));
    if (!isSpawns && !owner.isReserved(role.name())) {
      return FOREIGN;
    }
    if (role.isWhole()) {
      return WHOLE;
    }
    if (role.tag(Tags.LEASED_ID).filter(CHANGING_ID::equals).isPresent()) {
      return CHANGING;
    }
    return role.claim().isPresent() ? CLAIMED : HALF_MADE;
  }
}
