package spawn.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides requests by an identity policy as IAM does, apart from the code under test: an explicit
 * deny wins, then an allow, otherwise the request is denied (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html">evaluation
 * logic</a>). It knows the condition operators that the tests use; another one fails loudly.
 */
public final class PolicyEvaluator {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([^},]+?)(?:\\s*,\\s*'([^']*)')?}");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Statement> statements;

  /** A statement as it is written, and as it is read if it has no variables, as most. */
  private record Statement(JsonNode written, Optional<Meaning> read) {
    static Statement of(JsonNode written) {
      return new Statement(
          written,
          Optional.of(written).filter(it -> !it.toString().contains("${")).map(Meaning::of));
    }

    Optional<Meaning> in(Map<String, String> context) {
      return read.isPresent() ? read : Optional.ofNullable(fill(written, context)).map(Meaning::of);
    }
  }

  private record Meaning(boolean denies, Element actions, Element resources, JsonNode condition) {
    static Meaning of(JsonNode statement) {
      return new Meaning(
          statement.path("Effect").asText().equals("Deny"),
          Element.of(statement, "Action", pattern -> pattern.toLowerCase(Locale.ROOT)),
          Element.of(statement, "Resource", UnaryOperator.identity()),
          statement.path("Condition"));
    }

    boolean applies(String action, String resource, Map<String, String> context) {
      return actions.covers(action.toLowerCase(Locale.ROOT))
          && resources.covers(resource)
          && conditions(condition, context);
    }
  }

  private record Element(boolean inverse, List<String> patterns) {
    static Element of(JsonNode statement, String name, UnaryOperator<String> spelling) {
      boolean inverse = statement.has("Not" + name);
      return new Element(
          inverse,
          list(statement.path(inverse ? "Not" + name : name)).stream()
              .map(JsonNode::asText)
              .map(spelling)
              .toList());
    }

    boolean covers(String value) {
      for (String pattern : patterns) {
        if (matches(pattern, value)) {
          return !inverse;
        }
      }
      return inverse;
    }
  }

  /** Creates the evaluator of one document. */
  public PolicyEvaluator(JsonNode document) {
    this.statements = list(document.path("Statement")).stream().map(Statement::of).toList();
  }

  /** Returns whether a request without context is allowed. */
  public boolean allows(String action, String resource) {
    return allows(action, resource, Map.of());
  }

  /** Returns whether a request is allowed whose context holds these values by their keys. */
  public boolean allows(String action, String resource, Map<String, String> context) {
    boolean allowed = false;
    for (Statement statement : statements) {
      Optional<Meaning> meaning = statement.in(context);
      if (meaning.isPresent() && meaning.get().applies(action, resource, context)) {
        if (meaning.get().denies()) {
          return false;
        }
        allowed = true;
      }
    }
    return allowed;
  }

  /**
   * Returns the statement with the values of its <a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">variables</a>,
   * or null if one has no value: then IAM leaves the statement out.
   */
  private static JsonNode fill(JsonNode statement, Map<String, String> context) {
    Matcher variable = VARIABLE.matcher(statement.toString());
    StringBuilder filled = new StringBuilder();
    while (variable.find()) {
      String value = find(context, variable.group(1));
      if (value == null) {
        value = variable.group(2);
      }
      if (value == null) {
        return null;
      }
      if (!value.matches("[^*?\"\\\\]*")) {
        throw new IllegalArgumentException("a value that a pattern would take for a wildcard");
      }
      variable.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    try {
      return JSON.readTree(variable.appendTail(filled).toString());
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(brokenTest);
    }
  }

  private static boolean conditions(JsonNode condition, Map<String, String> context) {
    return condition.properties().stream()
        .allMatch(
            operator ->
                operator.getValue().properties().stream()
                    .allMatch(
                        key ->
                            holds(
                                operator.getKey(),
                                list(key.getValue()),
                                find(context, key.getKey()))));
  }

  private static String find(Map<String, String> context, String key) {
    return context.entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(key))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static boolean holds(String operator, List<JsonNode> wanted, String actual) {
    return switch (operator) {
      case "BoolIfExists" ->
          actual == null || wanted.stream().anyMatch(value -> value.asText().equals(actual));
      case "StringEquals", "Bool" ->
          actual != null && wanted.stream().anyMatch(value -> value.asText().equals(actual));
      case "StringNotEquals" ->
          actual == null || wanted.stream().noneMatch(value -> value.asText().equals(actual));
      case "StringNotLike", "ArnNotLike" ->
          actual == null || wanted.stream().noneMatch(value -> matches(value.asText(), actual));
      case "ForAllValues:StringNotEquals" ->
          actual == null
              || Arrays.stream(actual.split(","))
                  .noneMatch(one -> wanted.stream().anyMatch(value -> value.asText().equals(one)));
      case "ForAllValues:StringNotLike" ->
          actual == null
              || Arrays.stream(actual.split(","))
                  .noneMatch(
                      one -> wanted.stream().anyMatch(value -> matches(value.asText(), one)));
      case "StringLike", "ArnEquals", "ArnLike" ->
          actual != null && wanted.stream().anyMatch(value -> matches(value.asText(), actual));
      case "ArnLikeIfExists" ->
          actual == null || wanted.stream().anyMatch(value -> matches(value.asText(), actual));
      // Of several values, as below.
      case "ForAllValues:StringLike" ->
          actual == null
              || Arrays.stream(actual.split(","))
                  .allMatch(one -> wanted.stream().anyMatch(value -> matches(value.asText(), one)));
      case "ForAnyValue:StringEquals", "ForAnyValue:StringLike" ->
          actual != null
              && Arrays.stream(actual.split(","))
                  .anyMatch(
                      one ->
                          wanted.stream()
                              .anyMatch(
                                  value ->
                                      operator.endsWith("Like")
                                          ? matches(value.asText(), one)
                                          : value.asText().equals(one)));
      case "ForAnyValue:StringEqualsIgnoreCase" ->
          actual != null
              && Arrays.stream(actual.split(","))
                  .anyMatch(
                      one ->
                          wanted.stream().anyMatch(value -> value.asText().equalsIgnoreCase(one)));
      case "ForAllValues:StringEquals" ->
          actual == null
              || Arrays.stream(actual.split(","))
                  .allMatch(one -> wanted.stream().anyMatch(value -> value.asText().equals(one)));
      // Of several values, separated by commas, which no tag's key holds.
      case "ForAllValues:StringNotEqualsIgnoreCase" ->
          actual == null
              || Arrays.stream(actual.split(","))
                  .noneMatch(
                      one ->
                          wanted.stream().anyMatch(value -> value.asText().equalsIgnoreCase(one)));
      case "Null" -> wanted.stream().anyMatch(value -> value.asBoolean() == (actual == null));
      default -> throw new IllegalArgumentException("unknown operator " + operator);
    };
  }

  private static List<JsonNode> list(JsonNode oneOrMore) {
    List<JsonNode> list = new ArrayList<>();
    if (oneOrMore.isArray()) {
      oneOrMore.forEach(list::add);
    } else if (!oneOrMore.isMissingNode()) {
      list.add(oneOrMore);
    }
    return list;
  }

  private static boolean matches(String pattern, String text) {
    return matches(pattern, 0, text, 0);
  }

  private static boolean matches(String pattern, int from, String text, int at) {
    for (int next = from; next < pattern.length(); next++, at++) {
      if (pattern.charAt(next) == '*') {
        for (int rest = at; rest <= text.length(); rest++) {
          if (matches(pattern, next + 1, text, rest)) {
            return true;
          }
        }
        return false;
      }
      if (at == text.length()
          || (pattern.charAt(next) != '?' && pattern.charAt(next) != text.charAt(at))) {
        return false;
      }
    }
    return at == text.length();
  }
}
