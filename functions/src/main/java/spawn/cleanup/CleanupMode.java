package spawn.cleanup;

import java.util.Locale;
import java.util.Optional;
import spawn.error.InvalidRequest;

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
      case REPORT, ON -> Optional.of(limited(SweepRequest.ordinary()));
    };
  }

  /** Returns as much of a request as this mode allows. */
  public SweepRequest limited(SweepRequest asked) {
    return switch (this) {
      case OFF, REPORT -> asked.asDryRun();
      case ON -> asked;
    };
  }

  /**
   * Returns a removal that a caller asks for in so many words.
   *
   * @param path of the field that asks for it
   * @throws InvalidRequest if this mode allows only reports, and the request asks for more
   */
  public SweepRequest removal(SweepRequest asked, String path) {
    SweepRequest allowed = limited(asked);
    if (allowed.dryRun() && !asked.dryRun()) {
      throw new InvalidRequest(
          path,
          "This stack removes nothing: its parameter CleanupMode is \"%s\". Set it to \"on\", or ask with \"dryRun\"."
              .formatted(word()));
    }
    return allowed;
  }

  /** Returns the word of the parameter. */
  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
