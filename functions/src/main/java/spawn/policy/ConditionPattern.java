package spawn.policy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Conditions that really limit what a statement grants.
 *
 * <p>A condition does so only if it fails where its key is missing or has another value: <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html">negated
 * operators, {@code IfExists} and {@code ForAllValues}</a> hold without the key.
 *
 * @param operators the operators, in IAM's spelling
 * @param keys patterns of the condition keys
 * @param values the only values that limit, or null if all do that are not made of wildcards
 */
record ConditionPattern(Set<String> operators, List<Glob> keys, Set<String> values) {
  /** Returns whether one of the operators and keys of a condition is such a one. */
  boolean isIn(Condition condition) {
    return condition.operators().entrySet().stream()
        .filter(operator -> operators.contains(operator.getKey()))
        .flatMap(operator -> operator.getValue().entrySet().stream())
        .anyMatch(this::limits);
  }

  private boolean limits(Map.Entry<String, List<String>> key) {
    Glob name = Glob.action(key.getKey());
    return keys.stream().anyMatch(pattern -> pattern.covers(name))
        && !key.getValue().isEmpty()
        && key.getValue().stream().allMatch(this::limits);
  }

  private boolean limits(String value) {
    return values == null
        ? !value.matches("[*?]*")
        : values.contains(value.toLowerCase(Locale.ROOT));
  }
}
