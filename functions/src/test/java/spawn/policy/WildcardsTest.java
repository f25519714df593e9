package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardsTest {
  private static List<String> texts(String alphabet, int longest) {
    List<String> texts = new ArrayList<>(List.of(""));
    for (int from = 0, length = 0; length < longest; length++) {
      int to = texts.size();
      for (String text : List.copyOf(texts.subList(from, to))) {
        alphabet.chars().forEach(symbol -> texts.add(text + (char) symbol));
      }
      from = to;
    }
    return texts;
  }

  /** Four letters are enough: patterns of three symbols that meet do so in some such text. */
  @Test
  void twoPatternsMeetIfSomeTextMatchesBoth() {
    List<String> candidates = texts("ab", 6);
    int compared = 0;
    for (String resource : texts("a*?b", 3)) {
      Pattern one = Pattern.compile(resource.replace("*", ".*").replace("?", "."));
      List<String> matched =
          candidates.stream().filter(text -> one.matcher(text).matches()).toList();
      for (String form : texts("a*b", 3)) {
        Pattern other = Pattern.compile(form.replace("*", ".+"));

        assertThat(Wildcards.meet(resource, form))
            .as("%s and %s", resource, form)
            .isEqualTo(matched.stream().anyMatch(text -> other.matcher(text).matches()));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(85 * 40);
  }

  @ParameterizedTest
  @CsvSource({
    "${aws:userid}, a, true",
    "a/${aws:userid}, a/*, true",
    "${*}, a, false",
    "${*}${?}${$}, *, true",
    "${aws:userid, a, false",
    "b/${aws:userid}, a/*, false"
  })
  void aVariableMayStandForAnyTextAndTheSpecialOnesForTheirCharacter(
      String resource, String form, boolean meet) {
    assertThat(Wildcards.meet(resource, form)).isEqualTo(meet);
  }

  @ParameterizedTest
  @CsvSource({
    "arn:aws:s3:::b/${aws:userid}:x, 6",
    "arn:aws:kms:*:${aws:PrincipalAccount}:key/*, 6",
    "arn:aws:sqs:${aws:RequestedRegion, 5",
    "arn:aws:sqs, 3",
    "*, 1"
  })
  void aVariableIsNotSplitAtItsColon(String arn, int parts) {
    assertThat(Arn.of(arn).parts()).hasSize(parts);
    assertThat(String.join(":", Arn.of(arn).parts())).isEqualTo(arn);
    assertThat(Arn.of(arn).isWhole()).isEqualTo(parts == 6);
  }
}
