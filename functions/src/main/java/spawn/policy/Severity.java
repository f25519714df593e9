package spawn.policy;

import spawn.json.LowerCase;

/**
 * How much a warning should worry its reader. The stack's setting {@code BroadAccess} decides what
 * a high one does.
 */
public enum Severity implements LowerCase {
  /** Broad or escalating access: rejected where the stack says so. */
  HIGH,
  /** Wider than most jobs need. */
  MEDIUM,
  /** Worth knowing. */
  LOW
}
