package spawn.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What uses instance profiles, in all regions that could be read.
 *
 * @param instancesByProfile the ids of a few of the instances that carry a profile, by the
 *     profile's unique id (AIPA…)
 * @param startersByProfile a few of the things that can still start instances with a profile, by
 *     the profile's unique id: {@code launch template lt-… in eu-west-1}
 * @param unreadableRegions the names of the regions that did not answer, each with the reason;
 *     while there is any, nothing is known to be unused
 */
public record Usage(
    Map<String, List<String>> instancesByProfile,
    Map<String, List<String>> startersByProfile,
    Map<String, String> unreadableRegions) {
  /** The usage that no region was asked for. */
  public static final Usage NOT_ASKED = new Usage(Map.of(), Map.of(), Map.of());

  /**
   * Returns the ids of a few of the instances that carry a profile; empty if none was seen.
   *
   * @param profileId the profile's unique id (AIPA…)
   */
  public List<String> instances(String profileId) {
    return instancesByProfile.getOrDefault(profileId, List.of());
  }

  /**
   * Returns a few of the things that can still start instances with a profile; empty if none was
   * seen, or none was looked for.
   *
   * @param profileId the profile's unique id (AIPA…)
   */
  public List<String> starters(String profileId) {
    return startersByProfile.getOrDefault(profileId, List.of());
  }

  /** Returns this together with what another question found. */
  public Usage and(Usage other) {
    Map<String, String> unreadable = new HashMap<>(unreadableRegions);
    unreadable.putAll(other.unreadableRegions);
    return new Usage(
        merged(instancesByProfile, other.instancesByProfile),
        merged(startersByProfile, other.startersByProfile),
        unreadable);
  }

  private static Map<String, List<String>> merged(
      Map<String, List<String>> one, Map<String, List<String>> other) {
    Map<String, List<String>> merged = new HashMap<>();
    one.forEach((profile, users) -> merged.put(profile, new ArrayList<>(users)));
    other.forEach(
        (profile, users) ->
            merged.computeIfAbsent(profile, first -> new ArrayList<>()).addAll(users));
    return merged;
  }
}
