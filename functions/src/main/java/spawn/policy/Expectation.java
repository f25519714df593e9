package spawn.policy;

import java.util.List;

/**
 * One request that a role must, or must not, be allowed.
 *
 * @param path where the payload says so
 * @param allowed whether the role must be allowed it
 * @param action the action, for example {@code s3:GetObject}
 * @param resource an ARN, which IAM takes as it is written even if it has wildcards, or {@code *}
 * @param context what IAM is told of the request, at most one value for each key
 */
public record Expectation(
    String path, boolean allowed, String action, String resource, List<ContextValue> context) {
  /** Returns the same expectation, said at another path. */
  public Expectation at(String otherPath) {
    return new Expectation(otherPath, allowed, action, resource, context);
  }

  /** Returns whether the resource stands for several, of which IAM judges none. */
  boolean isPattern() {
    return resource.indexOf('*') >= 0 || resource.indexOf('?') >= 0;
  }

  /**
   * The value of a condition key.
   *
   * @param key the key, for example {@code aws:SourceIp}
   * @param type one of IAM's types of context, for example {@code ip} or {@code stringList} (<a
   *     href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html">ContextEntry</a>)
   * @param values one value, or those of a list
   */
  public record ContextValue(String key, String type, List<String> values) {}
}
