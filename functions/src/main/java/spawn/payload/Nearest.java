package spawn.payload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the names that a misspelt one may have meant, by edit distance. */
public final class Nearest {
  /** Longer texts are no misspelt names; comparing them would only cost time. */
  private static final int LONGEST = 140;

  /**
   * Of a longer text, names that are far shorter are not compared: that would cost, and for little.
   */
  private static final int LONG = 40;

  private static final Comparator<Candidate> NEAREST_FIRST =
      Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name);

  private Nearest() {}

  /** Returns up to {@code count} of the names, nearest first; none if the word is no name. */
  public static List<String> to(String word, Collection<String> names, int count) {
    int limit = word.length() > LONG ? word.length() / 2 : Integer.MAX_VALUE;
    return within(limit, word, names, count);
  }

  /**
   * Returns the nearest of the names as a question to append to a message, or nothing when none is
   * near enough to have been meant.
   */
  public static String question(String word, Collection<String> names) {
    return within(Math.max(2, word.length() / 3), word, names, 1).stream()
        .findFirst()
        .map(name -> " Did you mean \"" + name + "\"?")
        .orElse("");
  }

  private record Candidate(String name, int distance) {}

  /**
   * Returns the nearest names, of those that are no farther than a limit.
   *
   * <p>Once enough are found, only what is as near as the last of them is of interest: distances
   * are computed up to there, and not at all where the lengths alone say that it is farther.
   */
  private static List<String> within(int limit, String word, Collection<String> names, int count) {
    if (word.isBlank() || word.length() > LONGEST) {
      return List.of();
    }
    String wanted = word.toLowerCase(Locale.ROOT);
    List<Candidate> nearest = new ArrayList<>();
    for (String name : names) {
      int bound =
          nearest.size() < count ? limit : Math.min(limit, nearest.get(count - 1).distance());
      int distance = distance(wanted, name.toLowerCase(Locale.ROOT), bound);
      if (distance <= bound) {
        nearest.add(new Candidate(name, distance));
        nearest.sort(NEAREST_FIRST);
        if (nearest.size() > count) {
          nearest.remove(count);
        }
      }
    }
    return nearest.stream().map(Candidate::name).toList();
  }

  /** Returns how far a word is from a name; where it is farther than the bound, any such number. */
  private static int distance(String word, String name, int bound) {
    int lengths = Math.abs(word.length() - name.length());
    if (word.length() > 2 && name.startsWith(word)) {
      return Math.min(lengths, 2); // cut off, it is nearer than its missing letters say
    }
    if (lengths > bound) {
      return lengths;
    }
    int most = Math.max(word.length(), name.length());
    int edits = new LevenshteinDistance(Math.min(bound, most)).apply(word, name);
    return edits < 0 ? Integer.MAX_VALUE : edits;
  }
}
