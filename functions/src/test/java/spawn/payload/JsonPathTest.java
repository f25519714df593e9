package spawn.payload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPathTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          policies      | $.iam.policies
          _x9           | $.iam._x9
          a,b           | $.iam['a,b']
          9x            | $.iam['9x']
          aws:SourceIp  | $.iam['aws:SourceIp']
          it's          | $.iam['it\\'s']
          a\\b          | $.iam['a\\\\b']
          é             | $.iam['é']
          ""            | $.iam['']
          """)
  void aNameThatIsNotAPlainIdentifierIsQuoted(String name, String path) {
    assertThat(JsonPath.member("$.iam", name)).isEqualTo(path);
  }

  @Test
  void aPathStaysOnOneLineWhateverTheNameHolds() {
    assertThat(JsonPath.member("$", "a\nb\u0000")).isEqualTo("$['a\\u000ab\\u0000']");
  }

  @Test
  void anEntryIsNamedByItsIndex() {
    assertThat(JsonPath.index("$.iam.policies", 0)).isEqualTo("$.iam.policies[0]");
  }
}
