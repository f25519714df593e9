package spawn.role;

/** In what a role differs from what it was made with. */
public enum DriftKind {
  /** Others may assume it than AWS services, or other services than it was made for. */
  TRUST,
  /** It has no permissions boundary, or one that is none of the stack's. */
  BOUNDARY,
  /** It holds an inline policy that spawn did not put. */
  INLINE_ADDED,
  /** Its inline policy grants something else. */
  INLINE_CHANGED,
  /** Its inline policy is gone. */
  INLINE_REMOVED,
  /** A managed policy is attached that it was made without. */
  POLICY_ATTACHED,
  /** A managed policy is detached that it was made with. */
  POLICY_DETACHED,
  /** Its sessions may last for another time. */
  SESSION,
  /** A tag of its caller was added, changed or removed: policies may grant by these. */
  TAGS,
  /** A tag by which spawn knows it is gone, or cannot be read. */
  SPAWN_TAG,
  /** Somebody has edited the hash in its tag. */
  HASH_TAG,
  /** It differs in a part that cannot be told: nothing records what it was made with. */
  CONTENT;

  /**
   * Returns whether it makes the role someone else's, or takes its limit away: no function of spawn
   * may mend that.
   */
  public boolean isWorst() {
    return this == TRUST || this == BOUNDARY;
  }
}
