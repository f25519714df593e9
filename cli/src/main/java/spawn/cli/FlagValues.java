package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import spawn.payload.Document;
import spawn.payload.Flag;
import spawn.payload.Kind;
import spawn.payload.ListOf;
import spawn.payload.ObjectOf;
import spawn.payload.Quote;
import spawn.payload.Text;
import spawn.payload.TextMap;
import spawn.payload.WholeNumber;

/**
 * What is typed behind a flag, as a value of a payload. What the value must be is checked
 * afterwards, by the payload's reader: here only its JSON type is made.
 */
final class FlagValues {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private FlagValues() {}

  /** Returns what is typed behind a flag, as a member of that kind is written. */
  static JsonNode of(Kind<?> kind, String flag, List<String> typed, TypedFiles files) {
    if (kind instanceof ListOf<?> list) {
      return list(list.item(), flag, typed, files);
    }
    if (kind instanceof TextMap) {
      return pairs(flag, typed);
    }
    String value = typed.get(0);
    if (kind instanceof Document || kind instanceof ObjectOf) {
      return files.json(flag, value);
    }
    if (kind instanceof Flag) {
      return BooleanNode.valueOf(Boolean.parseBoolean(value));
    }
    if (kind instanceof WholeNumber) {
      return number(value);
    }
    // Of the texts, scripts may be long: they alone may stand in a file.
    return TextNode.valueOf(
        kind == Text.ANY && TypedFiles.isMarked(value) ? files.text(flag, value) : value);
  }

  /** Returns a number, or the text itself, of which the reader says what is wrong. */
  static JsonNode number(String typed) {
    try {
      return LongNode.valueOf(Long.parseLong(typed.strip()));
    } catch (NumberFormatException notOne) {
      return TextNode.valueOf(typed);
    }
  }

  private static ArrayNode list(Kind<?> item, String flag, List<String> typed, TypedFiles files) {
    ArrayNode entries = JSON.arrayNode();
    for (String value : typed) {
      if (item instanceof ObjectOf || TypedFiles.isJson(value) || TypedFiles.isMarked(value)) {
        JsonNode json = files.json(flag, value);
        if (json.isArray()) {
          entries.addAll((ArrayNode) json);
        } else {
          entries.add(json);
        }
      } else {
        split(item, value).map(String::strip).forEach(entries::add);
      }
    }
    return entries;
  }

  /** An expectation is a phrase, and a role's name may hold a comma: only at ARNs these end. */
  private static Stream<String> split(Kind<?> item, String value) {
    return item instanceof Document
        ? Arrays.stream(value.split(",(?=\\s*arn:)", -1))
        : commas(value);
  }

  /** Returns the entries of a list that is typed with commas between them. */
  static Stream<String> commas(String value) {
    return Arrays.stream(value.split(",", -1));
  }

  /**
   * Returns an object of what is typed as KEY=VALUE, with commas between them.
   *
   * @throws CommandFailure if anything is not so, or a key is given twice
   */
  static ObjectNode pairs(String flag, List<String> typed) {
    ObjectNode pairs = JSON.objectNode();
    typed.stream()
        .flatMap(FlagValues::commas)
        .forEach(
            pair -> {
              int equals = pair.indexOf('=');
              if (equals < 1) {
                throw CommandFailure.wrongCall(
                    "%s: %s is not KEY=VALUE. Write for example %s team=data,env=test."
                        .formatted(flag, Quote.of(pair), flag));
              }
              String key = pair.substring(0, equals).strip();
              if (pairs.has(key)) {
                throw CommandFailure.wrongCall(
                    "%s: %s is given twice: leave one out.".formatted(flag, Quote.of(key)));
              }
              pairs.put(key, pair.substring(equals + 1).strip());
            });
    return pairs;
  }
}
