package spawn.cleanup;

import java.util.Locale;
import spawn.json.LowerCase;

/** What became of a role or a profile in a sweep, or would have in a dry run. */
public enum Verdict implements LowerCase {
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
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
