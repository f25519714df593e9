package spawn.policy;

import java.util.List;
import spawn.error.Problem;
import spawn.policy.StackContext.BroadAccess;

/** What the stack does about broad access: about warnings of high severity. */
final class BroadAccessRule {
  private final BroadAccess setting;

  BroadAccessRule(BroadAccess setting) {
    this.setting = setting;
  }

  /** Returns what the stack refuses in a role with these warnings, nothing if it may be made. */
  List<Problem> refusals(List<Warning> warnings) {
    List<Warning> broad =
        warnings.stream().filter(warning -> warning.severity() == Severity.HIGH).toList();
    return switch (setting) {
      case WARN, APPROVE -> List.of();
      case REJECT -> broad.stream().map(BroadAccessRule::refusal).toList();
    };
  }

  private static Problem refusal(Warning warning) {
    return new Problem(
        warning.path(),
        "%s This stack rejects such broad access (%s). %s"
            .formatted(warning.message(), warning.code(), warning.advice()));
  }
}
