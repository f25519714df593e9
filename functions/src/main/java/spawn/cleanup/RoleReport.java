package spawn.cleanup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import spawn.json.AsJson;

/**
 * What the sweep found of one role, and did with it.
 *
 * @param role its name
 * @param verdict what became of it
 * @param code why, in one word, where it stays or is unmarked; {@code null} otherwise
 * @param detail why, as a phrase; {@code reason} in JSON
 * @param pending whether time alone leads to its removal
 */
public record RoleReport(
    String role, Verdict verdict, KeepReason code, String detail, boolean pending)
    implements AsJson {
  /** Returns whether someone needs the role, or may need it. */
  public boolean isUse() {
    return code != null && code.isUse();
  }

  @Override
  public Object asJson() {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("role", role).put("verdict", verdict.word());
    if (code != null) {
      json.put("code", code.name());
    }
    return detail == null ? json : json.put("reason", detail);
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
