package spawn.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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

  @ParameterizedTest
  @CsvSource({
    "kitten, sitting, 3",
    "flaw, lawn, 2",
    "abc, abc, 0",
    "abcd, dcba, 4",
    "a, abcdefg, 6"
  })
  void theDistancesComparedWithAreRight(String word, String name, int edits) {
    assertThat(edits(word, name)).isEqualTo(edits).isEqualTo(edits(name, word));
  }

  private static int distance(String word, String name) {
    int edits = edits(word, name);
    return word.length() > 2 && name.startsWith(word) ? Math.min(edits, 2) : edits;
  }

  /** By the definition, without a band and without a bound. */
  private static int edits(String word, String name) {
    int[][] table = new int[word.length() + 1][name.length() + 1];
    for (int i = 0; i <= word.length(); i++) {
      for (int j = 0; j <= name.length(); j++) {
        if (i == 0 || j == 0) {
          table[i][j] = i + j;
        } else {
          int changed = table[i - 1][j - 1] + (word.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
          table[i][j] = Math.min(changed, 1 + Math.min(table[i - 1][j], table[i][j - 1]));
        }
      }
    }
    return table[word.length()][name.length()];
  }

  private static String text(Random random) {
    return random
        .ints(1 + random.nextInt(12), 'a', 'd')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
