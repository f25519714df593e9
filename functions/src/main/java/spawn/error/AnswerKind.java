package spawn.error;

/** What an error that AWS answers means, whatever call it was the answer to. */
public enum AnswerKind {
  /** The request itself: another value, or another resource named in it, would do. */
  CALLER,
  /** Not here or not now: another subnet, zone or type, or a later try, may do. */
  CAPACITY,
  /** A quota of the account is used up. */
  QUOTA,
  /** The function lacks a permission. */
  PERMISSION,
  /** The state of the account forbids it: only its owner, or AWS, can change that. */
  ACCOUNT,
  /** Too many calls. */
  THROTTLED,
  /** AWS's own failure, or another writer at the same object: the same call may succeed later. */
  AGAIN,
  /** EC2 does not see the instance profile, or the role in it, yet. */
  PROPAGATION,
  /** The good answer to a dry run. */
  DRY_RUN,
  /** The client token has been used before. */
  IDEMPOTENCY,
  /** What no correct request of spawn gets, unless the caller of the SDK handles it. */
  SPAWN,
  /** A code that neither AWS's lists nor its form explains. */
  UNKNOWN
}
