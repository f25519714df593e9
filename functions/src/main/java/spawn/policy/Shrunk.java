package spawn.policy;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * A policy without what was not used of it.
 *
 * @param granted its statements as they were
 * @param statements those of them that are left, each with fewer actions or as it was
 * @param removed what was taken away, by service: actions, or patterns of actions
 * @param kept what could not be told to be unused, as sentences
 */
public record Shrunk(
    List<Statement> granted,
    List<Statement> statements,
    Map<String, SortedSet<String>> removed,
    SortedSet<String> kept) {
  /** Returns whether anything was taken away. */
  public boolean isSmaller() {
    return !removed.isEmpty();
  }
}
