package spawn.cleanup;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What became of a role or a profile in a sweep, or would have in a dry run. */
public enum Verdict {
  /** Left as it is. */
  KEPT,
  /** Found unused, and marked so. */
  MARKED,
  /** Found in use again, and its mark taken off. */
  UNMARKED,
  /** Removed. */
  DELETED,
  /** AWS refused a call; the next run tries again. */
  FAILED;

  /** Returns the word of the report. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
