package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import spawn.payload.JsonPath;
import spawn.payload.Quote;

/** A payload that is being put together: a file's, with what flags say in place of its own. */
final class Payload {
  private final ObjectNode root;

  /** Which flag has set what stands at a JSON path. */
  private final Map<String, String> flags = new TreeMap<>();

  private Payload(ObjectNode root) {
    this.root = root;
  }

  /** Returns a payload that says nothing yet. */
  static Payload empty() {
    return new Payload(Json.object());
  }

  /**
   * Returns a payload that says what a file says.
   *
   * @throws CommandFailure if that is no object
   */
  static Payload of(JsonNode base) {
    if (base instanceof ObjectNode object) {
      return new Payload(object.deepCopy());
    }
    throw CommandFailure.wrongCall(
        "--payload: a payload is an object, not %s.".formatted(Quote.kind(base)));
  }

  /** Returns the payload as it is now. */
  ObjectNode json() {
    return root;
  }

  /** Returns what stands at a path of names; a missing node if nothing does. */
  JsonNode get(List<String> path) {
    JsonNode node = root;
    for (String name : path) {
      node = node.path(name);
    }
    return node;
  }

  /**
   * Puts a value in place of what stands there.
   *
   * @param flag the flag that says it, for messages
   * @throws CommandFailure if the file has something else than an object on the way
   */
  void set(List<String> path, JsonNode value, String flag) {
    ObjectNode at = root;
    String here = "$";
    for (String name : path.subList(0, path.size() - 1)) {
      here = JsonPath.member(here, name);
      JsonNode next = at.path(name);
      if (next.isMissingNode() || next.isNull()) {
        next = at.putObject(name);
      }
      if (!(next instanceof ObjectNode object)) {
        throw CommandFailure.wrongCall(
            "%s: the payload has %s at %s, where an object belongs."
                .formatted(flag, Quote.kind(next), here));
      }
      at = object;
    }
    at.set(path.get(path.size() - 1), value);
    flags.put(jsonPath(path), flag);
  }

  /** Removes what stands at a path, if anything does. */
  void remove(List<String> path) {
    if (get(path.subList(0, path.size() - 1)) instanceof ObjectNode parent) {
      parent.remove(path.get(path.size() - 1));
      flags.remove(jsonPath(path));
    }
  }

  /** Returns the flag that has set what stands at a JSON path, if one has. */
  Optional<String> flagOf(String path) {
    return flags.entrySet().stream()
        .filter(set -> isAtOrIn(set.getKey(), path))
        .max(Map.Entry.comparingByKey((one, other) -> one.length() - other.length()))
        .map(Map.Entry::getValue);
  }

  private static boolean isAtOrIn(String place, String path) {
    return path.startsWith(place)
        && (path.length() == place.length() || ".[".indexOf(path.charAt(place.length())) >= 0);
  }

  private static String jsonPath(List<String> path) {
    String here = "$";
    for (String name : path) {
      here = JsonPath.member(here, name);
    }
    return here;
  }
}
