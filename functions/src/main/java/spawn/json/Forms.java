package spawn.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/** How values are written as trees, by their types. */
final class Forms {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  static JsonNode write(Object value) {
    if (value instanceof JsonNode node) {
      return node;
    }
    if (value instanceof AsJson form) {
      return write(form.asJson());
    }
    if (value instanceof Collection<?> collection) {
      ArrayNode array = NODES.arrayNode();
      collection.forEach(element -> array.add(write(element)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      map.forEach((key, member) -> object.set(write(key).textValue(), write(member)));
      return object;
    }
    return value instanceof Record members ? members(members) : scalar(value);
  }

  private static JsonNode scalar(Object value) {
    if (value == null) {
      return NODES.nullNode();
    }
    if (value instanceof String || value instanceof Instant) {
      return NODES.textNode(value.toString());
    }
    if (value instanceof Enum<?> constant) {
      return NODES.textNode(constant.name());
    }
    if (value instanceof Boolean truth) {
      return NODES.booleanNode(truth);
    }
    if (value instanceof Integer number) {
      return NODES.numberNode(number.intValue());
    }
    if (value instanceof Long number) {
      return NODES.numberNode(number.longValue());
    }
    if (value instanceof Double number) {
      return NODES.numberNode(number.doubleValue());
    }
    throw new IllegalArgumentException("There is no JSON for a " + value.getClass().getName());
  }

  /** Returns the members of a record, whatever its form is. */
  static ObjectNode members(Record value) {
    RecordShape shape = RecordShape.of(value.getClass());
    ObjectNode object = NODES.objectNode();
    for (RecordShape.Member member : shape.members()) {
      object.set(member.name(), write(member.of(value)));
    }
    return object;
  }
}
