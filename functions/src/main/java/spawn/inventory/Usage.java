package spawn.inventory;

import java.util.List;
import java.util.Map;

/**
 * Which instance profiles instances carry, in all regions that could be read.
 *
 * @param instancesByProfile a few of the instances that carry a profile, by the profile's unique id
 *     (AIPA…)
 * @param unreadableRegions the regions that did not answer, each with the reason; while there is
 *     any, nothing is known to be unused
 */
public record Usage(
    Map<String, List<String>> instancesByProfile, Map<String, String> unreadableRegions) {
  /** Returns a few of the instances that carry a profile, by its unique id; empty if none does. */
  public List<String> instances(String profileId) {
    return instancesByProfile.getOrDefault(profileId, List.of());
  }
}
