package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * When a statement applies: all of its operators must hold.
 *
 * @param operators for each operator, for each condition key, the values as sorted strings
 */
record Condition(SortedMap<String, SortedMap<String, List<String>>> operators) {
  /** The condition of a statement that always applies. */
  static final Condition NONE = new Condition(Collections.emptySortedMap());

  /** Returns a condition of the language that knows variables. */
  static Condition fromJson(JsonNode json) {
    return of(json, true);
  }

  /**
   * Returns a condition from valid JSON; none if the node is missing.
   *
   * @param variables whether {@code ${…}} is a policy variable
   */
  static Condition of(JsonNode json, boolean variables) {
    SortedMap<String, SortedMap<String, List<String>>> operators = new TreeMap<>();
    for (Map.Entry<String, JsonNode> operator : json.properties()) {
      SortedMap<String, List<String>> keys = new TreeMap<>();
      for (Map.Entry<String, JsonNode> key : operator.getValue().properties()) {
        List<String> values = OneOrMore.texts(key.getValue(), variables);
        keys.put(key.getKey(), List.copyOf(new TreeSet<>(values)));
      }
      if (!keys.isEmpty()) {
        operators.put(operator.getKey(), keys);
      }
    }
    return new Condition(operators);
  }

  boolean isEmpty() {
    return operators.isEmpty();
  }

  /**
   * Returns whether it holds only where the other holds too; when in doubt, not. All operators must
   * hold, and one of the values or, of a negated operator, each (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html">several
   * keys and values</a>).
   */
  boolean implies(Condition other) {
    return other.operators.entrySet().stream()
        .allMatch(
            operator ->
                operator.getValue().entrySet().stream()
                    .allMatch(
                        key ->
                            implies(operator.getKey(), key.getKey(), Set.copyOf(key.getValue()))));
  }

  private boolean implies(String operator, String key, Set<String> values) {
    List<String> own = operators.getOrDefault(operator, Collections.emptySortedMap()).get(key);
    return own != null
        && (operator.contains("Not")
            ? Set.copyOf(own).containsAll(values)
            : values.containsAll(own));
  }

  /** Returns whether any operator looks at a condition key; letter case does not matter in keys. */
  boolean hasKey(String name) {
    return operators.values().stream()
        .anyMatch(keys -> keys.keySet().stream().anyMatch(name::equalsIgnoreCase));
  }

  /** Returns the condition with other names for its keys. */
  Condition withKeys(UnaryOperator<String> name) {
    SortedMap<String, SortedMap<String, List<String>>> renamed = new TreeMap<>();
    operators.forEach(
        (operator, keys) -> {
          SortedMap<String, List<String>> renamedKeys = new TreeMap<>();
          keys.forEach((key, values) -> renamedKeys.put(name.apply(key), values));
          renamed.put(operator, renamedKeys);
        });
    return new Condition(renamed);
  }

  /** Returns the condition as IAM takes it, its keys in this order but spelled otherwise. */
  ObjectNode toJson(UnaryOperator<String> spelling) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    operators.forEach(
        (operator, keys) -> {
          ObjectNode block = json.putObject(operator);
          keys.forEach((key, values) -> block.set(spelling.apply(key), OneOrMore.toJson(values)));
        });
    return json;
  }
}
