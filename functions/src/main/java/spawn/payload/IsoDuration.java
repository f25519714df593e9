package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import spawn.error.Problems;

/**
 * A duration of zero or more in ISO 8601, as {@link Duration#parse} takes it: days, hours, minutes
 * and seconds.
 */
public record IsoDuration() implements Kind<Duration> {
  @Override
  public String expected() {
    return "a string";
  }

  @Override
  public String plural() {
    return "durations";
  }

  @Override
  public Optional<Duration> read(JsonNode json, String path, Problems problems) {
    if (!json.isTextual()) {
      return refuse(json, path, problems);
    }
    Optional<Duration> duration = parsed(json.textValue()).filter(parsed -> !parsed.isNegative());
    if (duration.isEmpty()) {
      problems.add(
          path,
          "%s is not a valid duration: write ISO 8601, for example \"P7D\" or \"PT36H\"."
              .formatted(Quote.of(json.textValue())));
    }
    return duration;
  }

  private static Optional<Duration> parsed(String text) {
    try {
      return Optional.of(Duration.parse(text));
    } catch (DateTimeException notIso) {
      return Optional.empty();
    }
  }
}
