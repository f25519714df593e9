package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.DefaultValueTrait;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.utils.builder.Buildable;
import spawn.error.Problems;
import spawn.json.Json;
import spawn.payload.JsonPath;
import spawn.payload.Nearest;
import spawn.payload.Quote;

/**
 * Reads and writes a request of the SDK as JSON, in the shape that {@code aws …
 * --generate-cli-skeleton} prints: every member under the name that its own service gives it.
 *
 * <p>The SDK's field descriptions say what there is, so that a member is accepted as soon as the
 * SDK knows it.
 */
public final class SdkJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** How each kind of single value is written in JSON, and how it is read. */
  private static final Map<MarshallingType<?>, Scalar> SCALARS =
      Map.of(
          MarshallingType.STRING,
          new Scalar("a string", node -> node.isTextual() ? node.textValue() : null),
          MarshallingType.INTEGER,
          new Scalar(
              "a whole number of 32 bits",
              node -> node.canConvertToInt() && node.isIntegralNumber() ? node.intValue() : null),
          MarshallingType.BOOLEAN,
          new Scalar("true or false", node -> node.isBoolean() ? node.booleanValue() : null),
          MarshallingType.INSTANT,
          new Scalar("an instant as text, for example \"2026-01-31T12:00:00Z\"", SdkJson::instant));

  /**
   * What a kind of single value is called, and its reading: {@code null} for JSON of another kind.
   */
  private record Scalar(String expected, Function<JsonNode, Object> reading) {}

  private SdkJson() {}

  /**
   * Fills a builder of the SDK from JSON. Members that are {@code null} are left out, as the AWS
   * CLI does.
   *
   * @param builder the builder of a request or of a structure in it
   * @param path the JSON path of the object
   * @param problems takes every unknown member and every value of the wrong type
   */
  static <B extends SdkPojo> B read(JsonNode json, B builder, String path, Problems problems) {
    if (!json.isObject()) {
      problems.add(path, "Must be an object, not %s.".formatted(Quote.kind(json)));
      return builder;
    }
    List<SdkField<?>> fields = builder.sdkFields();
    json.properties()
        .forEach(
            member -> {
              String memberPath = JsonPath.member(path, member.getKey());
              Optional<SdkField<?>> field = named(member.getKey(), fields);
              if (field.isEmpty()) {
                problems.add(
                    memberPath,
                    () ->
                        "Unknown field of EC2's request."
                            + problems.suggestion(
                                () -> Nearest.question(member.getKey(), names(fields))));
              } else {
                value(member.getValue(), field.get(), memberPath, problems)
                    .ifPresent(value -> field.get().set(builder, value));
              }
            });
    return builder;
  }

  /** Returns a member; an index of them would cost more, as there is one object for a few names. */
  private static Optional<SdkField<?>> named(String name, List<SdkField<?>> fields) {
    for (SdkField<?> field : fields) {
      if (field.memberName().equals(name)) {
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }

  private static List<String> names(List<SdkField<?>> fields) {
    return fields.stream().map(SdkField::memberName).toList();
  }

  private static Optional<Object> value(
      JsonNode json, SdkField<?> field, String path, Problems problems) {
    if (json.isNull()) {
      return Optional.empty();
    }
    MarshallingType<?> type = field.marshallingType();
    if (type == MarshallingType.SDK_POJO) {
      SdkPojo filled = read(json, field.constructor().get(), path, problems);
      return Optional.of(((Buildable) filled).build());
    }
    if (type == MarshallingType.LIST) {
      return list(json, field, path, problems);
    }
    Scalar scalar = SCALARS.get(type);
    if (scalar == null) {
      throw new IllegalStateException(
          "The SDK describes "
              + path
              + " as "
              + type.getTargetClass()
              + ", which no request has had so far.");
    }
    Optional<Object> read = Optional.ofNullable(scalar.reading().apply(json));
    if (read.isEmpty()) {
      String given = type == MarshallingType.INTEGER ? Quote.number(json) : Quote.kind(json);
      problems.add(path, "Must be %s, not %s.".formatted(scalar.expected(), given));
    }
    return read;
  }

  private static Optional<Object> list(
      JsonNode json, SdkField<?> field, String path, Problems problems) {
    if (!json.isArray()) {
      problems.add(path, "Must be a list, not %s.".formatted(Quote.kind(json)));
      return Optional.empty();
    }
    SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      String at = JsonPath.index(path, i);
      if (json.get(i).isNull()) {
        // Left out, a list of one security group would become the default group.
        problems.add(at, "Must not be null. Leave the entry out.");
      } else {
        value(json.get(i), member, at, problems).ifPresent(values::add);
      }
    }
    return Optional.of(values);
  }

  /**
   * Returns a request of the SDK as JSON; members that are not set are left out. So is the client
   * token, for which the SDK makes up a value whenever it is asked.
   */
  public static ObjectNode write(SdkPojo request) {
    ObjectNode json = JSON.objectNode();
    request.sdkFields().stream()
        .filter(field -> !field.containsTrait(DefaultValueTrait.class))
        .forEach(
            field ->
                json(field.getValueOrDefault(request))
                    .ifPresent(value -> json.set(field.memberName(), value)));
    return json;
  }

  private static Optional<JsonNode> json(Object value) {
    if (value == null || value instanceof SdkAutoConstructList<?>) {
      return Optional.empty();
    }
    if (value instanceof SdkPojo structure) {
      return Optional.of(write(structure));
    }
    if (value instanceof List<?> list) {
      ArrayNode array = JSON.arrayNode();
      list.forEach(member -> json(member).ifPresent(array::add));
      return Optional.of(array);
    }
    return Optional.of(scalar(value));
  }

  private static JsonNode scalar(Object value) {
    return value instanceof Instant instant ? JSON.textNode(instant.toString()) : Json.of(value);
  }

  private static Instant instant(JsonNode node) {
    try {
      return node.isTextual() ? Instant.parse(node.textValue()) : null;
    } catch (DateTimeException notAnInstant) {
      return null;
    }
  }
}
