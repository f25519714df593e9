package spawn.cleanup;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.inventory.Candidate;
import spawn.inventory.Inventory;
import spawn.inventory.Usage;
import spawn.inventory.UsageScan;
import spawn.role.IamAnswers;
import spawn.role.KnownRole;
import spawn.role.Owner;

/**
 * One run of the sweep: what it has found so far, and how far it has come.
 *
 * <p>It costs a call for each page of the listings and for each region, and two for each role that
 * could go; a role that is in use costs none. If any could go, each region costs four calls more.
 */
final class SweepRun {
  private final IamClient iam;
  private final Owner owner;
  private final Clock clock;
  private final SweepLimits limits;
  private final SweepRequest request;
  private final Verdicts verdicts;
  private final RunBudget budget;
  private final RoleDeletion deletion;
  private final RunRegions regions;
  private final Crew crew;
  private final OrphanProfiles orphans;
  private final Marks marks;
  private final RoleReports reports;

  SweepRun(
      IamClient iam,
      Owner owner,
      UsageScan scan,
      Clock clock,
      SweepLimits limits,
      SweepRequest request,
      Verdicts verdicts,
      RunBudget budget,
      RoleDeletion deletion,
      Crew crew) {
    this.iam = iam;
    this.owner = owner;
    this.clock = clock;
    this.limits = limits;
    this.request = request;
    this.verdicts = verdicts;
    this.budget = budget;
    this.deletion = deletion;
    this.crew = crew;
    this.regions = new RunRegions(scan, request.regions(), budget, limits.pages());
    this.orphans = new OrphanProfiles(verdicts, deletion, budget, crew, request.dryRun());
    this.marks = new Marks(iam, clock, request.dryRun());
    this.reports = new RoleReports(budget);
  }

  /**
   * Sweeps; returns what it found and did. A listing that AWS refuses ends in its exception, unless
   * AWS asks to slow down: then the report says so.
   */
  SweepReport report() {
    Optional<String> alarm = Optional.empty();
    try {
      alarm = sweep();
    } catch (SdkException failure) {
      if (!budget.stopIfThrottled("while it listed roles and regions", failure)) {
        throw failure;
      }
    }
    return new SweepReport(
        request.dryRun(),
        regions.unread(),
        budget.stopped().orElse(null),
        alarm.orElse(null),
        reports.inOrder(),
        orphans.reports());
  }

  /** Returns why nothing was deleted, if the brake was pulled. */
  private Optional<String> sweep() {
    Listing listing = list();
    RolesOfSets ofSets = listing.ofSets();
    List<Candidate> unused =
        judge(
            FirstLook.inOrder(listing.inventory().roles(), clock.instant()),
            listing,
            verdicts::byListing);
    listing =
        listing.with(
            regions.narrowly(profilesThatCouldGo(unused, listing), request.roleSet().isPresent()));
    unused =
        judge(
            unused,
            listing,
            (role, usage) -> verdicts.byListing(role, usage).or(() -> regions.notAskedFor(role)));
    listing = listing.with(regions.starters(profilesThatCouldGo(unused, listing)));
    List<Candidate> candidates =
        judge(
            unused,
            listing,
            (role, usage) ->
                verdicts.byListing(role, usage).or(() -> ofASetInAnUntaggedProfile(role, ofSets)));
    ofSets.lookForUse(reports.soFar(), candidates, verdicts);
    noteWhatIsNotThere(listing);
    List<Candidate> due = firstLook(candidates, listing);
    Optional<String> alarm = brake(due, listing);
    if (alarm.isEmpty()) {
      lastLook(due, listing);
    }
    if (regions.unread().isEmpty() && !request.isForSome()) {
      orphans.remove(
          listing.inventory().emptyProfiles(), listing.usage(), regions::haveAnsweredFor);
    }
    return alarm;
  }

  private Listing list() {
    Inventory inventory = Inventory.of(iam, owner);
    Usage usage = regions.usage();
    return new Listing(
        inventory, usage, RolesOfSets.of(request, owner, inventory.roles(), this::found));
  }

  /** Decides on those of some roles that a rule keeps; returns those that could go. */
  private List<Candidate> judge(
      List<Candidate> some,
      Listing listing,
      BiFunction<Candidate, Usage, Optional<Decision.Keep>> rule) {
    List<Candidate> candidates = new ArrayList<>();
    RolesOfSets ofSets = listing.ofSets();
    for (Candidate role : some) {
      if (!ofSets.leavesOut(role)) {
        rule.apply(role, listing.usage())
            .ifPresentOrElse(
                keep -> keep(role, ofSets.kept(role, keep)), () -> candidates.add(role));
      }
    }
    return candidates;
  }

  /** Returns the profiles of roles that could go, and the empty ones that could. */
  private List<InstanceProfile> profilesThatCouldGo(List<Candidate> unused, Listing listing) {
    Stream<InstanceProfile> empty =
        request.isForSome() || !regions.unread().isEmpty()
            ? Stream.empty()
            : listing.inventory().emptyProfiles().stream();
    return Stream.concat(
            RunRegions.profiles(unused).stream(),
            empty.filter(profile -> !verdicts.isYoung(profile.createDate())))
        .toList();
  }

