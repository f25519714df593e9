package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.Problems;

/** What a pattern covers, and what it costs to tell. */
class GlobTest {
  private static final int RUNS = 20_000;

  /** In place of a variable's value, which a variable in a pattern is never compared with. */
  private static final String VALUE = "=";

  @ParameterizedTest
  @CsvSource({
    "*,        anything,   true",
    "a*,       a,          true",
    "a*,       ab*,        true",
    "a?,       a*,         false",
    "a*?,      a?*,        true",
    "a?,       a?,         true",
    "*b,       a${x}b,     true",
    "a?,       a${x},      false",
    "a*,       a${x},      true",
    "a${x}*,   a${x}b,     true",
    "a${x}*,   a${y}b,     false",
    "a*},      a${x},      false",
    "a*{x},    a${x},      false",
    "*${x},    ${y}${x},   true",
    "a${Aa}*,  a${BB}b,    false",
    "a*${,     ab${,       true",
    "a*{,      a${,        true"
  })
  void variablesAreMatchedAsAWholeOrByAStar(String wide, String narrow, boolean covers) {
    assertThat(Glob.resource(wide).covers(Glob.resource(narrow))).isEqualTo(covers);
  }

  @Test
  void whatACoveredPatternMatchesTheCoveringOneMatches() {
    Random random = new Random(1);
    List<String> texts = texts(4);
    int covered = 0;
    for (int run = 0; run < RUNS; run++) {
      Glob wide = Glob.resource(pattern(random));
      Glob narrow = Glob.resource(pattern(random));
      if (wide.covers(narrow)) {
        covered++;
        Pattern byWide = regex(wide);
        assertThat(texts.stream().filter(regex(narrow).asMatchPredicate()))
            .as("run %d: %s covers %s", run, wide, narrow)
            .allMatch(byWide.asMatchPredicate());
      }
    }
    assertThat(covered).isGreaterThan(RUNS / 10);
  }

  private static String pattern(Random random) {
    StringBuilder pattern = new StringBuilder();
    for (int length = 1 + random.nextInt(5); length > 0; length--) {
      pattern.append(List.of("a", "b", "*", "?", "${v}").get(random.nextInt(5)));
    }
    return pattern.toString();
  }

  private static Pattern regex(Glob glob) {
    return Pattern.compile(
        glob.toString().replace("${v}", VALUE).replace("*", ".*").replace("?", "[ab]"));
  }

  private static List<String> texts(int longest) {
    List<String> texts = new ArrayList<>(List.of(""));
    for (int from = 0, length = 0; length < longest; length++) {
      int to = texts.size();
      for (; from < to; from++) {
        for (String next : List.of("a", "b", VALUE)) {
          texts.add(texts.get(from) + next);
        }
      }
    }
    return texts;
  }

  @Test
  void openBracesAreReadOnce() {
    String hostile = "${".repeat(100_000);

    assertThat(Glob.resource(hostile)).hasToString(hostile);
  }

  @Test
  void comparingTakesNoMoreStepsThanOneLengthTimesTheOther() {
    Problems problems = new Problems();
    Glob wide = Glob.resource("*" + "a".repeat(500) + "b" + "a".repeat(500));
    Glob narrow = Glob.resource("a".repeat(2_000));

    assertThat(wide.covers(narrow, problems.work())).isFalse();
    assertThat(problems.work().done()).isBetween(1_000L, 2_000L * 1_001);
  }
}
