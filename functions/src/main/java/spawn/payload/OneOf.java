package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import spawn.error.Problems;

/**
 * One of some words.
 *
 * @param name what such a word is called, for example {@code preset}
 * @param values the words
 */
public record OneOf(String name, List<String> values) implements Kind<String> {
  /** Copies what it is given. */
  public OneOf {
    values = List.copyOf(values);
  }

  @Override
  public String expected() {
    return "a string";
  }

  @Override
  public String plural() {
    return name + "s";
  }

  @Override
  public Optional<String> read(JsonNode json, String path, Problems problems) {
    if (!json.isTextual()) {
      return refuse(json, path, problems);
    }
    String word = json.textValue();
    if (!values.contains(word)) {
      problems.add(
          path,
          () ->
              "Unknown %s %s.%s Known %s: %s."
                  .formatted(
                      name,
                      Quote.of(word),
                      problems.suggestion(() -> Nearest.question(word, values)),
                      plural(),
                      String.join(", ", values)));
      return Optional.empty();
    }
    return Optional.of(word);
  }
}
