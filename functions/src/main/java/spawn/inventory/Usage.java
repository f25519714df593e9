package spawn.inventory;

import java.util.List;
import java.util.Map;

/**
 * Which instance profiles are on instances, in all regions that could be read.
 *
 * @param instancesByProfile the ids of a few of the instances that carry a profile, by the
 *     profile's unique id (AIPA…)
 * @param unreadableRegions the names of the regions that did not answer, each with the reason;
 *     while there is any, nothing is known to be unused
 */
public record Usage(
    Map<String, List<String>> instancesByProfile, Map<String, String> unreadableRegions) {
  /**
   * Returns the ids of a few of the instances that carry a profile; empty if none was seen.
   *
   * @param profileId the profile's unique id (AIPA…)
   */
  public List<String> instances(String profileId) {
    return instancesByProfile.getOrDefault(profileId, List.of());
  }
}
