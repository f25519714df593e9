package spawn.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
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

  private final List<JsonNode> statements;

  /** Whether each of them has variables: most have none, and filling them in takes long. */
  private final boolean[] haveVariables;

  /** Creates the evaluator of one document. */
  public PolicyEvaluator(JsonNode document) {
    this.statements = list(document.path("Statement"));
    this.haveVariables = new boolean[statements.size()];
    for (int at = 0; at < haveVariables.length; at++) {
      haveVariables[at] = statements.get(at).toString().contains("${");
    }
  }

  /** Returns whether a request without context is allowed. */
  public boolean allows(String action, String resource) {
    return allows(action, resource, Map.of());
  }

  /** Returns whether a request is allowed whose context holds these values by their keys. */
  public boolean allows(String action, String resource, Map<String, String> context) {
    boolean allowed = false;
    for (int at = 0; at < haveVariables.length; at++) {
      JsonNode written = statements.get(at);
      JsonNode statement = haveVariables[at] ? fill(written, context) : written;
      if (statement != null && applies(statement, action, resource, context)) {
        if (statement.path("Effect").asText().equals("Deny")) {
          return false;
        }
        allowed = true;
      }
    }
    return allowed;
  }

  private static boolean applies(
      JsonNode statement, String action, String resource, Map<String, String> context) {
    return element(statement, "Action", action, PolicyEvaluator::matchesAnyCase)
        && element(statement, "Resource", resource, PolicyEvaluator::matches)
        && conditions(statement.path("Condition"), context);
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

  private static boolean element(
      JsonNode statement, String name, String value, BiPredicate<String, String> matches) {
    boolean inverse = statement.has("Not" + name);
    boolean any =
        list(statement.path(inverse ? "Not" + name : name)).stream()
            .anyMatch(pattern -> matches.test(pattern.asText(), value));
    return inverse != any;
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

  private static boolean matchesAnyCase(String pattern, String action) {
    return matches(pattern.toLowerCase(Locale.ROOT), action.toLowerCase(Locale.ROOT));
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