  private void noteWhatIsNotThere(Listing listing) {
    listing
        .missing(request.roleNames())
        .forEach(
            name ->
                reports.note(
                    RoleReport.failed(name, "there is no such role under " + owner.path())));
  }

  private void keep(Candidate role, Decision decision) {
    if (decision.isChange()) {
      reports.guarded(
          role.name(), budget.end(), () -> decision.carryOut(role.name(), marks, Optional::empty));
    } else {
      reports.note(decision.report(role.name()));
    }
  }

  /**
   * Reads the roles that could go, marks and unmarks; returns those that are due for deletion.
   * Takes half of the time at most: however many there are to read, some are deleted.
   */
  private List<Candidate> firstLook(List<Candidate> candidates, Listing listing) {
    return new FirstLook(this::find, verdicts, marks, crew, reports)
        .due(
            candidates,
            listing.ofSets(),
            budget.halfTime(),
            (onTheirWay, due, unread) ->
                !request.readsAll()
                    && onTheirWay >= limits.enough()
                    && wouldNotBeMost(due, unread, listing));
  }

  /** Returns whether the brake stays off, whatever is true of the roles that were not read. */
  private boolean wouldNotBeMost(List<Candidate> due, List<Candidate> unread, Listing listing) {
    return request.mayDeleteMost()
        || SweepLimits.alarm(
                listing.inventory().roles(),
                Stream.concat(due.stream(), unread.stream()).toList(),
                clock.instant())
            .isEmpty();
  }

  /** Keeps all that are due if they are most of the roles; returns the alarm that says so. */
  private Optional<String> brake(List<Candidate> due, Listing listing) {
    if (request.mayDeleteMost() || request.isForSome()) {
      return Optional.empty();
    }
    Optional<String> alarm = SweepLimits.alarm(listing.inventory().roles(), due, clock.instant());
    alarm.ifPresent(
        reason ->
            due.forEach(
                role ->
                    reports.note(
                        new Decision.Keep(KeepReason.MOST_WOULD_GO, reason).report(role.name()))));
    return alarm;
  }

  /**
   * Asks the instances themselves, again what can start others, and then each role once more, right
   * before it is deleted.
   */
  private void lastLook(List<Candidate> due, Listing listing) {
    List<Candidate> waiting = listing.ofSets().waiting(due);
    List<Candidate> ready = due.stream().filter(role -> !waiting.contains(role)).toList();
    List<Candidate> now = listing.ofSets().first(limits.deletions(), ready);
    postpone(waiting, "unused, but others of its set cannot go yet");
    postpone(
        ready.stream().filter(role -> !now.contains(role)).toList(),
        "unused, but a run deletes no more than %d roles".formatted(limits.deletions()));
    Usage usage = regions.usageOf(now);
    listing.ofSets().lookAgain(now, usage, verdicts);
    crew.each(
        now,
        role ->
            reports.guarded(
                role.name(), budget.end(), () -> lookAndDelete(role, usage, listing.ofSets())));
  }

  private void postpone(List<Candidate> some, String reason) {
    some.forEach(role -> reports.note(RoleReport.postponed(role.name(), reason)));
  }

  private RoleReport lookAndDelete(Candidate role, Usage usage, RolesOfSets ofSets) {
    return find(role.name())
        .map(
            found ->
                verdicts
                    .byListing(role, usage)
                    .map(keep -> keep.unmarkingIf(usage.unreadableRegions().isEmpty()))
                    .orElseGet(() -> ofSets.decided(role, found, verdicts))
                    .carryOut(role.name(), marks, () -> delete(role, found)))
        .orElseGet(() -> RoleReport.gone(role.name()));
  }

  private Optional<Decision.Keep> delete(Candidate role, KnownRole found) {
    return request.dryRun()
        ? Optional.empty()
        : deletion.delete(
            found,
            role.profiles(),
            inline -> spared(role, verdicts.byPolicies(role, found, inline)));
  }

  /**
   * Takes the mark off a role that stays after all; its lease may be gone, then it is half-made.
   */
  private Optional<Decision.Keep> spared(Candidate role, Optional<Decision.Keep> keep) {
    keep.ifPresent(any -> marks.takeOff(role.name()));
    return keep;
  }

  /**
   * Looks at the tags of profiles, which the listing does not show, while all of the set is still
   * there: a set is removed as a whole or not at all.
   */
  private Optional<Decision.Keep> ofASetInAnUntaggedProfile(Candidate role, RolesOfSets ofSets) {
    return !ofSets.has(role)
        ? Optional.empty()
        : role.profiles().stream()
            .filter(profile -> !deletion.isManaged(profile.instanceProfileName()))
            .findAny()
            .map(InstanceProfile::arn)
            .map(RoleDeletion::inAnUntaggedProfile);
  }

  private Optional<KnownRole> find(String name) {
    return IamAnswers.found(() -> KnownRole.of(iam.getRole(get -> get.roleName(name)).role()));
  }

  private List<KnownRole> found(List<String> names) {
    List<KnownRole> found = Collections.synchronizedList(new ArrayList<>());
    crew.each(names, name -> find(name).ifPresent(found::add));
    return found;
  }
}
