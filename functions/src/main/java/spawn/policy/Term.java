package spawn.policy;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import spawn.error.Work;

/**
 * One thing that a statement is about, of its actions or its resources: one pattern, or everything
 * but some patterns.
 */
final class Term implements Comparable<Term> {
  // The list's text alone does not tell the pattern "a, b" from the patterns "a" and "b". It comes
  // first all the same: documents list their patterns in this order, and so hashes depend on it.
  private static final Comparator<Term> ORDER =
      Comparator.comparing(Term::inverted)
          .thenComparing((Term term) -> term.listText)
          .thenComparing(
              term -> term.patterns.stream().map(Glob::toString).collect(Collectors.joining("\0")));

  private final boolean inverted;
  private final List<Glob> patterns;
  private final String listText;

  /** How everything begins that a plain term matches. */
  private final String beginning;

  private Term(boolean inverted, List<Glob> patterns) {
    this.inverted = inverted;
    this.patterns = patterns;
    this.listText = patterns.toString();
    this.beginning = inverted ? "" : patterns.get(0).beginning();
  }

  static Term of(Glob pattern) {
    return new Term(false, List.of(pattern));
  }

  /** Returns everything but the patterns, without those that others among them cover. */
  static Term allBut(Collection<Glob> patterns, Work work) {
    List<Glob> distinct = List.copyOf(new TreeSet<>(patterns));
    List<Glob> wild = distinct.stream().filter(Glob::isWild).toList();
    return new Term(
        true,
        distinct.stream()
            .filter(
                pattern ->
                    wild.stream()
                        .noneMatch(other -> !other.equals(pattern) && other.covers(pattern, work)))
            .toList());
  }

  /** Returns whether it is everything but the patterns ({@code NotAction}, {@code NotResource}). */
  boolean inverted() {
    return inverted;
  }

  /** Returns its one pattern or, if it is inverted, at least one, sorted. */
  List<Glob> patterns() {
    return patterns;
  }

  /** Returns whether it holds everything that the other holds; when in doubt, not. */
  boolean covers(Term other, Work work) {
    if (!inverted) {
      Glob pattern = patterns.get(0);
      return other.inverted ? pattern.isEverything() : pattern.covers(other.patterns.get(0), work);
    }
    return other.inverted
        && patterns.stream()
            .allMatch(left -> other.patterns.stream().anyMatch(out -> out.covers(left, work)));
  }

  /**
   * Returns the place of the first of some sorted terms that it may cover, by how both begin. The
   * others that it may cover follow without a gap.
   */
  int firstToCover(List<Term> sorted) {
    String from = "[" + beginning;
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) / 2;
      Term term = sorted.get(middle);
      if (!term.inverted && (inverted || term.listText.compareTo(from) < 0)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Returns whether it may cover a term, by how both begin. */
  boolean mayCover(Term other) {
    if (other.inverted) {
      return inverted || patterns.get(0).isEverything();
    }
    return !inverted && other.listText.startsWith(beginning, 1);
  }

  /** Returns whether it can cover anything but itself. */
  boolean isWide() {
    return inverted || patterns.get(0).isWild();
  }

  @Override
  public int compareTo(Term other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Term that
        && inverted == that.inverted
        && patterns.equals(that.patterns);
  }

  @Override
  public int hashCode() {
    return listText.hashCode();
  }

  @Override
  public String toString() {
    return (inverted ? "all but " : "") + listText;
  }
}
