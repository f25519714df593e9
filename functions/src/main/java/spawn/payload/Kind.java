package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import spawn.error.Problems;

/**
 * What a value of a payload may be: its JSON type, its form and its limits.
 *
 * <p>A kind reads its values itself, so that type and limits are checked in one place, and holds
 * what it checks as data, so that a schema or a command line can be told the same.
 *
 * @param <T> what a value is read as
 */
public sealed interface Kind<T>
    permits Text,
        OneOf,
        Flag,
        WholeNumber,
        IsoDuration,
        InstantOrDuration,
        ListOf,
        ObjectOf,
        TextMap,
        Document {
  /** Returns what a value must be, for messages: {@code a string}. */
  String expected();

  /** Returns what several values are called, for messages: {@code strings}. */
  String plural();

  /**
   * Reads a value; if it is wrong, what is wrong is noted, and the result is empty.
   *
   * @param json the value; {@code null} members do not come here, {@code null} entries of lists do
   */
  Optional<T> read(JsonNode json, String path, Problems problems);

  /** Notes that a value is of another JSON type. */
  default Optional<T> refuse(JsonNode json, String path, Problems problems) {
    problems.add(path, "Must be %s, not %s.".formatted(expected(), Quote.kind(json)));
    return Optional.empty();
  }
}
