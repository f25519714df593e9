package spawn.launch;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what a misspelt name was probably meant to be. */
final class NearestName {
  private NearestName() {}

  /** Returns the known name with the fewest edits, or nothing when none is near. */
  static Optional<String> of(String given, Collection<String> known) {
    int limit = Math.max(2, given.length() / 3);
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    String lower = given.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(name -> distance.apply(lower, name.toLowerCase(Locale.ROOT)) <= limit)
        .min(
            Comparator.<String>comparingInt(
                    name -> distance.apply(lower, name.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Returns the sentence that offers the nearest name, with a space before it, or nothing. */
  static String hint(String given, Collection<String> known) {
    return of(given, known).map(" Did you mean \"%s\"?"::formatted).orElse("");
  }
}
