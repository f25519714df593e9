package spawn.cleanup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
  private final int pages;

  private final List<Region> regions = new ArrayList<>();
  private final Map<String, String> unread = new TreeMap<>();
  private final List<Region> tooLarge = new ArrayList<>();
  private final Set<String> answered = new HashSet<>();

  /**
   * Creates the regions of a run; asks nothing yet.
   *
   * @param askedFor the names of the only regions to look at, or none for all
   * @param budget the run's time: each question may take half of what is left of it
   * @param pages the most pages of instances that are listed of a region
   */
  RunRegions(UsageScan scan, Set<String> askedFor, RunBudget budget, int pages) {
    this.scan = scan;
    this.askedFor = askedFor;
    this.budget = budget;
    this.pages = pages;
  }

  /**
   * Lists the regions and asks each what its instances carry.
   *
   * @throws InvalidRequest if the account has not enabled a region that is asked for
   */
  Usage usage() {
    choose(scan.regions());
    UsageScan.Listed listed = scan.listed(regions, pages, budget.halfOfTheRest());
    tooLarge.addAll(listed.tooLarge());
    return withUnread(listed.usage());
  }

  /**
   * Asks the regions that are too large to be listed which of some profiles their instances carry.
   *
   * @param profiles the profiles that nothing uses so far, in the order in which they matter
   * @param isAllOrNone whether an answer for some of them is of no use, since all of their roles go
   *     or none: then a region that has not answered for all counts as not read
   */
  Usage narrowly(List<InstanceProfile> profiles, boolean isAllOrNone) {
    if (tooLarge.isEmpty() || profiles.isEmpty()) {
      return withUnread(Usage.NOT_ASKED);
    }
    UsageScan.Narrowed narrowed = scan.narrowly(tooLarge, profiles, budget.halfOfTheRest());
    answered.addAll(narrowed.answered());
    if (isAllOrNone && !profiles.stream().allMatch(this::haveAnsweredFor)) {
      tooLarge.forEach(
          region ->
              unread.putIfAbsent(
                  region.id(),
                  "it has too many instances to list, and there was no time to ask it for every profile"));
    }
    return withUnread(narrowed.usage());
  }

  /** Returns whether every region that was read has told whether its instances carry a profile. */
  boolean haveAnsweredFor(InstanceProfile profile) {
    return tooLarge.isEmpty() || answered.contains(profile.instanceProfileId());
  }

  /**
   * Returns why a role stays for this run although nothing was found that uses it: a large region
   * has not been asked for its profile.
   */
  Optional<Decision.Keep> notAskedFor(Candidate role) {
    return role.profiles().stream().allMatch(this::haveAnsweredFor)
        ? Optional.empty()
        : Optional.of(
            new Decision.Keep(
                KeepReason.POSTPONED,
                "this run had no time to ask %s for its profile, where there are too many instances to list"
                    .formatted(
                        tooLarge.stream().map(Region::id).collect(Collectors.joining(", ")))));
  }

  /** Asks what can still start instances with some profiles. Without profiles nothing is asked. */
  Usage starters(List<InstanceProfile> profiles) {
    return withUnread(scan.startersOf(regions, profiles, budget.halfOfTheRest()));
  }

  /**
   * Asks the instances themselves which of them carry a profile that holds one of some roles, and
   * what can still start others with it.
   */
  Usage usageOf(List<Candidate> roles) {
    return withUnread(scan.ofProfiles(regions, profiles(roles), budget.halfOfTheRest()));
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
