package spawn.policy;

import java.util.List;
import java.util.TreeSet;
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

  /** Returns the terms one by one, so that each can be compared; exceptions stay together. */
  List<Term> split(Work work) {
    return inverted
        ? List.of(Term.allBut(patterns, work))
        : new TreeSet<>(patterns).stream().map(Term::of).toList();
  }
}
