package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import spawn.payload.Nearest;
import spawn.payload.Quote;

/**
 * Holds the condition of a statement to IAM's grammar (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">condition
 * operators</a>).
 */
final class ConditionReader {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]+:\\S.*");
  private static final Pattern SET_OPERATOR = Pattern.compile("^(ForAllValues|ForAnyValue):");
  private static final String IF_EXISTS = "IfExists";
  private static final String NULL_OPERATOR = "Null";
  private static final Set<String> OPERATORS =
      Set.of(
          "StringEquals",
          "StringNotEquals",
          "StringEqualsIgnoreCase",
          "StringNotEqualsIgnoreCase",
          "StringLike",
          "StringNotLike",
          "NumericEquals",
          "NumericNotEquals",
          "NumericLessThan",
          "NumericLessThanEquals",
          "NumericGreaterThan",
          "NumericGreaterThanEquals",
          "DateEquals",
          "DateNotEquals",
          "DateLessThan",
          "DateLessThanEquals",
          "DateGreaterThan",
          "DateGreaterThanEquals",
          "Bool",
          "BinaryEquals",
          "IpAddress",
          "NotIpAddress",
          "ArnEquals",
          "ArnLike",
          "ArnNotEquals",
          "ArnNotLike",
          NULL_OPERATOR);

  private final BiConsumer<String, String> wrong;

  /**
   * Creates a reader.
   *
   * @param wrong takes what is wrong: a JSON path and a sentence
   */
  ConditionReader(BiConsumer<String, String> wrong) {
    this.wrong = wrong;
  }

  /** Notes what is wrong with a condition. */
  void read(JsonNode condition, String path) {
    if (!condition.isObject()) {
      wrong.accept(
          path,
          "Must be an object of condition operators, not %s.".formatted(Quote.kind(condition)));
      return;
    }
    for (Map.Entry<String, JsonNode> operator : condition.properties()) {
      operator(operator.getKey(), path);
      keys(operator.getValue(), path + "." + operator.getKey());
    }
  }

  private void operator(String operator, String path) {
    String plain = SET_OPERATOR.matcher(operator).replaceFirst("");
    String base =
        plain.endsWith(IF_EXISTS) ? plain.substring(0, plain.length() - IF_EXISTS.length()) : plain;
    if (plain.equals(NULL_OPERATOR + IF_EXISTS)) {
      wrong.accept(path, "\"NullIfExists\" is not a condition operator: Null has no such form.");
    } else if (!OPERATORS.contains(base)) {
      wrong.accept(
          path,
          "%s is not a condition operator.%s"
              .formatted(Quote.of(operator), Nearest.question(base, OPERATORS)));
    }
  }

  private void keys(JsonNode keys, String path) {
    if (!keys.isObject()) {
      wrong.accept(
          path, "Must be an object of condition keys, not %s.".formatted(Quote.kind(keys)));
      return;
    }
    Set<String> namesIgnoringCase = new HashSet<>();
    for (Map.Entry<String, JsonNode> key : keys.properties()) {
      name(key.getKey(), path, namesIgnoringCase);
      values(key.getValue(), path + "['" + key.getKey() + "']");
    }
  }

  private void name(String name, String path, Set<String> namesIgnoringCase) {
    if (!KEY.matcher(name).matches() || !StatementReader.isAllowed(name)) {
      wrong.accept(
          path,
          "%s is not a condition key: write service:key, for example aws:SourceIp."
              .formatted(Quote.of(name)));
    }
    if (!namesIgnoringCase.add(name.toLowerCase(Locale.ROOT))) {
      wrong.accept(
          path,
          "%s is given twice: IAM ignores letter case in condition keys."
              .formatted(Quote.of(name)));
    }
  }

  /** Notes the first value of the wrong kind, and the first with a wrong character. */
  private void values(JsonNode oneOrMore, String path) {
    OneOrMore.of(oneOrMore)
        .filter(value -> !value.isValueNode() || value.isNull())
        .findFirst()
        .ifPresent(
            value ->
                wrong.accept(
                    path,
                    (oneOrMore.isArray()
                            ? "Must be a list of strings, without %s."
                            : "Must be a string or a list of strings, not %s.")
                        .formatted(Quote.kind(value))));
    OneOrMore.of(oneOrMore)
        .filter(value -> !StatementReader.isAllowed(value.asText()))
        .findFirst()
        .ifPresent(value -> wrong.accept(path, StatementReader.NOT_ALLOWED));
  }
}
