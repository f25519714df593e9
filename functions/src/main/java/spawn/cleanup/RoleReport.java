package spawn.cleanup;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What the sweep found of one role, and did with it.
 *
 * @param role its name
 * @param verdict {@code kept}, {@code marked}, {@code unmarked}, {@code deleted} or {@code failed}
 * @param reason why
 * @param pending whether time alone leads to its removal
 */
public record RoleReport(String role, String verdict, String reason, @JsonIgnore boolean pending) {
  static RoleReport of(String role, Decision decision) {
    return new RoleReport(role, decision.verdict(), decision.reason(), decision.isPending());
  }

  static RoleReport failed(String role, String reason) {
    return new RoleReport(role, "failed", reason, true);
  }
}
