package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import spawn.error.Problems;
import spawn.payload.Document;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.JsonPath;
import spawn.payload.OneOf;
import spawn.payload.PayloadObject;
import spawn.payload.Quote;
import spawn.policy.Expectation.ContextValue;

/**
 * Reads the values of condition keys that a request is tried with.
 *
 * <p>IAM wants a type with each (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html">ContextEntry</a>).
 * It follows from the JSON, except for the strings that are addresses or times: those are known by
 * their <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html">global
 * keys</a>. An object with {@code type} and {@code values} says it otherwise.
 */
final class ContextReader {
  /** More keys than a request has that policies ask about. */
  static final int MAX_KEYS = 50;

  static final int MAX_VALUES = 50;

  /** The characters and length of {@code contextKeyNameType}. */
  static final Pattern KEY = Pattern.compile("[\\x21-\\x7E]{5,256}");

  /** Of such keys, IAM has strings of another type. */
  private static final Map<String, String> TYPES =
      Map.of(
          "aws:sourceip", "ip",
          "aws:vpcsourceip", "ip",
          "aws:currenttime", "date",
          "aws:tokenissuetime", "date",
          "aws:epochtime", "date");

  /** Such keys have several values, even if only one is given. */
  private static final Set<String> LISTS =
      Set.of(
          "aws:tagkeys",
          "aws:calledvia",
          "aws:principalorgpaths",
          "aws:resourceorgpaths",
          "aws:sourceorgpaths",
          "aws:principalservicenameslist");

  private static final String LIST = "List";

  private static final Field<String> TYPE =
      Field.required(
          "type",
          new OneOf(
              "type",
              List.of(
                  "string",
                  "stringList",
                  "numeric",
                  "numericList",
                  "boolean",
                  "booleanList",
                  "ip",
                  "ipList",
                  "binary",
                  "binaryList",
                  "date",
                  "dateList")),
          "one of IAM's types of context",
          "\"ip\"");

  private static final Field<JsonNode> VALUES =
      Field.required(
          "values",
          new Document("a value or a list of values", "values"),
          "the value, or a list of them",
          "\"10.0.0.1\"");

  static final Fields TYPED = Fields.of(TYPE, VALUES);

  private final Problems problems;

  ContextReader(Problems problems) {
    this.problems = problems;
  }

  /** Returns the values by their keys in lower case; those that are wrong are left out. */
  Map<String, ContextValue> read(JsonNode context, String path) {
    Map<String, ContextValue> values = new TreeMap<>();
    if (!context.isObject()) {
      problems.add(
          path, "Must be an object of condition keys, not %s.".formatted(Quote.kind(context)));
      return values;
    }
    if (context.size() > MAX_KEYS) {
      problems.add(
          path, "Has %d keys, but at most %d are read.".formatted(context.size(), MAX_KEYS));
      return values;
    }
    for (Map.Entry<String, JsonNode> member : context.properties()) {
      String key = member.getKey();
      String at = JsonPath.member(path, key);
      if (member.getValue().isNull()) {
        continue;
      }
      if (!KEY.matcher(key).matches() || key.indexOf(':') < 1) {
        problems.add(
            at,
            "%s is not a condition key: write for example aws:SourceIp.".formatted(Quote.of(key)));
        continue;
      }
      value(key, member.getValue(), at)
          .map(read -> values.put(key.toLowerCase(Locale.ROOT), read))
          .ifPresent(
              twice ->
                  problems.add(
                      at,
                      "%s is given twice: letter case does not tell condition keys apart."
                          .formatted(Quote.of(key))));
    }
    return values;
  }

  private Optional<ContextValue> value(String key, JsonNode json, String at) {
    if (json.isObject()) {
      PayloadObject typed = PayloadObject.at(json, at, TYPED, problems);
      Optional<String> type = typed.get(TYPE);
      return typed
          .get(VALUES)
          .flatMap(values -> texts(values, typed.path(VALUES)))
          .filter(values -> isOne(type, values, typed.path(VALUES)))
          .flatMap(values -> type.map(given -> new ContextValue(key, given, values)));
    }
    return texts(json, at).map(values -> new ContextValue(key, type(key, json), values));
  }

  private boolean isOne(Optional<String> type, Collection<String> values, String at) {
    boolean wrong = values.size() != 1 && type.filter(given -> !given.endsWith(LIST)).isPresent();
    if (wrong) {
      problems.add(
          at,
          "Must be one value, not %d, for the type %s: the type of several is %s%s."
              .formatted(values.size(), type.get(), type.get(), LIST));
    }
    return !wrong;
  }

  private static String type(String key, JsonNode json) {
    String lowerKey = key.toLowerCase(Locale.ROOT);
    JsonNode first = json.isArray() ? json.path(0) : json;
    String one =
        first.isBoolean()
            ? "boolean"
            : first.isNumber() ? "numeric" : TYPES.getOrDefault(lowerKey, "string");
    return json.isArray() || LISTS.contains(lowerKey) ? one + LIST : one;
  }

  private Optional<List<String>> texts(JsonNode json, String at) {
    if (!json.isArray()) {
      return text(json, at).map(List::of);
    }
    if (json.isEmpty() || json.size() > MAX_VALUES) {
      problems.add(
          at, "Must be a list of 1 to %d values, not of %d.".formatted(MAX_VALUES, json.size()));
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (int index = 0; index < json.size(); index++) {
      String atEntry = JsonPath.index(at, index);
      text(json.get(index), atEntry).ifPresent(texts::add);
      if (json.get(index).getNodeType() != json.get(0).getNodeType()) {
        problems.add(atEntry, "Must be of the same type as the values before it.");
      }
    }
    return texts.size() == json.size() ? Optional.of(List.copyOf(texts)) : Optional.empty();
  }

  private Optional<String> text(JsonNode json, String at) {
    if (!json.isTextual() && !json.isNumber() && !json.isBoolean()) {
      problems.add(
          at,
          "Must be a string, a number, true or false, a list of them, or an object with \"type\" and \"values\", not %s."
              .formatted(Quote.kind(json)));
      return Optional.empty();
    }
    return Optional.of(json.asText());
  }
}
