package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import spawn.error.Problems;

/**
 * An object with certain members.
 *
 * @param plural what several of such objects are called, for example {@code roles}
 * @param fields its members
 */
public record ObjectOf(String plural, Fields fields) implements Kind<PayloadObject> {
  @Override
  public String expected() {
    return "an object";
  }

  @Override
  public Optional<PayloadObject> read(JsonNode json, String path, Problems problems) {
    return json.isObject()
        ? Optional.of(PayloadObject.at(json, path, fields, problems))
        : refuse(json, path, problems);
  }
}
