package spawn;

import spawn.policy.Severity;
import spawn.policy.Warning;

/**
 * A warning as the log has it: what it says may quote the policy.
 *
 * @param code its name
 * @param severity how much it should worry
 * @param path where the payload causes it
 */
record LoggedWarning(String code, Severity severity, String path) {
  static LoggedWarning of(Warning warning) {
    return new LoggedWarning(warning.code(), warning.severity(), warning.path());
  }
}
