package spawn.expect;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of a role the simulator is told.
 *
 * @param policies its inline and managed policies
 * @param boundary its permissions boundary, if it has one
 */
record TestedRole(List<PolicyText> policies, Optional<PolicyText> boundary) {
  /**
   * Returns whether an action might be allowed if the value of a condition key were known. IAM
   * names the keys of every statement (<a href="https://github.com/boto/boto3/issues/3111">seen in
   * the field</a>).
   */
  boolean asks(String action, String key) {
    return policies.stream().anyMatch(policy -> policy.mightAllow(action))
        && Stream.concat(policies.stream(), boundary.stream())
            .anyMatch(policy -> policy.asks(action, key));
  }
}
