package spawn.inventory;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.model.InstanceProfile;

/**
 * Asks every enabled region, side by side, which instance profiles its instances carry, and what
 * can still start others.
 *
 * <p>A region that does not answer is never taken for one without instances.
 */
public final class UsageScan {
  private final Regions regions;

  /**
   * Creates a scan.
   *
   * @param home EC2 in the stack's own region, which lists the others
   * @param regional EC2 in a region
   * @param executor runs the questions to the regions
   */
  public UsageScan(Ec2Client home, Function<Region, Ec2Client> regional, Executor executor) {
    this(home, regional, SideBySide.on(executor));
  }

  /**
   * Creates the same.
   *
   * @param home EC2 in the stack's own region, which lists the others
   * @param regional EC2 in a region
   * @param threads runs the questions to the regions
   */
  public UsageScan(Ec2Client home, Function<Region, Ec2Client> regional, SideBySide threads) {
    this.regions = new Regions(home, regional, threads);
  }

  /** Returns the regions that are enabled for the account. */
  public List<Region> regions() {
    return regions.enabled();
  }

  /**
   * Returns what the instances of some regions carry, in any state but terminated: an association
   * outlives a stop, and while a profile is replaced there are two (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileAssociation.html">the
   * association's states</a>).
   *
   * @param limit how long the regions may take; one that takes longer counts as unreadable
   */
  public Usage everywhere(List<Region> regions, Duration limit) {
    return ask(
        regions,
        limit,
        (ec2, carried, started) -> Carriers.listed(ec2, carried, Integer.MAX_VALUE));
  }

  /**
   * Returns the same of as many instances as the first pages of each region show. A region with
   * more of them, or one that takes longer than it may, is {@linkplain Listed#tooLarge too large}:
   * what was found there counts as use, and what was not found may still be used.
   *
   * @param pages the most pages that are read of a region, a thousand instances each
   * @param limit how long the regions may take
   */
  public Listed listed(List<Region> regions, int pages, Duration limit) {
    Set<Region> tooLarge = ConcurrentHashMap.newKeySet();
    Regions.Answers<Usage> answers =
        this.regions.askEach(
            regions,
            limit,
            region ->
                (ec2, isAwaited) -> {
                  Findings carried = new Findings(isAwaited);
                  if (!Carriers.listed(ec2, carried, pages)) {
                    tooLarge.add(region);
                  }
                  return new Usage(carried.users(), Map.of(), Map.of());
                });
    tooLarge.addAll(answers.late());
    Map<String, String> unreadable = new HashMap<>(answers.unreadable());
    answers.late().forEach(region -> unreadable.remove(region.id()));
    return new Listed(
        together(answers.answered(), unreadable),
        regions.stream().filter(tooLarge::contains).toList());
  }

  /**
   * What the instances of some regions carry, as far as it was listed.
   *
   * @param usage what was found; regions that refused are unreadable in it
   * @param tooLarge the regions that were not listed to the end
   */
  public record Listed(Usage usage, List<Region> tooLarge) {}

  /**
   * Asks regions that are too large to be listed for certain profiles only: a call for 200 of them,
   * and another one for each page that shows a profile for the first time, whatever else it shows.
   *
   * @param profiles the profiles that matter; those at the front are asked for first
   * @param limit how long the regions may take; what is not asked by then is not {@linkplain
   *     Narrowed#answered answered}, and a region that has answered nothing by then is unreadable
   */
  public Narrowed narrowly(List<Region> regions, List<InstanceProfile> profiles, Duration limit) {
    Map<Region, NarrowSearch> searches = new LinkedHashMap<>();
    regions.forEach(region -> searches.put(region, new NarrowSearch(profiles)));
    Regions.Answers<Boolean> answers =
        this.regions.askEach(
            regions,
            limit,
            region ->
                (ec2, isAwaited) -> {
                  Findings inTransition = new Findings(isAwaited);
                  Carriers.inTransition(ec2, inTransition);
                  if (isAwaited.getAsBoolean()) {
                    searches.get(region).run(ec2, inTransition);
                  }
                  return true;
                });
    Map<String, String> unreadable = new HashMap<>(answers.unreadable());
    answers.late().stream()
        .filter(region -> !searches.get(region).found().answered().isEmpty())
        .forEach(region -> unreadable.remove(region.id()));
    Map<Region, Usage> found = new LinkedHashMap<>();
    Set<String> answered = new HashSet<>();
    profiles.forEach(profile -> answered.add(profile.instanceProfileId()));
    searches.forEach(
        (region, search) -> {
          NarrowSearch.Found part = search.found();
          found.put(region, new Usage(part.users(), Map.of(), Map.of()));
          answered.retainAll(part.answered());
        });
    return new Narrowed(together(found, unreadable), answered);
  }

