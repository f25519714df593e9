package spawn.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/**
 * ARNs as the stack's owner lists them, with the wildcards {@code *} and {@code ?} as in an IAM
 * policy.
 *
 * @param patterns the list
 */
public record ArnPatterns(@JsonValue List<String> patterns) {
  /** Copies the list. */
  @JsonCreator
  public ArnPatterns {
    patterns = List.copyOf(patterns);
  }

  /** Returns whether one of the patterns matches an ARN. */
  public boolean match(String arn) {
    Glob literal = Glob.resource(arn);
    return patterns.stream().anyMatch(pattern -> Glob.resource(pattern).covers(literal));
  }
}
