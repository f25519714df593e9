package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import spawn.error.Problems;

/**
 * An object whose names are the caller's own, each with a string; letter case does not tell the
 * names apart.
 *
 * @param plural what its members are called, for example {@code tags}
 * @param key what each name must be
 * @param value what each value must be
 * @param max the greatest number of members
 * @param reason why there may be no more, as the end of a sentence
 */
public record TextMap(String plural, Text key, Text value, int max, String reason)
    implements Kind<Map<String, String>> {
  @Override
  public String expected() {
    return "an object of up to %d %s".formatted(max, plural);
  }

  /** Reads an object, sorted by name; members that are wrong, or {@code null}, are left out. */
  @Override
  public Optional<Map<String, String>> read(JsonNode json, String path, Problems problems) {
    if (!json.isObject()) {
      return refuse(json, path, problems);
    }
    List<Map.Entry<String, JsonNode>> given = PayloadObject.given(json);
    if (given.size() > max) {
      problems.add(path, "Must be %s, not of %d: %s.".formatted(expected(), given.size(), reason));
      return Optional.empty();
    }
    Map<String, String> members = new TreeMap<>();
    Set<String> namesIgnoringCase = new HashSet<>();
    for (Map.Entry<String, JsonNode> member : given) {
      String name = member.getKey();
      String at = JsonPath.member(path, name);
      if (!key.matches(name)) {
        problems.add(at, key.wrong(name));
      }
      if (!namesIgnoringCase.add(name.toLowerCase(Locale.ROOT))) {
        problems.add(
            at,
            "%s is given twice: letter case does not tell %s apart."
                .formatted(Quote.of(name), plural));
      }
      value.read(member.getValue(), at, problems).ifPresent(text -> members.put(name, text));
    }
    return Optional.of(members);
  }
}
