package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import spawn.error.Problems;

/**
 * JSON in a language of its own, which another reader checks.
 *
 * @param expected what it is, for example {@code an IAM policy document}
 * @param plural what several are called
 */
public record Document(String expected, String plural) implements Kind<JsonNode> {
  @Override
  public Optional<JsonNode> read(JsonNode json, String path, Problems problems) {
    return Optional.of(json);
  }
}
