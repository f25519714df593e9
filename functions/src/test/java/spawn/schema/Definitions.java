package spawn.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The parts of a schema that several places of it refer to, and the words that schemas are of. */
public final class Definitions {
  private final ObjectNode all = object();

  /** Returns a reference to a part by its name; it is made when it is first referred to. */
  public ObjectNode ref(String name, Supplier<ObjectNode> part) {
    if (!all.has(name)) {
      all.putObject(name); // a part may refer to itself
      all.set(name, part.get());
    }
    return object().put("$ref", "#/$defs/" + name);
  }

  /** Returns a part that has been referred to, to add to it. */
  public ObjectNode part(String name) {
    return (ObjectNode) all.required(name);
  }

  /** Returns the parts by their names. */
  ObjectNode all() {
    return all;
  }

  /** Returns an empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Returns a schema for values of one of some JSON types. */
  public static ObjectNode type(String... types) {
    ObjectNode schema = object();
    return types.length == 1
        ? schema.put("type", types[0])
        : schema.set("type", texts(Arrays.asList(types)));
  }

  /** Returns a schema for objects that have no members but those that will be put into it. */
  public static ObjectNode closed() {
    ObjectNode schema = type("object");
    schema.putObject("properties");
    return schema.put("additionalProperties", false);
  }

  /** Returns a schema for strings that match a pattern as a whole. */
  public static ObjectNode like(Pattern pattern) {
    return like(EcmaPattern.whole(pattern));
  }

  /** Returns a schema for strings in which a pattern is found. */
  public static ObjectNode like(Optional<String> pattern) {
    ObjectNode schema = type("string");
    pattern.ifPresent(text -> schema.put("pattern", text));
    return schema;
  }

  /** Returns a list of texts. */
  public static ArrayNode texts(Iterable<String> texts) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    texts.forEach(list::add);
    return list;
  }

  /** Returns a schema for what one of some schemas takes. */
  public static ObjectNode anyOf(JsonNode... schemas) {
    ObjectNode any = object();
    ArrayNode list = any.putArray("anyOf");
    Arrays.stream(schemas).forEach(list::add);
    return any;
  }

  /** Returns a schema that takes {@code null} beside what a schema takes. */
  public static ObjectNode orNull(ObjectNode schema) {
    if (!schema.path("type").isTextual() || schema.has("enum") || schema.has("oneOf")) {
      return schema.isEmpty() ? schema : anyOf(schema, type("null"));
    }
    String type = schema.get("type").textValue();
    return type.equals("null") ? schema : schema.set("type", texts(Arrays.asList(type, "null")));
  }
}
