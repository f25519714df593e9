package spawn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.List;

/** JSON as commands read and print it. */
final class Json {
  /** What follows the JSON, or says a member twice, is a slip that must not pass unseen. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** A member a line, as most tools print it. */
  private static final ObjectWriter PRETTY =
      MAPPER.writer(
          new DefaultPrettyPrinter(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                      .withObjectEmptySeparator("")
                      .withArrayEmptySeparator(""))
              .withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE));

  private Json() {}

  /** Returns a new object. */
  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Returns a new list. */
  static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** Puts a member that was given; one that is null is left out. */
  static void put(ObjectNode object, String member, String value) {
    if (value != null) {
      object.put(member, value);
    }
  }

  /** Puts a list that is not empty. */
  static void put(ObjectNode object, String member, List<String> values) {
    if (!values.isEmpty()) {
      values.forEach(object.putArray(member)::add);
    }
  }

  /** Puts a flag that is set. */
  static void put(ObjectNode object, String member, boolean set) {
    if (set) {
      object.put(member, true);
    }
  }

  /**
   * Reads JSON.
   *
   * @param what what the text is, for the message: {@code role.json}
   * @throws CommandFailure if the text is not JSON
   */
  static JsonNode read(String text, String what) {
    if (text.isBlank()) {
      throw CommandFailure.wrongCall("Not JSON: %s is empty.".formatted(what));
    }
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException broken) {
      throw CommandFailure.wrongCall(
          "Not JSON: %s, line %d: %s"
              .formatted(
                  what,
                  broken.getLocation() == null ? 1 : broken.getLocation().getLineNr(),
                  broken.getOriginalMessage()));
    }
  }

  /** Returns what a text says as JSON, or else the text itself. */
  static JsonNode valueOrText(String text) {
    try {
      JsonNode value = MAPPER.readTree(text);
      return value.isMissingNode() || value.isNull()
          ? MAPPER.getNodeFactory().textNode(text)
          : value;
    } catch (JsonProcessingException notJson) {
      return MAPPER.getNodeFactory().textNode(text);
    }
  }

  /** Returns JSON as people read it, indented by two. */
  static String pretty(JsonNode json) {
    try {
      return PRETTY.writeValueAsString(json);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
