package spawn.payload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

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
    return lengths > bound ? lengths : edits(word, name, bound);
  }

  /**
   * Returns Levenshtein's distance, row by row of its table, and only of the band in which a
   * distance within the bound can lie; where it is farther than the bound, any such number.
   */
  private static int edits(String word, String name, int bound) {
    int most = Math.min(bound, Math.max(word.length(), name.length()));
    int[] above = IntStream.rangeClosed(0, name.length()).toArray();
    int[] row = new int[name.length() + 1];
    for (int i = 1; i <= word.length(); i++) {
      int from = Math.max(1, i - most);
      int to = Math.min(name.length(), i + most);
      row[from - 1] = from == 1 ? i : most + 1;
      int least = row[from - 1];
      for (int j = from; j <= to; j++) {
        int changed = above[j - 1] + (word.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
        int removed = j == i + most ? most + 1 : above[j] + 1; // the row above ends before it
        row[j] = Math.min(changed, Math.min(removed, row[j - 1] + 1));
        least = Math.min(least, row[j]);
      }
      if (least > most) {
        return least;
      }
      int[] done = above;
      above = row;
      row = done;
    }
    return above[name.length()];
  }
}
