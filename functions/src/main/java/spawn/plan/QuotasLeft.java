package spawn.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.awssdk.services.iam.model.SummaryKeyType;
import spawn.json.Json;

/**
 * What is used and what is left of IAM's quotas.
 *
 * @param summary IAM's own counts and quotas
 * @param role what the role holds, or would hold
 */
record QuotasLeft(Map<SummaryKeyType, Integer> summary, Holdings role) {
  /**
   * The characters of all inline policies of a role together, without white space (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM
   * quotas</a>).
   */
  private static final int INLINE_BYTES = 10_240;

  private static final int ATTACHED_POLICIES = 10;

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    put(json, "roles", SummaryKeyType.ROLES, SummaryKeyType.ROLES_QUOTA);
    put(
        json,
        "instanceProfiles",
        SummaryKeyType.INSTANCE_PROFILES,
        SummaryKeyType.INSTANCE_PROFILES_QUOTA);
    put(json, "customerPolicies", SummaryKeyType.POLICIES, SummaryKeyType.POLICIES_QUOTA);
    put(
        json,
        "policiesOfRole",
        role.managed().size(),
        summary.getOrDefault(SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA, ATTACHED_POLICIES));
    put(json, "inlineBytesOfRole", inlineBytes(), INLINE_BYTES);
    return json;
  }

  private int inlineBytes() {
    return role.inline().values().stream()
        .map(Json::text)
        .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
        .sum();
  }

  private void put(ObjectNode json, String name, SummaryKeyType count, SummaryKeyType quota) {
    if (summary.containsKey(count) && summary.containsKey(quota)) {
      put(json, name, summary.get(count), summary.get(quota));
    }
  }

  private static void put(ObjectNode json, String name, int used, int quota) {
    json.putObject(name).put("used", used).put("quota", quota).put("left", quota - used);
  }
}
