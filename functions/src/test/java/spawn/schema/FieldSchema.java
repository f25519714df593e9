package spawn.schema;

import static spawn.schema.Definitions.closed;
import static spawn.schema.Definitions.like;
import static spawn.schema.Definitions.object;
import static spawn.schema.Definitions.orNull;
import static spawn.schema.Definitions.texts;
import static spawn.schema.Definitions.type;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import spawn.payload.Document;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Flag;
import spawn.payload.InstantOrDuration;
import spawn.payload.IsoDuration;
import spawn.payload.Kind;
import spawn.payload.ListOf;
import spawn.payload.ObjectOf;
import spawn.payload.OneOf;
import spawn.payload.Rule;
import spawn.payload.Text;
import spawn.payload.TextMap;
import spawn.payload.WholeNumber;

/**
 * What declared fields are in JSON Schema.
 *
 * <p>It takes whatever the readers take, and refuses what they refuse as far as the declarations
 * say it. A kind that it does not know may be any JSON.
 */
public final class FieldSchema {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * What {@link java.time.Duration#parse} takes, in any letter case, and negative ones beside that.
   */
  private static final Pattern DURATION =
      Pattern.compile(
          "[-+]?[Pp](?:[-+]?[0-9]+[Dd])?(?:[Tt](?:[-+]?[0-9]+[Hh])?(?:[-+]?[0-9]+[Mm])?(?:[-+]?[0-9]+(?:[.,][0-9]{0,9})?[Ss])?)?");

  /**
   * What {@link java.time.OffsetDateTime#parse(CharSequence)} takes, and dates that do not exist
   * beside that.
   */
  private static final Pattern INSTANT =
      Pattern.compile(
          "[-+]?[0-9]{4,10}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{0,9})?)?(?:[Zz]|[-+][0-9:]{1,9})");

  private final Definitions definitions;
  private final Map<Document, Function<Definitions, ObjectNode>> documents;

  /**
   * Creates a translator.
   *
   * @param definitions takes the parts that are referred to
   * @param documents what is known of JSON in languages of its own
   */
  public FieldSchema(
      Definitions definitions, Map<Document, Function<Definitions, ObjectNode>> documents) {
    this.definitions = definitions;
    this.documents = documents;
  }

  /** Returns the schema of an object with certain members. */
  public ObjectNode of(Fields fields) {
    ObjectNode schema = closed();
    ArrayNode required = schema.arrayNode();
    for (Field<?> field : fields.list()) {
      schema.withObjectProperty("properties").set(field.name(), of(field, fields.nullIsLeftOut()));
      if (field.required()) {
        required.add(field.name());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    for (Rule rule : fields.rules()) {
      add(rule, fields, schema);
    }
    return schema;
  }

  private ObjectNode of(Field<?> field, boolean nullIsLeftOut) {
    ObjectNode value = of(field.kind());
    ObjectNode member = nullIsLeftOut && !field.required() ? orNull(value) : value;
    member.put("description", field.meaning());
    if (!(field.kind() instanceof Flag) && !(field.kind() instanceof OneOf)) {
      field.examples().forEach(example -> member.withArrayProperty("examples").add(json(example)));
    }
    return member;
  }

  private static JsonNode json(String example) {
    try {
      return MAPPER.readTree(example);
    } catch (JsonProcessingException noJson) {
      throw new IllegalArgumentException(example, noJson);
    }
  }

  private ObjectNode of(Kind<?> kind) {
    if (kind instanceof Text text) {
      return of(text);
    }
    if (kind instanceof OneOf words) {
      return type("string").set("enum", texts(words.values()));
    }
    if (kind instanceof Flag) {
      return type("boolean");
    }
    if (kind instanceof WholeNumber number) {
      return type("integer").put("minimum", number.min()).put("maximum", number.max());
    }
    if (kind instanceof IsoDuration) {
      return like(DURATION);
    }
    if (kind instanceof InstantOrDuration) {
      return like(Pattern.compile(INSTANT.pattern() + "|" + DURATION.pattern()));
    }
    if (kind instanceof ListOf<?> list) {
      return of(list);
    }
    if (kind instanceof ObjectOf object) {
      return of(object.fields());
    }
    if (kind instanceof TextMap map) {
      return of(map);
    }
    return kind instanceof Document document
        ? documents.getOrDefault(document, anything -> object()).apply(definitions)
        : object();
  }

  private static ObjectNode of(Text text) {
    if (text.equals(Text.ANY)) {
      return type("string");
    }
    ObjectNode schema = like(text.pattern());
    if (!text.matches("")) {
      schema.put("minLength", 1);
    }
    return schema.put("maxLength", text.maxLength());
  }

  private ObjectNode of(ListOf<?> list) {
    ObjectNode schema = type("array");
    schema.set("items", of(list.item()));
    if (list.min() > 0) {
      schema.put("minItems", list.min());
    }
    if (list.max() < ListOf.ANY_NUMBER) {
      schema.put("maxItems", list.max());
    }
    if (list.unique()) {
      schema.put("uniqueItems", true);
    }
    return schema;
  }

  /** Members that are {@code null} are left out, whatever their names, and not counted. */
  private static ObjectNode of(TextMap map) {
    ObjectNode schema = type("object");
    schema
        .putObject("patternProperties")
        .set(EcmaPattern.whole(map.key().pattern()).orElse(""), orNull(of(map.value())));
    schema.set("additionalProperties", type("null"));
    schema.putObject("if").set("additionalProperties", type("string"));
    schema.putObject("then").put("maxProperties", map.max());
    return schema;
  }

  /** Adds a rule to the schema of an object. */
  private static void add(Rule rule, Fields fields, ObjectNode schema) {
    switch (rule.type()) {
      case EXACTLY_ONE ->
          rule.names()
              .forEach(
                  name -> schema.withArrayProperty("oneOf").add(given(fields.named(name), true)));
      case EXCLUDES -> {
        ObjectNode excluding = schema.withArrayProperty("allOf").addObject();
        excluding.put("$comment", rule.message());
        excluding.set("if", given(fields.named(rule.names().get(0)), false));
        ObjectNode others = excluding.putObject("then").putObject("properties");
        rule.names().stream().skip(1).forEach(other -> others.set(other, type("null")));
      }
    }
  }

  /**
   * Returns a schema for objects that have a member which is not {@code null}.
   *
   * @param whateverItSays whether a flag that is {@code false} counts as given; some readers ask
   *     what a flag says before they hold it to a rule
   */
  private static ObjectNode given(Field<?> field, boolean whateverItSays) {
    ObjectNode given = object();
    given.putArray("required").add(field.name());
    ObjectNode value = given.putObject("properties").putObject(field.name());
    if (field.kind() instanceof Flag && !whateverItSays) {
      value.put("const", true);
    } else {
      value.set("not", type("null"));
    }
    return given;
  }
}
