package spawn.policy;

import static java.util.stream.Collectors.joining;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * One thing that a statement is about, of its actions or its resources: one pattern, or everything
 * but some patterns.
 *
 * @param inverted whether it is everything but the patterns ({@code NotAction}, {@code
 *     NotResource})
 * @param patterns one pattern, or if inverted at least one, sorted
 */
record Term(boolean inverted, List<Glob> patterns) implements Comparable<Term> {
  // The list's text alone does not tell the pattern "a, b" from the patterns "a" and "b". It comes
  // first all the same: documents list their patterns in this order, and so hashes depend on it.
  private static final Comparator<Term> ORDER =
      Comparator.comparing(Term::inverted)
          .thenComparing(term -> term.patterns().toString())
          .thenComparing(
              term -> term.patterns().stream().map(Glob::toString).collect(joining("\0")));

  static Term of(Glob pattern) {
    return new Term(false, List.of(pattern));
  }

  /** Returns everything but the patterns, without those that others among them cover. */
  static Term allBut(Collection<Glob> patterns) {
    List<Glob> distinct = List.copyOf(new TreeSet<>(patterns));
    return new Term(
        true,
        distinct.stream()
            .filter(
                pattern ->
                    distinct.stream()
                        .noneMatch(other -> !other.equals(pattern) && other.covers(pattern)))
            .toList());
  }

  /** Returns whether it holds everything that the other holds; when in doubt, not. */
  boolean covers(Term other) {
    if (!inverted) {
      Glob pattern = patterns.get(0);
      return other.inverted ? pattern.isEverything() : pattern.covers(other.patterns.get(0));
    }
    return other.inverted
        && patterns.stream()
            .allMatch(left -> other.patterns.stream().anyMatch(out -> out.covers(left)));
  }

  /** Returns whether it can cover anything but itself. */
  boolean isWide() {
    return inverted || patterns.get(0).isWild();
  }

  @Override
  public int compareTo(Term other) {
    return ORDER.compare(this, other);
  }
}
