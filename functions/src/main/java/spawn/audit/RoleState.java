package spawn.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a role stands, in one word; where several hold, the first of these. */
public enum RoleState {
  /** It differs from what it was made with. */
  DRIFTED,
  /** It lies under the stack's path, and nothing says that spawn made it. */
  FOREIGN,
  /** An operator has taken its permissions back. */
  REVOKED,
  /** It was made for a time that is over. */
  EXPIRED,
  /** The sweep is about to remove it. */
  MARKED,
  /** It is not, or no longer, whole: a launch, its set or the sweep has it in hand, or left it. */
  UNFINISHED,
  /** Instances carry it. */
  IN_USE,
  /** A launch may be about to use it. */
  LEASED,
  /** Nothing carries it now. */
  UNUSED;

  /** Returns the word for it in answers. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the metric that counts roles of this state. */
  String metric() {
    return Arrays.stream(word().split("-", -1))
        .map(part -> part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1))
        .collect(Collectors.joining("", "Audit", ""));
  }
}
