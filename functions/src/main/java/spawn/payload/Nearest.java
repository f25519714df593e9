package spawn.payload;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the names that a misspelt one may have meant, by edit distance. */
public final class Nearest {
  /** Longer texts are no misspelt names; comparing them would only cost time. */
  private static final int LONGEST = 140;

  private Nearest() {}

  /** Returns up to {@code count} of the names, nearest first; none if the word is no name. */
  public static List<String> to(String word, Collection<String> names, int count) {
    if (word.isBlank() || word.length() > LONGEST) {
      return List.of();
    }
    String wanted = word.toLowerCase(Locale.ROOT);
    record Candidate(String name, int distance) {}
    return names.stream()
        .map(name -> new Candidate(name, distance(wanted, name.toLowerCase(Locale.ROOT))))
        .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .limit(count)
        .map(Candidate::name)
        .toList();
  }

  /**
   * Returns the nearest of the names as a question to append to a message, or nothing when none is
   * near enough to have been meant.
   */
  public static String question(String word, Collection<String> names) {
    int limit = Math.max(2, word.length() / 3);
    return to(word, names, 1).stream()
        .filter(
            name -> distance(word.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT)) <= limit)
        .findFirst()
        .map(name -> " Did you mean \"" + name + "\"?")
        .orElse("");
  }

  private static int distance(String word, String name) {
    int edits = LevenshteinDistance.getDefaultInstance().apply(word, name);
    // A word that was cut off is nearer than its missing letters say.
    boolean cutOff = word.length() > 2 && name.startsWith(word);
    return cutOff ? Math.min(edits, 2) : edits;
  }
}
