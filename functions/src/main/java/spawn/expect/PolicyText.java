package spawn.expect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.json.Json;
import spawn.payload.Quote;

/**
 * A policy as it is told to the simulator: each statement on a line of its own, so that the
 * position of a statement, which is all that the simulator answers with, says which one it is.
 *
 * @param name what messages call it
 * @param quotable whether messages may quote its statements
 * @param statements its statements, in its order
 * @param text the whole of it
 */
record PolicyText(String name, boolean quotable, List<JsonNode> statements, String text) {
  /** The line of the first statement; IAM counts from 1. */
  private static final int FIRST = 2;

  private static final int LONGEST_QUOTE = 300;

  static PolicyText of(String name, boolean quotable, JsonNode document) {
    List<JsonNode> statements = new ArrayList<>();
    JsonNode oneOrMore = document.path("Statement");
    if (oneOrMore.isArray()) {
      oneOrMore.forEach(statements::add);
    } else if (oneOrMore.isObject()) {
      statements.add(oneOrMore);
    }
    return statements.isEmpty()
        ? new PolicyText(name, quotable, List.of(), Json.text(document))
        : new PolicyText(name, quotable, List.copyOf(statements), text(document, statements));
  }

  private static String text(JsonNode document, List<JsonNode> statements) {
    StringBuilder text = new StringBuilder("{");
    document.properties().stream()
        .filter(member -> !member.getKey().equals("Statement"))
        .forEach(
            member ->
                text.append('"')
                    .append(member.getKey())
                    .append("\":")
                    .append(Json.text(member.getValue()))
                    .append(','));
    text.append("\"Statement\":[");
    for (int at = 0; at < statements.size(); at++) {
      text.append(at == 0 ? "\n" : ",\n").append(Json.text(statements.get(at)));
    }
    return text.append("\n]}").toString();
  }

  /** Returns whether a statement might allow an action. */
  boolean mightAllow(String action) {
    return allowing(action).findAny().isPresent();
  }

  private Stream<JsonNode> allowing(String action) {
    return statements.stream()
        .filter(statement -> statement.path("Effect").asText().equals("Allow"))
        .filter(statement -> isAbout(statement, action));
  }

  /** Returns whether a statement that might allow an action asks about a condition key. */
  boolean asks(String action, String key) {
    return allowing(action).anyMatch(statement -> names(statement, key.toLowerCase(Locale.ROOT)));
  }

  private static boolean isAbout(JsonNode statement, String action) {
    boolean inverse = statement.has("NotAction");
    JsonNode oneOrMore = statement.path(inverse ? "NotAction" : "Action");
    Stream<JsonNode> patterns =
        oneOrMore.isArray() ? oneOrMore.valueStream() : Stream.of(oneOrMore);
    return inverse != patterns.anyMatch(pattern -> matches(pattern.asText(), action));
  }

  private static boolean matches(String pattern, String action) {
    String regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE).matcher(action).matches();
  }

  private static boolean names(JsonNode statement, String key) {
    boolean ofACondition =
        statement.path("Condition").properties().stream()
            .flatMap(operator -> operator.getValue().properties().stream())
            .anyMatch(asked -> asked.getKey().equalsIgnoreCase(key));
    return ofACondition || Json.text(statement).toLowerCase(Locale.ROOT).contains("${" + key);
  }

  /**
   * Returns what messages call the statement at a line: its {@code Sid}, or else which it is, and,
   * if it may be quoted, its beginning; the policy alone where the line is none of a statement.
   */
  String statementAt(Optional<Integer> line) {
    return line.map(given -> given - FIRST)
        .filter(index -> index >= 0 && index < statements.size())
        .map(
            index ->
                "%s of %s%s"
                    .formatted(
                        sidOrNumber(index),
                        name,
                        quotable ? ": " + shortened(Json.text(statements.get(index))) : ""))
        .orElse(name);
  }

  private String sidOrNumber(int index) {
    String sid = statements.get(index).path("Sid").asText();
    return sid.isEmpty() ? "statement " + (index + 1) : "statement " + Quote.of(sid);
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
  }
}
