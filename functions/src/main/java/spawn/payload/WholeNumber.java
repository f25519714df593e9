package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import spawn.error.Problems;

/**
 * A whole number within limits.
 *
 * @param min the least
 * @param max the greatest
 * @param unit what it counts, for example {@code seconds}
 */
public record WholeNumber(int min, int max, String unit) implements Kind<Integer> {
  @Override
  public String expected() {
    return "a whole number of %s from %d to %d".formatted(unit, min, max);
  }

  @Override
  public String plural() {
    return "whole numbers of %s from %d to %d".formatted(unit, min, max);
  }

  @Override
  public Optional<Integer> read(JsonNode json, String path, Problems problems) {
    if (!json.isIntegralNumber()
        || !json.canConvertToInt()
        || json.intValue() < min
        || json.intValue() > max) {
      problems.add(path, "Must be %s, not %s.".formatted(expected(), Quote.number(json)));
      return Optional.empty();
    }
    return Optional.of(json.intValue());
  }
}
