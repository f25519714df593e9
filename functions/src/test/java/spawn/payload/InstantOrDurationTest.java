package spawn.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import spawn.error.Problem;
import spawn.error.Problems;
import spawn.payload.InstantOrDuration.Moment;

class InstantOrDurationTest {
  private final Problems problems = new Problems();

  private Optional<Moment> read(JsonNode value) {
    return new InstantOrDuration().read(value, "$.expires", problems);
  }

  private Optional<Moment> read(String text) {
    return read(JsonNodeFactory.instance.textNode(text));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-26T18:00:00Z, 2026-11-26T18:00:00Z",
    "2026-11-26T18:00Z, 2026-11-26T18:00:00Z",
    "2026-11-26T18:00:00.5Z, 2026-11-26T18:00:00.500Z",
    "2026-11-26T19:00:00+01:00, 2026-11-26T18:00:00Z",
    "2026-11-26T12:30:00-05:30, 2026-11-26T18:00:00Z",
    "2026-11-26t18:00:00z, 2026-11-26T18:00:00Z",
  })
  void anInstantIsReadWithItsZone(String text, Instant instant) {
    assertThat(read(text)).contains(Moment.of(instant));
  }

  @ParameterizedTest
  @CsvSource({"PT8H, PT8H", "P7D, PT168H", "p1dt12h, PT36H", "PT90M, PT1H30M", "PT0S, PT0S"})
  void aDurationIsReadInDaysHoursMinutesAndSeconds(String text, Duration duration) {
    assertThat(read(text)).contains(Moment.of(duration));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P1M | counts years, months or weeks: count days",
        "P1Y | counts years, months or weeks: count days",
        "P2W | counts years, months or weeks: count days",
        "P1Y2M3D | counts years, months or weeks: count days",
        "p1mt3h | counts years, months or weeks: count days",
        "2026-11-26T18:00:00 | says no time zone: end it in Z",
        "2026-11-26T18:00 | says no time zone: end it in Z",
        "2026-11-26 | says no time of day: write for example \"2026-11-26T18:00:00Z\"",
        "-PT1H | is a negative duration",
        "PT-1H | is a negative duration",
        "tomorrow | is neither an instant nor a duration",
        "8h | is neither an instant nor a duration",
        "P | is neither an instant nor a duration",
        "PT | is neither an instant nor a duration",
        "'' | is neither an instant nor a duration",
        "2026-02-30T00:00:00Z | is neither an instant nor a duration",
        "2026-11-26T18:00:00+01:00[Europe/Berlin] | is neither an instant nor a duration",
        "1790000000 | is neither an instant nor a duration",
        "PT99999999999999999999H | is neither an instant nor a duration",
      })
  void whatIsNeitherIsRefusedWithWhatWouldBeRight(String text, String message) {
    assertThat(read(text)).isEmpty();
    assertThat(problems.list())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("$.expires");
              assertThat(problem.message()).startsWith("\"" + text + "\" " + message).endsWith(".");
            });
  }

  @Test
  void aNumberIsNoInstant() {
    assertThat(read(JsonNodeFactory.instance.numberNode(1_790_000_000))).isEmpty();
    assertThat(problems.list())
        .containsExactly(new Problem("$.expires", "Must be a string, not a number."));
  }
}
