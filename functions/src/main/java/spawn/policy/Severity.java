package spawn.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How much a warning should worry its reader. The stack's setting {@code BroadAccess} decides what
 * a high one does.
 */
public enum Severity {
  /** Broad or escalating access: rejected where the stack says so. */
  @JsonProperty("high")
  HIGH,
  /** Wider than most jobs need. */
  @JsonProperty("medium")
  MEDIUM,
  /** Worth knowing. */
  @JsonProperty("low")
  LOW
}
