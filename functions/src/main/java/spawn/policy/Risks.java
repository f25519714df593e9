package spawn.policy;

import java.util.List;
import java.util.Map;

/**
 * What makes access risky, as {@code risks.json} lists it.
 *
 * @param findings what the code itself finds, by code
 * @param limits the conditions that bind a statement to some of the resources that it names
 * @param rules which actions are risky
 */
record Risks(Map<String, Risk> findings, List<ConditionPattern> limits, List<Rule> rules) {
  /**
   * What a finding says.
   *
   * @param severity how much it should worry
   * @param message why it is risky; the actions stand before it
   * @param advice what to do instead
   */
  record Risk(Severity severity, String message, String advice) {}

  /**
   * Actions that are risky.
   *
   * @param id a name that no other rule has
   * @param code the warning's code
   * @param severity how much it should worry
   * @param onlyOnEverything whether the actions are risky on all resources only
   * @param severityWhenScoped the severity where every resource is named without wildcards, or null
   *     if it is the same
   * @param unless a condition that takes the risk away, or null
   * @param message why it is risky; the actions stand before it
   * @param advice what to do instead
   * @param actions the actions
   * @param sources where the actions are called risky
   */
  record Rule(
      String id,
      String code,
      Severity severity,
      boolean onlyOnEverything,
      Severity severityWhenScoped,
      ConditionPattern unless,
      String message,
      String advice,
      List<Glob> actions,
      List<String> sources) {
    /** Returns whether the rule says anything about a statement. */
    boolean appliesTo(Statement statement, boolean onEverything) {
      return (!onlyOnEverything || onEverything)
          && (unless == null || !unless.isIn(statement.condition()));
    }

    /** Returns how much a statement should worry that grants one of the actions. */
    Severity severity(Statement statement) {
      return severityWhenScoped != null && statement.namesEachResource()
          ? severityWhenScoped
          : severity;
    }
  }

  /** Returns what a finding says, by its code or the id of its rule. */
  Risk risk(String id) {
    Risk known = findings.get(id);
    return known != null
        ? known
        : rules.stream()
            .filter(rule -> rule.id().equals(id))
            .map(rule -> new Risk(rule.severity(), rule.message(), rule.advice()))
            .findFirst()
            .orElseThrow();
  }

  /** Returns the code under which a finding is told. */
  String code(String id) {
    return rules.stream()
        .filter(rule -> rule.id().equals(id))
        .map(Rule::code)
        .findFirst()
        .orElse(id);
  }
}
