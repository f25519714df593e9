package spawn.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that a misspelt one may have meant. */
class NearestTest {
  private static final List<String> NAMES = List.of("policies", "resources", "role", "roleTags");

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "polices, policies",
        "POLICIES, policies",
        "pol, policies",
        "rol, role",
        "roletags, roleTags",
        "xyzzy, -",
        "r, -"
      })
  void aNameThatIsNearIsAskedFor(String word, String name) {
    assertThat(Nearest.question(word, NAMES))
        .isEqualTo(name == null ? "" : " Did you mean \"" + name + "\"?");
  }

  @Test
  void whatIsNoNameMeansNone() {
    assertThat(Nearest.to(" ", NAMES, 3)).isEmpty();
    assertThat(Nearest.to("x".repeat(10_000), NAMES, 3)).isEmpty();
    assertThat(Nearest.question("x".repeat(10_000), NAMES)).isEmpty();
  }

  /** Distances are computed only as far as they can matter; the answers are those of all. */
  @Test
  void theNearestAreThoseOfAllDistances() {
    Random random = new Random(1);
    for (int run = 0; run < 500; run++) {
      List<String> names = IntStream.range(0, 30).mapToObj(i -> text(random)).distinct().toList();
      String word = text(random);

      assertThat(Nearest.to(word, names, 3))
          .as("run %d, %s of %s", run, word, names)
          .isEqualTo(
              names.stream()
                  .sorted(
                      Comparator.comparingInt((String name) -> distance(word, name))
                          .thenComparing(Comparator.naturalOrder()))
                  .limit(3)
                  .toList());
    }
  }

  private static int distance(String word, String name) {
    int edits = LevenshteinDistance.getDefaultInstance().apply(word, name);
    return word.length() > 2 && name.startsWith(word) ? Math.min(edits, 2) : edits;
  }

  private static String text(Random random) {
    return random
        .ints(1 + random.nextInt(12), 'a', 'd')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
