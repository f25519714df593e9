package spawn.role;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A role that a launch may use.
 *
 * @param role the role, as IAM showed it
 * @param outcome how it came to be usable
 * @param leaseUntil until when the launch may rely on it; nothing for a role that spawn did not
 *     make, which no sweep touches
 */
public record EnsuredRole(KnownRole role, Outcome outcome, Optional<Instant> leaseUntil) {
  /** How a role came to be usable. */
  public enum Outcome {
    /** Created, or completed, by this launch or run. */
    CREATED,
    /** Made by spawn in an earlier launch or run. */
    REUSED,
    /** A role of a set, changed to what the set asks for. */
    UPDATED,
    /** The user's own, untouched. */
    EXISTING;

    /** Returns the word for it in inputs, outputs and logs of states. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
