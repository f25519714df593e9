package spawn.error;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects everything that is wrong with a payload, so that the caller learns all of it at once.
 */
public final class Problems {
  private final List<Problem> found = new ArrayList<>();

  /** Adds a problem at a JSON path; the message says what is wrong and what would be right. */
  public void add(String path, String message) {
    found.add(new Problem(path, message));
  }

  /** Returns what was found so far, in the order of finding. */
  public List<Problem> list() {
    return List.copyOf(found);
  }

  /** Returns whether nothing was found. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /**
   * Ends the reading of the payload.
   *
   * @throws InvalidRequest if anything was found, with all of it
   */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidRequest(found);
    }
  }
}
