package spawn.cleanup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;

/**
 * What a sweep found and did.
 *
 * @param dryRun whether it only looked: what it says it would have marked or deleted is untouched
 * @param unreadableRegions the regions that could not be read, with the reason; with any, nothing
 *     was marked or deleted
 * @param roles every role under spawn's path, by name
 */
public record SweepReport(
    boolean dryRun, Map<String, String> unreadableRegions, List<RoleReport> roles) {
  /**
   * Returns whether another sweep, a while later, would find more to do without anything else
   * happening.
   */
  @JsonIgnore
  public boolean isPending() {
    return roles.stream().anyMatch(RoleReport::pending);
  }
}
