package spawn.launch;

import java.util.Map;
import spawn.json.AsJson;
import spawn.policy.Severity;
import spawn.policy.StackContext.BroadAccess;

/** Whether people have to agree before a launch makes anything. */
public enum ApprovalNeed implements AsJson {
  /** Nobody is asked. */
  NONE("none"),
  /** The payload only names a role: if that exists, its content decides. */
  IF_THE_ROLE_IS_BROAD("ifTheRoleIsBroad"),
  /** The launch waits for an approver. */
  ALWAYS("always");

  /** The parameter that says which launches wait. */
  private static final String APPROVE_LAUNCHES = "ApproveLaunches";

  private final String word;

  ApprovalNeed(String word) {
    this.word = word;
  }

  /** Returns the word for it in inputs and outputs of states. */
  public String word() {
    return word;
  }

  @Override
  public Object asJson() {
    return word();
  }

  /**
   * Returns what a launch needs.
   *
   * @param setting what the stack does about broad access
   * @param limits values of the stack's parameters by their names; {@code none} as the value of
   *     {@code ApproveLaunches}, which that parameter cannot have, stands for breaking the glass
   */
  static ApprovalNeed of(LaunchPlan plan, BroadAccess setting, Map<String, String> limits) {
    String launches = limits.getOrDefault(APPROVE_LAUNCHES, "broad");
    if (plan.planOnly() || launches.equals("none")) {
      return NONE;
    }
    if (launches.equals("all")) {
      return ALWAYS;
    }
    if (setting != BroadAccess.APPROVE) {
      return NONE;
    }
    if (plan.warnings().stream().anyMatch(warning -> warning.severity() == Severity.HIGH)) {
      return ALWAYS;
    }
    return plan.role().filter(role -> !role.described()).isPresent() ? IF_THE_ROLE_IS_BROAD : NONE;
  }
}
