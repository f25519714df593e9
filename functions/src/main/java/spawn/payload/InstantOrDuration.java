package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import spawn.error.Problems;

/**
 * A moment in ISO 8601: an instant with its time zone, or a duration from now on of days, hours,
 * minutes and seconds.
 */
public record InstantOrDuration() implements Kind<InstantOrDuration.Moment> {
  /** A duration of which some part before the T is counted in years, months or weeks. */
  private static final Pattern OF_CALENDAR =
      Pattern.compile("(?i)[+-]?P([+-]?\\d+[YMWD])*[+-]?\\d+[YMW].*");

  /**
   * What a value says: one of the two.
   *
   * @param instant the instant
   * @param duration the duration, zero or more
   */
  public record Moment(Optional<Instant> instant, Optional<Duration> duration) {
    static Moment of(Instant instant) {
      return new Moment(Optional.of(instant), Optional.empty());
    }

    static Moment of(Duration duration) {
      return new Moment(Optional.empty(), Optional.of(duration));
    }
  }

  @Override
  public String expected() {
    return "a string";
  }

  @Override
  public String plural() {
    return "instants or durations";
  }

  @Override
  public Optional<Moment> read(JsonNode json, String path, Problems problems) {
    if (!json.isTextual()) {
      return refuse(json, path, problems);
    }
    String text = json.textValue();
    Optional<Moment> moment =
        parsed(text, Duration::parse)
            .filter(duration -> !duration.isNegative())
            .map(Moment::of)
            .or(() -> parsed(text, OffsetDateTime::parse).map(at -> Moment.of(at.toInstant())));
    if (moment.isEmpty()) {
      problems.add(path, Quote.of(text) + " " + whatIsWrong(text));
    }
    return moment;
  }

  private static String whatIsWrong(String text) {
    if (parsed(text, Duration::parse).isPresent()) {
      return "is a negative duration: write how long from now on, for example \"PT8H\".";
    }
    if (parsed(text, LocalDateTime::parse).isPresent()) {
      return "says no time zone: end it in Z for UTC, or in an offset such as +01:00.";
    }
    if (parsed(text, LocalDate::parse).isPresent()) {
      return "says no time of day: write for example \"%sT18:00:00Z\".".formatted(text);
    }
    if (OF_CALENDAR.matcher(text).matches()) {
      return "counts years, months or weeks: count days, for example \"P30D\", since months and years differ in length.";
    }
    return "is neither an instant nor a duration: write ISO 8601, for example \"2026-12-31T18:00:00Z\" or \"PT8H\".";
  }

  private static <T> Optional<T> parsed(String text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (DateTimeException | ArithmeticException notIso) {
      return Optional.empty();
    }
  }
}
