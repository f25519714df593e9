package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import spawn.error.Problems;

/** {@code true} or {@code false}. */
public record Flag() implements Kind<Boolean> {
  @Override
  public String expected() {
    return "true or false";
  }

  @Override
  public String plural() {
    return "true or false each";
  }

  @Override
  public Optional<Boolean> read(JsonNode json, String path, Problems problems) {
    return json.isBoolean() ? Optional.of(json.booleanValue()) : refuse(json, path, problems);
  }
}
