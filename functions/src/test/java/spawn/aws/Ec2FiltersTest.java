package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ec2FiltersTest {
  @ParameterizedTest(name = "{0} takes {1}: {2}")
  @CsvSource({
    "worker, worker, true",
    "worker, Worker, false",
    "work*, worker, true",
    "*, worker, true",
    "w*k*r, worker, true",
    "w*x, worker, false",
    "worke?, worker, true",
    "worker?, worker, false",
    "work\\*, work*, true",
    "work\\*, worker, false",
    "work\\?, work?, true",
    "work\\\\, work\\, true",
  })
  void aStarIsAnyTextAMarkAnyCharacterAndABackslashTakesTheNextAsItIs(
      String pattern, String text, boolean matches) {
    assertThat(Ec2Filters.matches(pattern, text)).isEqualTo(matches);
  }
}
