package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of what the local stack does not know, and the sentences that it is about. */
class DifferencesTest {
  private static final List<Differences.Row> LISTED = Differences.listed();

  @Test
  void everyRowIsAboutOneSentenceAndNamesItsSource() {
    assertThat(LISTED).isNotEmpty().extracting(Differences.Row::sentence).doesNotHaveDuplicates();
    assertThat(sentences()).doesNotHaveDuplicates();
    for (Differences.Row row : LISTED) {
      assertThat(sentences()).contains(row.sentence());
      assertThat(row.aws()).as(row.sentence()).contains("](https://");
      assertThat(row.moto()).as(row.sentence()).isNotBlank();
    }
  }

  private static List<String> sentences() {
    return Stream.of(IamRules.class, Ec2Rules.class)
        .flatMap(rules -> Arrays.stream(rules.getDeclaredMethods()))
        .filter(method -> method.isAnnotationPresent(Test.class))
        .map(Method::getName)
        .toList();
  }
}
