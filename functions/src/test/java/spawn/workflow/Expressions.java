package spawn.workflow;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Jsonata.Fn1;
import com.dashjoin.jsonata.Jsonata.Fn2;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import spawn.payload.Sha256;

/**
 * The JSONata of Step Functions: a string that is wholly <code>{% … %}</code> is an expression,
 * everything else is itself (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html">transforming
 * data with JSONata</a>).
 *
 * <p>Values are those of the JSONata library: maps, lists, strings, numbers, booleans, and {@code
 * null} for JSON's null.
 */
final class Expressions {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern VARIABLE = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");

  private static final Pattern PATH =
      Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*)");

  /** Parsed once: a definition is run many times. */
  private final Map<String, Expression> parsed = new HashMap<>();

  /**
   * An expression.
   *
   * @param path the names of which it consists if it only leads from a variable through its
   *     members, as most do; otherwise empty
   */
  private record Expression(Jsonata code, Set<String> variables, List<String> path) {
    /**
     * Returns what the path leads to, without the library: through objects to what is neither an
     * array nor null, where JSONata has no rules of its own. Everything else is {@code null} here.
     */
    Object found(Map<String, Object> variables) {
      Object value = path.isEmpty() ? null : variables;
      for (String name : path) {
        value = value instanceof Map<?, ?> object ? object.get(name) : null;
      }
      return value instanceof List ? null : value;
    }
  }

  /** Returns whether a part of the definition is an expression. */
  static boolean isExpression(Object value) {
    return value instanceof String text
        && text.strip().startsWith("{%")
        && text.strip().endsWith("%}");
  }

  /**
   * Returns a part of the definition with all expressions in it replaced by what they give.
   *
   * @throws TaskFailure if an expression fails or gives nothing, which Step Functions refuses
   */
  Object evaluate(Object value, Map<String, Object> variables) throws TaskFailure {
    if (isExpression(value)) {
      return result((String) value, variables);
    }
    if (value instanceof Map<?, ?> object) {
      Map<String, Object> evaluated = new LinkedHashMap<>();
      for (Map.Entry<?, ?> each : object.entrySet()) {
        evaluated.put((String) each.getKey(), evaluate(each.getValue(), variables));
      }
      return evaluated;
    }
    if (value instanceof List<?> array) {
      List<Object> evaluated = new ArrayList<>();
      for (Object each : array) {
        evaluated.add(evaluate(each, variables));
      }
      return evaluated;
    }
    return value;
  }

  private Object result(String text, Map<String, Object> variables) throws TaskFailure {
    Expression expression = parsed.computeIfAbsent(text, Expressions::parse);
    Object found = expression.found(variables);
    if (found != null) {
      return found;
    }
    try {
      Jsonata.Frame frame = expression.code().createFrame();
      for (String name : expression.variables()) {
        if (variables.containsKey(name)) {
          Object value = variables.get(name);
          frame.bind(name, value == null ? Jsonata.NULL_VALUE : value);
        }
      }
      if (expression.variables().contains("parse")) {
        frame.bind("parse", (Fn1<String, Object>) Expressions::parseJson);
      }
      if (expression.variables().contains("hash")) {
        frame.bind("hash", (Fn2<String, String, Object>) Expressions::hash);
      }
      Map<?, ?> wrapped = (Map<?, ?>) expression.code().evaluate(Map.of(), frame);
      if (!wrapped.containsKey("value")) {
        throw new TaskFailure(
            "States.QueryEvaluationError", "The expression " + text + " gives nothing.");
      }
      return wrapped.get("value");
    } catch (JException failed) {
      throw new TaskFailure(
          "States.QueryEvaluationError",
          "The expression " + text + " fails: " + failed.getMessage());
    }
  }

  /** As a member of an object, null and nothing can be told apart: the latter leaves it empty. */
  private static Expression parse(String text) {
    String stripped = text.strip();
    String code = stripped.substring(2, stripped.length() - 2);
    Set<String> variables = new HashSet<>();
    for (Matcher each = VARIABLE.matcher(code); each.find(); ) {
      variables.add(each.group(1));
    }
    Matcher path = PATH.matcher(code.strip());
    return new Expression(
        Jsonata.jsonata("{\"value\": (" + code + ")}"),
        variables,
        path.matches() ? List.of(path.group(1).split("\\.")) : List.of());
  }

  /**
   * Step Functions adds {@code $parse}, since it leaves {@code $eval} out (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html">JSONata
   * functions provided by Step Functions</a>).
   */
  private static Object parseJson(String text) {
    try {
      return JSON.readValue(text, Object.class);
    } catch (JsonProcessingException malformed) {
      throw new JException("$parse: " + malformed.getOriginalMessage(), 0);
    }
  }

  /** It adds {@code $hash} too. The other functions that it adds are not used here. */
  private static Object hash(String text, String algorithm) {
    if (!algorithm.equals("SHA-256")) {
      throw new JException("$hash: " + algorithm, 0);
    }
    return Sha256.hex(text);
  }
}
