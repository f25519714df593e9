package spawn.cleanup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import spawn.json.AsJson;

/**
 * What the sweep did with an instance profile that holds no role.
 *
 * @param profile its name
 * @param verdict {@link Verdict#KEPT}, {@link Verdict#DELETED} or {@link Verdict#FAILED}
 * @param detail why, as a phrase; {@code reason} in JSON
 */
public record ProfileReport(String profile, Verdict verdict, String detail) implements AsJson {
  @Override
  public Object asJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("profile", profile)
        .put("verdict", verdict.word())
        .put("reason", detail);
  }
}
