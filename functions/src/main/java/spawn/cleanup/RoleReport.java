package spawn.cleanup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What the sweep found of one role, and did with it.
 *
 * @param role its name
 * @param verdict what became of it
 * @param code why, in one word, where it stays or is wanted again; {@code null} otherwise
 * @param reason why, as a phrase
 * @param pending whether time alone leads to its removal
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RoleReport(
    String role, Verdict verdict, KeepReason code, String reason, @JsonIgnore boolean pending) {
  /** Returns whether somebody needs the role, or may. */
  @JsonIgnore
  public boolean isUse() {
    return code != null && code.isUse();
  }

  static RoleReport failed(String role, String reason) {
    return new RoleReport(role, Verdict.FAILED, null, reason, true);
  }

  static RoleReport postponed(String role, String reason) {
    return new Decision.Keep(KeepReason.POSTPONED, reason).report(role);
  }

  static RoleReport gone(String role) {
    return new RoleReport(
        role, Verdict.DELETED, null, "it was gone before the sweep came to it", false);
  }
}
