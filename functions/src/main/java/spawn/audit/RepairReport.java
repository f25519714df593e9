package spawn.audit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import spawn.role.Drift;
import spawn.role.RepairOutcome;
import spawn.role.RepairedRole;

/**
 * What a repair found and did.
 *
 * @param dryRun whether it changed nothing
 * @param looked how many roles it looked at
 * @param roles those that had drifted, by name
 * @param missing names that were asked for, and that no role under the path has
 * @param stopped why it ended before it had looked at all, if it did
 * @param after the name of the last role that it looked at, if it stopped
 */
public record RepairReport(
    boolean dryRun,
    int looked,
    List<RepairedRole> roles,
    List<String> missing,
    Optional<String> stopped,
    Optional<String> after) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Returns how many of the roles have an outcome. */
  public long count(RepairOutcome outcome) {
    return roles.stream().filter(role -> role.outcome() == outcome).count();
  }

  /** Returns all counts by the names of their metrics. */
  public Map<String, Double> metrics() {
    return Map.of(
        "RepairRepaired", (double) count(RepairOutcome.REPAIRED),
        "RepairLeft", (double) count(RepairOutcome.LEFT),
        "RepairFailed", (double) count(RepairOutcome.FAILED));
  }

  /** Returns the report as JSON: the function's answer, and a line of its log. */
  public ObjectNode toJson() {
    ObjectNode document = JSON.objectNode().put("dryRun", dryRun);
    stopped.ifPresent(why -> document.put("stopped", why));
    after.ifPresent(name -> document.put("after", name));
    ObjectNode counts = document.putObject("counts").put("looked", looked);
    for (RepairOutcome outcome : RepairOutcome.values()) {
      counts.put(word(outcome), count(outcome));
    }
    if (!missing.isEmpty()) {
      missing.forEach(document.putArray("missing")::add);
    }
    ArrayNode all = document.putArray("roles");
    for (RepairedRole role : roles) {
      ObjectNode one =
          all.addObject().put("role", role.role()).put("outcome", word(role.outcome()));
      ArrayNode drift = one.putArray("drift");
      for (Drift each : role.drifts()) {
        drift.addObject().put("kind", each.kind().name()).put("detail", each.detail());
      }
      role.changes().forEach(one.putArray("changes")::add);
      if (!role.detail().isEmpty()) {
        one.put("reason", role.detail());
      }
    }
    return document;
  }

  private static String word(RepairOutcome outcome) {
    return switch (outcome) {
      case REPAIRED -> "repaired";
      case WOULD_REPAIR -> "wouldRepair";
      case LEFT -> "left";
      case FAILED -> "failed";
    };
  }
}
