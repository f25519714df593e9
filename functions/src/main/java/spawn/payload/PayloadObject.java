package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Optional;
import java.util.Set;
import spawn.error.InvalidRequest;
import spawn.error.Problems;

/** An object of a payload, read member by member; what is wrong is noted with its JSON path. */
public final class PayloadObject {
  private final JsonNode json;
  private final String path;
  private final Problems problems;

  private PayloadObject(JsonNode json, String path, Problems problems) {
    this.json = json;
    this.path = path;
    this.problems = problems;
  }

  /**
   * Returns a whole payload.
   *
   * @param members what it should hold, as its message says it
   * @throws InvalidRequest if it is no object
   */
  public static PayloadObject of(JsonNode payload, String members, Problems problems) {
    if (!payload.isObject()) {
      throw new InvalidRequest(
          "$",
          "The payload must be an object with %s, not %s.".formatted(members, Quote.kind(payload)));
    }
    return new PayloadObject(payload, "$", problems);
  }

  /** Returns an object somewhere in a payload; anything else is a problem, and then empty. */
  public static PayloadObject at(JsonNode json, String path, Problems problems) {
    if (json.isObject() || json.isMissingNode()) {
      return new PayloadObject(json, path, problems);
    }
    problems.add(path, "This must be an object, not %s.".formatted(Quote.kind(json)));
    return new PayloadObject(JsonNodeFactory.instance.objectNode(), path, problems);
  }

  /** Returns whether it is there at all. */
  public boolean isGiven() {
    return !json.isMissingNode();
  }

  /** Returns the object itself. */
  public JsonNode json() {
    return json;
  }

  /** Returns its JSON path. */
  public String path() {
    return path;
  }

  /** Returns the JSON path of a member. */
  public String path(String member) {
    return path + "." + member;
  }

  /** Notes every member that is none of these. */
  public void only(Set<String> known) {
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                problems.add(
                    path(name),
                    "There is no field of this name.%s Known are: %s."
                        .formatted(
                            Nearest.question(name, known),
                            String.join(", ", known.stream().sorted().toList())));
              }
            });
  }

  /** Returns a member that is there and not {@code null}. */
  public Optional<JsonNode> member(String name) {
    return Optional.ofNullable(json.get(name)).filter(node -> !node.isNull());
  }

  /** Returns a member that is an object. */
  public PayloadObject object(String name) {
    return at(member(name).orElse(MissingNode.getInstance()), path(name), problems);
  }

  /** Returns a member that is a string. */
  public Optional<String> text(String name) {
    return member(name)
        .filter(node -> is(node.isTextual(), "a string", name, node))
        .map(JsonNode::textValue);
  }

  /** Returns whether a member is {@code true}. */
  public boolean flag(String name) {
    return member(name)
        .filter(node -> is(node.isBoolean(), "true or false", name, node))
        .map(JsonNode::booleanValue)
        .orElse(false);
  }

  private boolean is(boolean right, String wanted, String name, JsonNode node) {
    if (!right) {
      problems.add(path(name), "This must be %s, not %s.".formatted(wanted, Quote.kind(node)));
    }
    return right;
  }
}
