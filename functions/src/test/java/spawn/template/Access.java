package spawn.template;

import java.util.Map;
import java.util.TreeMap;

/**
 * What IAM decides about: one action on one resource.
 *
 * @param action {@code iam:CreateRole}
 * @param resource its ARN, or {@code *} where the action knows none
 * @param context condition keys and their values
 */
public record Access(String action, String resource, Map<String, String> context) {
  /** Keeps the context as it is now. */
  public Access {
    context = Map.copyOf(context);
  }

  /** Returns the same on another resource. */
  Access on(String otherResource) {
    return new Access(action, otherResource, context);
  }

  /** Returns the same with another value of a condition key. */
  Access with(String key, String value) {
    Map<String, String> other = new TreeMap<>(context);
    other.put(key, value);
    return new Access(action, resource, other);
  }

  /** Returns the same without a condition key. */
  Access without(String key) {
    Map<String, String> other = new TreeMap<>(context);
    other.remove(key);
    return new Access(action, resource, other);
  }
}
