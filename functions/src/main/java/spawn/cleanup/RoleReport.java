package spawn.cleanup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What the sweep found of one role, and did with it.
 *
 * @param role its name
 * @param verdict what became of it
 * @param code why, in one word, where it stays or is unmarked; {@code null} otherwise
 * @param detail why, as a phrase; {@code reason} in JSON
 * @param pending whether time alone leads to its removal
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RoleReport(
    String role,
    Verdict verdict,
    KeepReason code,
    @JsonProperty("reason") String detail,
    @JsonIgnore boolean pending) {
  /** Returns whether someone needs the role, or may need it. */
  @JsonIgnore
  public boolean isUse() {
    return code != null && code.isUse();
  }

  static RoleReport failed(String role, String detail) {
    return new RoleReport(role, Verdict.FAILED, null, detail, true);
  }

  static RoleReport postponed(String role, String detail) {
    return new Decision.Keep(KeepReason.POSTPONED, detail).report(role);
  }

  static RoleReport gone(String role) {
    return new RoleReport(
        role, Verdict.DELETED, null, "it was gone before the sweep came to it", false);
  }
}
