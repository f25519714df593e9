package spawn.policy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What makes access risky, as {@code risks.json} lists it.
 *
 * @param reads what the name of an action that only reads begins with
 * @param rules which actions are risky
 * @param managedPolicies which managed policies are broad
 */
@JsonIgnoreProperties("about")
record Risks(Pattern reads, List<Rule> rules, ManagedRule managedPolicies) {
  /**
   * Actions that are risky.
   *
   * @param code the warning's code
   * @param severity how much it should worry
   * @param onlyOnEverything whether the actions are risky on all resources only
   * @param severityWhenScoped the severity where every resource is named without wildcards, or null
   *     if it is the same
   * @param unlessCondition a condition key that takes the risk away, or null
   * @param message why it is risky; the actions stand before it
   * @param advice what to do instead
   * @param actions the actions
   * @param sources where the actions are called risky
   */
  record Rule(
      String code,
      Severity severity,
      boolean onlyOnEverything,
      Severity severityWhenScoped,
      String unlessCondition,
      String message,
      String advice,
      List<Glob> actions,
      List<String> sources) {
    /** Returns whether the rule says anything about a statement. */
    boolean appliesTo(Statement statement) {
      return (!onlyOnEverything || statement.isOnEverything())
          && (unlessCondition == null || !statement.condition().hasKey(unlessCondition));
    }

    /** Returns how much a statement should worry that grants one of the actions. */
    Severity severity(Statement statement) {
      return severityWhenScoped != null && statement.namesEachResource()
          ? severityWhenScoped
          : severity;
    }
  }

  /**
   * Managed policies that are broad.
   *
   * @param names patterns of their names
   * @param sources where they are called broad
   */
  record ManagedRule(List<Pattern> names, List<String> sources) {}
}
