package spawn.cleanup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.error.InvalidRequest;
import spawn.inventory.Candidate;
import spawn.inventory.Usage;
import spawn.inventory.UsageScan;

/** The regions that a run looks at, and those of the account that it has not read, and why. */
final class RunRegions {
  private final UsageScan scan;
  private final Set<String> askedFor;
  private final RunBudget budget;
  private final Duration limit;

  private final List<Region> regions = new ArrayList<>();
  private final Map<String, String> unread = new TreeMap<>();

  /**
   * Creates the regions of a run; asks nothing yet.
   *
   * @param askedFor the names of the only regions to look at, or none for all
   * @param limit how long they may take to answer a question
   */
  RunRegions(UsageScan scan, Set<String> askedFor, RunBudget budget, Duration limit) {
    this.scan = scan;
    this.askedFor = askedFor;
    this.budget = budget;
    this.limit = limit;
  }

  /**
   * Lists the regions and asks each what its instances carry.
   *
   * @throws InvalidRequest if the account has not enabled a region that is asked for
   */
  Usage usage() {
    choose(scan.regions());
    return withUnread(scan.everywhere(regions, budget.timeLeft(limit)));
  }

  /** Asks what can still start instances with some profiles. Without profiles nothing is asked. */
  Usage starters(List<InstanceProfile> profiles) {
    return withUnread(scan.startersOf(regions, profiles, budget.timeLeft(limit)));
  }

  /**
   * Asks the instances themselves which of them carry a profile that holds one of some roles, and
   * what can still start others with it.
   */
  Usage usageOf(List<Candidate> roles) {
    return withUnread(scan.ofProfiles(regions, profiles(roles), budget.timeLeft(limit)));
  }

  /** Returns the profiles that hold one of some roles. */
  static List<InstanceProfile> profiles(List<Candidate> roles) {
    return roles.stream().flatMap(role -> role.profiles().stream()).toList();
  }

  /** Returns the regions that were not read, each with the reason, by name. */
  Map<String, String> unread() {
    return Collections.unmodifiableMap(unread);
  }

  /** A region that is left out counts as not read: what is in it may use any role. */
  private void choose(List<Region> enabled) {
    List<String> unknown =
        askedFor.stream().filter(name -> !enabled.contains(Region.of(name))).sorted().toList();
    if (!unknown.isEmpty()) {
      throw new InvalidRequest(
          "$.regions",
          "The account has not enabled these regions: %s.".formatted(String.join(", ", unknown)));
    }
    for (Region region : enabled) {
      if (askedFor.isEmpty() || askedFor.contains(region.id())) {
        regions.add(region);
      } else {
        unread.put(region.id(), "the call leaves it out");
      }
    }
  }

  /** Returns a usage with every region that was not read in this run, by whichever question. */
  private Usage withUnread(Usage usage) {
    unread.putAll(usage.unreadableRegions());
    return new Usage(usage.instancesByProfile(), usage.startersByProfile(), new TreeMap<>(unread));
  }
}