  /**
   * What a narrow question has come to.
   *
   * @param usage which instances carry the profiles
   * @param answered the ids of the profiles of which every region that was asked has told whether
   *     an instance carries them
   */
  public record Narrowed(Usage usage, Set<String> answered) {}

  /**
   * Returns what can still start instances with some profiles, though no instance need carry them.
   * It costs four calls and more for each region, so it is asked only where something may go.
   *
   * @param limit how long the regions may take; one that takes longer counts as unreadable
   */
  public Usage startersOf(
      List<Region> regions, Collection<InstanceProfile> profiles, Duration limit) {
    return profiles.isEmpty()
        ? Usage.NOT_ASKED
        : ask(
            regions, limit, (ec2, carried, started) -> new Starters(ec2, profiles, started).find());
  }

  /**
   * Returns which of some profiles instances carry, asked of the instances themselves, and what can
   * still start others with them. Slower than {@link #everywhere}, so it is asked only of what is
   * about to be deleted.
   *
   * @param limit how long the regions may take; one that takes longer counts as unreadable
   */
  public Usage ofProfiles(
      List<Region> regions, Collection<InstanceProfile> profiles, Duration limit) {
    return profiles.isEmpty()
        ? Usage.NOT_ASKED
        : ask(
            regions,
            limit,
            (ec2, carried, started) -> {
              Carriers.of(profiles, ec2, carried);
              if (started.isAwaited()) {
                new Starters(ec2, profiles, started).find();
              }
            });
  }

  /**
   * Returns which of some profiles instances carry, asked of the instances themselves: one call for
   * each region, and one more for each further page.
   *
   * @param limit how long the regions may take; one that takes longer counts as unreadable
   */
  public Usage instancesOf(
      List<Region> regions, Collection<InstanceProfile> profiles, Duration limit) {
    return profiles.isEmpty()
        ? Usage.NOT_ASKED
        : ask(regions, limit, (ec2, carried, started) -> Carriers.of(profiles, ec2, carried));
  }

  /** Asks one region, and puts what it finds where it belongs. */
  @FunctionalInterface
  private interface Question {
    void ask(Ec2Client ec2, Findings carried, Findings started);
  }

  private Usage ask(List<Region> asked, Duration limit, Question question) {
    Regions.Answers<Usage> answers =
        regions.ask(
            asked,
            limit,
            (ec2, isAwaited) -> {
              Findings carried = new Findings(isAwaited);
              Findings started = new Findings(isAwaited);
              question.ask(ec2, carried, started);
              return new Usage(carried.users(), started.users(), Map.of());
            });
    return together(answers.answered(), answers.unreadable());
  }

  private static Usage together(Map<Region, Usage> found, Map<String, String> unreadable) {
    Findings carried = new Findings(() -> true);
    Findings started = new Findings(() -> true);
    found.forEach(
        (region, usage) -> {
          add(usage.instancesByProfile(), "", carried);
          add(usage.startersByProfile(), " in " + region.id(), started);
        });
    return new Usage(carried.users(), started.users(), unreadable);
  }

  private static void add(Map<String, List<String>> found, String where, Findings all) {
    found.forEach((profile, users) -> users.forEach(user -> all.add(profile, user + where)));
  }
}
