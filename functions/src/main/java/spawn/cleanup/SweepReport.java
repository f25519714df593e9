package spawn.cleanup;

import java.util.List;
import java.util.Map;
import spawn.json.AsJson;
import spawn.json.Json;

/**
 * What a sweep found and did.
 *
 * @param dryRun whether it only looked: what it says it would have marked or deleted is untouched
 * @param unreadableRegions the regions that were not read, with the reason; with any, nothing was
 *     marked or deleted
 * @param stopped where and why the run ended before its work was done; the next run goes on
 * @param alarm why nothing was deleted although much was due; an operator has to look
 * @param roles every role under spawn's path, by name
 * @param profiles the instance profiles that were left without a role, by name
 */
public record SweepReport(
    boolean dryRun,
    Map<String, String> unreadableRegions,
    String stopped,
    String alarm,
    List<RoleReport> roles,
    List<ProfileReport> profiles)
    implements AsJson {
  @Override
  public Object asJson() {
    return Json.members(this, "stopped", "alarm");
  }

  /** Returns the report where no sweep took place. */
  public static SweepReport ofNothing(String reason) {
    return new SweepReport(true, Map.of(), reason, null, List.of(), List.of());
  }

  /**
   * Returns whether another sweep, a while later, would find more to do without anything else
   * happening. A dry run leaves nothing to do.
   */
  public boolean isPending() {
    return !dryRun
        && (stopped != null
            || roles.stream().anyMatch(RoleReport::pending)
            || profiles.stream().anyMatch(profile -> profile.verdict() == Verdict.FAILED));
  }

  /**
   * Returns whether the sweep has left roles to the next one that it could have read or deleted,
   * had it had more time or a higher limit.
   */
  public boolean isBehind() {
    return !dryRun && roles.stream().anyMatch(role -> role.code() == KeepReason.POSTPONED);
  }

  /** Returns the report without the roles that stay as they are, to fit into a line of the log. */
  public SweepReport ofChanges() {
    return new SweepReport(
        dryRun,
        unreadableRegions,
        stopped,
        alarm,
        roles.stream().filter(role -> role.verdict() != Verdict.KEPT).toList(),
        profiles);
  }
}
