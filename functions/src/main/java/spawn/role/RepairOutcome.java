package spawn.role;

/** What became of a role that has drifted. */
public enum RepairOutcome {
  /** It holds again what it was made with. */
  REPAIRED,
  /** It would be repaired, if the call said so. */
  WOULD_REPAIR,
  /** It stays as it is, for a reason that is told. */
  LEFT,
  /** AWS refused a call; what was done before that stays done. */
  FAILED
}
