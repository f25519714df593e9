package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import spawn.json.Json;
import spawn.payload.Sha256;
import spawn.role.RoleRequest;
import spawn.role.Tags;

/**
 * The hash of what a payload would make: equal for two plans, whenever and by whichever execution,
 * if and only if they would make the same.
 *
 * <p>In it is what the role is to hold, under which name if the payload fixes it, the launch, and
 * the {@link Pins}. Not in it is what only becomes of it now: whether a role is created or found,
 * what else there is in the account, and the execution's own name.
 */
public final class PlanHash {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private PlanHash() {}

  /**
   * Returns the hash: 64 lower-case hex digits.
   *
   * @param request what the payload asks for
   * @param instance the launch with what is pinned in it, or {@code null} without one
   */
  public static String of(PlanRequest request, JsonNode instance, Pins pins) {
    ObjectNode content = JSON.objectNode();
    content.set(
        "role",
        request
            .role()
            .<JsonNode>map(role -> role(role, request.lastingHash(), request.executionName()))
            .orElse(JSON.nullNode()));
    content.put("profileName", request.profileName().orElse(null));
    content.set("instance", instance == null ? JSON.nullNode() : instance);
    content.put("instanceId", request.instanceId().orElse(null));
    content.set("subnetIds", Json.of(request.subnetIds()));
    content.put("waitsUntilRunning", request.waitsUntilRunning());
    content.set("named", Json.of(request.named()));
    content.set("pins", Json.of(pins));
    return ofJson(content);
  }

  /**
   * Returns the hash of a role of a set.
   *
   * @param executionName the name of the execution, which is the creator where nobody is named
   */
  static String ofRole(RoleRequest role, String executionName, Pins pins) {
    ObjectNode content = JSON.objectNode();
    content.set("role", role(role, Optional.empty(), executionName));
    content.set("pins", Json.of(pins));
    return ofJson(content);
  }

  private static ObjectNode role(
      RoleRequest role, Optional<String> lastingHash, String executionName) {
    ObjectNode json = JSON.objectNode();
    boolean isNamed = role.names().size() == 1;
    json.put("name", isNamed ? role.names().get(0) : null);
    json.put("content", lastingHash.orElseGet(() -> role.hash().hex()));
    json.put("described", role.described());
    json.set("boundaries", Json.of(role.boundaries()));
    boolean saysWhoAsks = !role.creator().equals(Tags.value(executionName));
    json.put("creator", saysWhoAsks ? role.creator() : null);
    return json;
  }

  /** Returns the digest of JSON, whatever the order of its members. */
  static String ofJson(JsonNode json) {
    return Sha256.hex(sorted(json));
  }

  private static String sorted(JsonNode json) {
    StringBuilder text = new StringBuilder();
    append(json, text);
    return text.toString();
  }

  private static void append(JsonNode json, StringBuilder text) {
    if (json.isObject()) {
      Map<String, JsonNode> members = new TreeMap<>();
      json.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
      text.append('{');
      members.forEach(
          (name, value) -> {
            text.append(Json.text(name)).append(':');
            append(value, text);
            text.append(',');
          });
      text.append('}');
    } else if (json.isArray()) {
      text.append('[');
      json.forEach(
          element -> {
            append(element, text);
            text.append(',');
          });
      text.append(']');
    } else {
      text.append(Json.text(json));
    }
  }
}
