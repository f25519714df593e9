package spawn.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import spawn.error.Work;

/**
 * What one element of a statement names.
 *
 * @param inverted whether it names everything but the patterns ({@code NotAction}, {@code
 *     NotResource})
 * @param patterns the patterns, as {@code Action} or {@code Resource} list them
 */
record Terms(boolean inverted, List<Glob> patterns) {
  /** Returns whether one of the patterns is {@code *}. */
  boolean isEverything() {
    return !inverted && patterns.stream().anyMatch(Glob::isEverything);
  }

  /**
   * Returns what tells whether a single action is among what is named. An action is compared only
   * with the wildcards of its own service.
   */
  Predicate<Glob> covering() {
    Set<Glob> plain = new HashSet<>();
    Map<String, List<Glob>> wild = new HashMap<>();
    for (Glob pattern : patterns) {
      if (pattern.isWild()) {
        wild.computeIfAbsent(service(pattern), unseen -> new ArrayList<>()).add(pattern);
      } else {
        plain.add(pattern);
      }
    }
    boolean everything = patterns.stream().anyMatch(Glob::isEverything);
    return action ->
        inverted
            != (everything
                || plain.contains(action)
                || covers(wild.getOrDefault(service(action), List.of()), action));
  }

  private static boolean covers(List<Glob> wild, Glob action) {
    for (Glob pattern : wild) {
      if (pattern.covers(action)) {
        return true;
      }
    }
    return false;
  }

  /** Returns what stands before the colon, nothing for {@code *}. */
  private static String service(Glob action) {
    String text = action.toString();
    return text.substring(0, Math.max(text.indexOf(':'), 0));
  }

  /** Returns the terms one by one, so that each can be compared; exceptions stay together. */
  List<Term> split(Work work) {
    return inverted
        ? List.of(Term.allBut(patterns, work))
        : new TreeSet<>(patterns).stream().map(Term::of).toList();
  }
}
