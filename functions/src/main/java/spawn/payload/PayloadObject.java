package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import spawn.error.InvalidRequest;
import spawn.error.Problems;

/**
 * An object of a payload, read member by member; what is wrong is noted with its JSON path.
 *
 * <p>A member that is {@code null} counts as not given: callers build payloads from templates that
 * leave out nothing. Its name is checked all the same. Where {@link Fields#nullIsLeftOut} says
 * otherwise, it is refused.
 */
public final class PayloadObject {
  private final JsonNode json;
  private final String path;
  private final Fields fields;
  private final Problems problems;

  /** The objects of those members that stand in another object of the payload, by their names. */
  private final Map<String, String> elsewhere;

  private PayloadObject(JsonNode json, String path, Fields fields, Problems problems) {
    this(json, path, fields, problems, Map.of());
  }

  private PayloadObject(
      JsonNode json, String path, Fields fields, Problems problems, Map<String, String> elsewhere) {
    this.json = json;
    this.path = path;
    this.fields = fields;
    this.problems = problems;
    this.elsewhere = elsewhere;
  }

  /**
   * Returns a whole payload; members of unknown names are noted, but for {@link Fields#SCHEMA}.
   *
   * @throws InvalidRequest if it is not an object
   */
  public static PayloadObject of(JsonNode payload, Fields fields, Problems problems) {
    if (!payload.isObject()) {
      throw new InvalidRequest(
          "$",
          "Must be an object, not %s. Known fields: %s."
              .formatted(Quote.kind(payload), String.join(", ", fields.names())));
    }
    PayloadObject read = new PayloadObject(payload, "$", fields, problems);
    read.checkNames(Fields.SCHEMA::equals);
    return read;
  }

  /** Returns an object somewhere in a payload; members of unknown names are noted. */
  public static PayloadObject at(JsonNode object, String path, Fields fields, Problems problems) {
    PayloadObject read = new PayloadObject(object, path, fields, problems);
    read.checkNames(name -> false);
    return read;
  }

  /**
   * Returns the object with the members of another one in place of its own and beside them. What is
   * wrong with a member is noted where it stands; what concerns the object itself, in this one.
   *
   * @param other some of whose members are given
   */
  public PayloadObject with(PayloadObject other) {
    ObjectNode both = json.deepCopy();
    Map<String, String> places = new TreeMap<>(elsewhere);
    for (Map.Entry<String, JsonNode> member : given(other.json)) {
      both.set(member.getKey(), member.getValue());
      places.put(member.getKey(), other.path);
    }
    return new PayloadObject(both, path, fields, problems, Map.copyOf(places));
  }

  /** Returns the object without one of its members. */
  public PayloadObject without(Field<?> member) {
    ObjectNode rest = json.deepCopy();
    rest.remove(member.name());
    return new PayloadObject(rest, path, fields, problems, elsewhere);
  }

  private void checkNames(Predicate<String> passedOver) {
    List<String> known = fields.names();
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (passedOver.test(name)) {
                return;
              }
              if (!known.contains(name)) {
                problems.add(
                    JsonPath.member(path, name),
                    () ->
                        "Unknown field.%s Known fields: %s."
                            .formatted(
                                problems.suggestion(() -> Nearest.question(name, known)),
                                String.join(", ", known)));
              } else if (!fields.nullIsLeftOut() && json.get(name).isNull()) {
                problems.add(
                    JsonPath.member(path, name),
                    "Must not be null. Give it a value, or leave it out.");
              }
            });
  }

  /** Returns the members of an object that are not {@code null}. */
  static List<Map.Entry<String, JsonNode>> given(JsonNode object) {
    return object.properties().stream().filter(member -> !member.getValue().isNull()).toList();
  }

  /** Returns whether the object itself is given. */
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
  public String path(Field<?> field) {
    return path(field.name());
  }

  private String path(String name) {
    return JsonPath.member(elsewhere.getOrDefault(name, path), name);
  }

  /** Returns whether a member is given, right or wrong. */
  public boolean has(Field<?> field) {
    return has(field.name());
  }

  private boolean has(String name) {
    return json.hasNonNull(name);
  }

  /**
   * Returns a member's value. Nothing is returned, and what is wrong is noted, where it is not as
   * its field says, or is missing and required.
   */
  public <T> Optional<T> get(Field<T> field) {
    if (has(field)) {
      return field.kind().read(json.get(field.name()), path(field), problems);
    }
    if (field.required() && !problems.concern(path(field))) {
      problems.add(path(field), field.missing());
    }
    return Optional.empty();
  }

  /** Returns whether a member is {@code true}. */
  public boolean isTrue(Field<Boolean> field) {
    return get(field).orElse(false);
  }

  /** Returns a member's entries; none where it is not given. */
  public <T> List<T> list(Field<List<T>> field) {
    return get(field).orElse(List.of());
  }

  /**
   * Returns a member that is an object; where it is not given or not an object, none of its members
   * is given.
   */
  public PayloadObject object(Field<PayloadObject> field) {
    return get(field)
        .orElseGet(
            () -> new PayloadObject(MissingNode.getInstance(), path(field), Fields.of(), problems));
  }

  /** Returns whether a member is given and wrong, as far as it has been read. */
  public boolean isWrong(Field<?> field) {
    return isWrong(field.name());
  }

  private boolean isWrong(String name) {
    return has(name) && problems.concern(path(name));
  }

  private boolean isEmptyList(String name) {
    return json.path(name).isArray() && json.path(name).isEmpty();
  }

  /**
   * Returns whether a rule is kept; where it is broken, that is noted.
   *
   * <p>Read the members first: of one that is wrong it cannot be said whether it should be there,
   * so that nothing is noted then. An empty list is there, even where it must not be empty.
   */
  public boolean keeps(Rule rule) {
    List<String> names = rule.names();
    if (names.stream().anyMatch(name -> isWrong(name) && !isEmptyList(name))) {
      return true;
    }
    return switch (rule.type()) {
      case EXACTLY_ONE ->
          isTrue(names.stream().filter(this::has).count() == 1, path, rule.message());
      case EXCLUDES ->
          isTrue(
              !has(names.get(0)) || names.stream().skip(1).noneMatch(this::has),
              path(names.get(0)),
              rule.message());
    };
  }

  private boolean isTrue(boolean kept, String at, String message) {
    if (!kept) {
      problems.add(at, message);
    }
    return kept;
  }
}
