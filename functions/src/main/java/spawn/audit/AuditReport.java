package spawn.audit;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an audit found.
 *
 * @param at when it looked
 * @param path the stack's path, under which it looked
 * @param services whether it was asked which services they have used
 * @param roles the roles, what is wrong first, then by name
 * @param missing names that were asked for, and that no role under the path has
 * @param unread the roles that could not be read, with what AWS answered
 * @param unreadableRegions the regions that were not read, with the reason: instances there may
 *     carry any role
 * @param stopped why it ended before it had looked at all, if it did
 * @param after the name of the last role that it looked at, if it stopped
 */
public record AuditReport(
    Instant at,
    String path,
    boolean services,
    List<AuditedRole> roles,
    List<String> missing,
    Map<String, String> unread,
    Map<String, String> unreadableRegions,
    Optional<String> stopped,
    Optional<String> after) {
  /** Returns how many roles are in each state. */
  public Map<RoleState, Long> byState() {
    Map<RoleState, Long> counts = new EnumMap<>(RoleState.class);
    for (RoleState state : RoleState.values()) {
      counts.put(state, roles.stream().filter(role -> role.state() == state).count());
    }
    return counts;
  }

  /** Returns how many roles are someone else's now, or without their limit. */
  public long worst() {
    return roles.stream().filter(AuditedRole::isWorst).count();
  }

  /** Returns the names of the roles that differ from what they were made with. */
  public List<String> drifted() {
    return roles.stream()
        .filter(role -> role.state() == RoleState.DRIFTED)
        .map(role -> role.role().name())
        .toList();
  }

  /** Returns all counts by the names of their metrics: {@code AuditRoles}, {@code AuditDrifted}. */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("AuditRoles", (double) roles.size());
    byState().forEach((state, count) -> metrics.put(state.metric(), (double) count));
    metrics.put("AuditTrustOrBoundary", (double) worst());
    metrics.put("AuditUnread", (double) (unread.size() + unreadableRegions.size()));
    metrics.put("AuditStopped", stopped.isPresent() ? 1.0 : 0.0);
    return metrics;
  }
}
