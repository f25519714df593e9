package spawn.role;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tags that a caller may put on a role. */
class CallersTagsTest {
  @ParameterizedTest
  @CsvSource({
    "team,true",
    "Team name/1,true",
    "spawned:x,true",
    "x:aws:y,true",
    "spawn:x,false",
    "SPAWN:x,false",
    "aws:x,false",
    "Aws:cloudformation,false",
    "'a,b',false",
    "'',false"
  })
  void aCallersKeyIsValidIfIamTakesItAndNobodyHasReservedIt(String key, boolean valid) {
    assertThat(Tags.KEY.matches(key)).isEqualTo(valid);
  }

  @Test
  void lengthsAreThoseOfIam() {
    assertThat(Tags.KEY.matches("k".repeat(128))).isTrue();
    assertThat(Tags.KEY.matches("k".repeat(129))).isFalse();
    assertThat(Tags.VALUE.matches("")).isTrue();
    assertThat(Tags.VALUE.matches("v".repeat(256))).isTrue();
    assertThat(Tags.VALUE.matches("v".repeat(257))).isFalse();
  }

  @Test
  void aCallerMayAddThirtyEightTagsToTheTwelveOfSpawn() {
    assertThat(Tags.MAX_OF_CALLER).isEqualTo(38);
  }
}
