package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import spawn.error.Work;

/**
 * What one set of identity policies grants more and less than another, by meaning: which requests,
 * of an action on a resource under a condition, are allowed here and not there. A request is
 * allowed if a statement allows it and none denies it (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html">evaluation
 * logic</a>).
 *
 * <p>It is exact about actions and resources: what it says is so, and where it says nothing there
 * is nothing ({@code GrantDifferenceTest}). Conditions are compared by their operators, keys and
 * values, not by what they mean together; where that leaves a doubt, it names both. A permissions
 * boundary is no part of it.
 *
 * @param more what is granted now and was not before
 * @param less what was granted before and is not now
 * @param isShortened whether it leaves out nothing that is the same, since the policies are too
 *     long to look for it; each change then says itself what does not belong to it
 */
public record GrantDifference(List<GrantChange> more, List<GrantChange> less, boolean isShortened) {
  /** The most steps for each direction, some tenths of a second. */
  private static final long MAX_STEPS = 20_000_000;

  /** Copies the lists. */
  public GrantDifference {
    more = List.copyOf(more);
    less = List.copyOf(less);
  }

  /**
   * Returns the difference of two sets of documents.
   *
   * @param before policies as IAM returns them, decoded
   * @param after other ones
   */
  public static GrantDifference between(Collection<JsonNode> before, Collection<JsonNode> after) {
    return between(before, after, MAX_STEPS);
  }

  /** Returns the same with another bound of the work. */
  static GrantDifference between(
      Collection<JsonNode> before, Collection<JsonNode> after, long maxSteps) {
    Map<String, String> spellings = new HashMap<>();
    List<Statement> old = statements(before, spellings);
    List<Statement> now = statements(after, spellings);
    Gains more = new Gains(old, now, spellings, Work.atMost(maxSteps));
    Gains less = new Gains(now, old, spellings, Work.atMost(maxSteps));
    return new GrantDifference(
        more.changes(), less.changes(), !more.isReduced() || !less.isReduced());
  }

  /** Returns whether both grant the same. */
  public boolean isNone() {
    return more.isEmpty() && less.isEmpty();
  }

  private static List<Statement> statements(
      Collection<JsonNode> documents, Map<String, String> spellings) {
    return documents.stream()
        .flatMap(document -> PolicyDocument.statements(document).stream())
        .map(
            statement ->
                new Statement(
                    statement.effect(),
                    statement.actions(),
                    statement.resources(),
                    statement.condition().withKeys(key -> folded(key, spellings))))
        .toList();
  }

  private static String folded(String key, Map<String, String> spellings) {
    String folded = key.toLowerCase(Locale.ROOT);
    spellings.putIfAbsent(folded, key);
    return folded;
  }
}
