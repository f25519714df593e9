package spawn.policy;

import java.util.List;
import spawn.json.AsJson;

/**
 * ARNs as the stack's owner lists them, with the wildcards {@code *} and {@code ?} as in an IAM
 * policy.
 *
 * @param patterns the list
 */
public record ArnPatterns(List<String> patterns) implements AsJson {
  /** Copies the list. */
  public ArnPatterns {
    patterns = List.copyOf(patterns);
  }

  /** Returns the patterns that a state before has written. */
  static ArnPatterns fromJson(List<String> patterns) {
    return new ArnPatterns(patterns);
  }

  @Override
  public Object asJson() {
    return patterns;
  }

  /** Returns whether one of the patterns matches an ARN. */
  public boolean match(String arn) {
    Glob literal = Glob.resource(arn);
    return patterns.stream().anyMatch(pattern -> Glob.resource(pattern).covers(literal));
  }
}
