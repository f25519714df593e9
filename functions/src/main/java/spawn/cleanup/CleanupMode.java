package spawn.cleanup;

/** Whether the sweep may change anything. */
public enum CleanupMode {
  /** Events and the schedule lead to nothing; a direct call reports. */
  OFF,
  /** Every sweep reports, and changes nothing. */
  REPORT,
  /** Unused roles are marked and deleted. */
  ON
}
