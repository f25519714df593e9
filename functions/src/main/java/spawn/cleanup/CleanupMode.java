package spawn.cleanup;

import java.util.Locale;
import java.util.Optional;

/** Whether the sweep may change anything: the stack's parameter {@code CleanupMode}. */
public enum CleanupMode {
  /** Events and the schedule start no sweep; a direct call only reports. */
  OFF,
  /** Every sweep only reports, and changes nothing. */
  REPORT,
  /** Unused roles are marked and deleted. */
  ON;

  /** Returns the sweep that events and the schedule start; nothing if they start none. */
  public Optional<SweepRequest> bySchedule() {
    return switch (this) {
      case OFF -> Optional.empty();
      case REPORT, ON -> Optional.of(limited(SweepRequest.ofEverything()));
    };
  }

  /** Returns as much of a request as this mode allows. */
  public SweepRequest limited(SweepRequest asked) {
    return switch (this) {
      case OFF, REPORT -> asked.asDryRun();
      case ON -> asked;
    };
  }

  /** Returns the word of the parameter. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
