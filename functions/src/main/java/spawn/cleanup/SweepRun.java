package spawn.cleanup;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.DeleteConflictException;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;
import spawn.error.InvalidRequest;
import spawn.inventory.Candidate;
import spawn.inventory.Inventory;
import spawn.inventory.Usage;
import spawn.inventory.UsageScan;
import spawn.role.KnownRole;
import spawn.role.Tags;

/**
 * One run of the sweep: what it has found so far, and how far it came.
 *
 * <p>It costs a call for each page of the listings and for each region, and two for each role that
 * could go; a role that is in use costs none.
 */
final class SweepRun {
  private final IamClient iam;
  private final UsageScan scan;
  private final Clock clock;
  private final SweepLimits limits;
  private final SweepRequest request;
  private final Instant deadline;
  private final Verdicts verdicts;
  private final RoleDeletion deletion;

  private final Map<String, RoleReport> roles = new TreeMap<>();
  private final Map<String, ProfileReport> profiles = new TreeMap<>();
  private final Map<String, String> unreadable = new TreeMap<>();
  private final List<String> stops = new ArrayList<>();
  private final List<String> throttled = new ArrayList<>();
  private final List<String> alarms = new ArrayList<>();
  private final List<String> setInUse = new ArrayList<>();

  SweepRun(
      IamClient iam,
      UsageScan scan,
      Clock clock,
      SweepLimits limits,
      SweepRequest request,
      Instant deadline,
      Verdicts verdicts,
      RoleDeletion deletion) {
    this.iam = iam;
    this.scan = scan;
    this.clock = clock;
    this.limits = limits;
    this.request = request;
    this.deadline = deadline;
    this.verdicts = verdicts;
    this.deletion = deletion;
  }

  /**
   * Sweeps and tells. What cannot be listed at all ends the run, but for being asked to slow down.
   */
  SweepReport report() {
    try {
      sweep();
    } catch (SdkException failure) {
      if (!isThrottling(failure)) {
        throw failure;
      }
      stops.add("while it listed roles and regions: " + failure.getMessage());
    }
    return new SweepReport(
        request.dryRun(),
        unreadable,
        stops.stream().findFirst().orElse(null),
        alarms.stream().findFirst().orElse(null),
        List.copyOf(roles.values()),
        List.copyOf(profiles.values()));
  }

  private void sweep() {
    Inventory inventory = Inventory.of(iam);
    List<Region> regions = askedFor(scan.regions());
    Usage usage = read(scan.everywhere(regions, regionLimit()));
    List<Candidate> candidates = new ArrayList<>();
    Map<String, KnownRole> ofSet = new TreeMap<>();
    request.roleSet().ifPresent(set -> ofSet.putAll(ofSet(set, inventory.roles())));
    for (Candidate role : inventory.roles()) {
      if (request.roleSet().isEmpty() || ofSet.containsKey(role.name())) {
        verdicts
            .byListing(role, usage)
            .ifPresentOrElse(
                keep -> keep(role, keep, Optional.ofNullable(ofSet.get(role.name()))),
                () -> candidates.add(role));
      }
    }
    setInUse.addAll(inUse(candidates, ofSet));
    request.roleNames().stream()
        .filter(name -> inventory.roles().stream().noneMatch(role -> role.name().equals(name)))
        .forEach(name -> put(RoleReport.failed(name, "there is no such role under " + Tags.PATH)));
    List<Candidate> ripe = firstLook(fairly(candidates));
    Optional<String> alarm = alarm(inventory, ripe);
    if (alarm.isPresent()) {
      alarms.add(alarm.get());
      ripe.forEach(
          role ->
              put(new Decision.Keep(KeepReason.MOST_WOULD_GO, alarm.get()).report(role.name())));
    } else {
      lastLook(ripe, regions);
    }
    if (unreadable.isEmpty() && !request.isForSome()) {
      removeOrphans(inventory.emptyProfiles(), usage);
    }
  }

  /** A role of a set that is in use after all bears no mark any more: its set goes on using it. */
  private void keep(Candidate role, Decision.Keep keep, Optional<KnownRole> ofSet) {
    if (keep.reason().isUse() && ofSet.filter(KnownRole::isMarked).isPresent()) {
      one(
          role,
          deadline,
          () -> carriedOut(new Decision.Unmark(keep.reason(), keep.detail()), role));
    } else {
      put(keep.report(role.name()));
    }
  }

  /** Returns the roles that carry a set's tag, which the listing does not show. */
  private Map<String, KnownRole> ofSet(String set, List<Candidate> listed) {
    Map<String, KnownRole> ofSet = new TreeMap<>();
    listed.stream()
        .map(Candidate::name)
        .filter(name -> name.startsWith(set + "-"))
        .flatMap(name -> find(name).stream())
        .filter(role -> role.set().equals(Optional.of(set)))
        .forEach(role -> ofSet.put(role.name(), role));
    return ofSet;
  }

  /**
   * A set goes as a whole or not at all, so each of its roles is looked at before any is marked.
   */
  private List<String> inUse(List<Candidate> candidates, Map<String, KnownRole> ofSet) {
    if (ofSet.isEmpty()) {
      return List.of();
    }
    List<RoleReport> reports = new ArrayList<>(roles.values());
    candidates.forEach(
        role -> reports.add(verdicts.byTags(role, ofSet.get(role.name())).report(role.name())));
    return reports.stream().filter(RoleReport::isUse).map(RoleReport::role).toList();
  }

  /** A region that the call leaves out is one that was not read: what is in it may use any role. */
  private List<Region> askedFor(List<Region> enabled) {
    if (request.regions().isEmpty()) {
      return enabled;
    }
    List<String> unknown =
        request.regions().stream()
            .filter(name -> !enabled.contains(Region.of(name)))
            .sorted()
            .toList();
    if (!unknown.isEmpty()) {
      throw new InvalidRequest(
          "$.regions",
          "These are no regions that the account has enabled: %s."
              .formatted(String.join(", ", unknown)));
    }
    enabled.stream()
        .filter(region -> !request.regions().contains(region.id()))
        .forEach(region -> unreadable.put(region.id(), "the call leaves it out"));
    return enabled.stream().filter(region -> request.regions().contains(region.id())).toList();
  }

  private Usage read(Usage usage) {
    unreadable.putAll(usage.unreadableRegions());
    return new Usage(usage.instancesByProfile(), Map.copyOf(new TreeMap<>(unreadable)));
  }

  /**
   * Begins somewhere else in every run: one that has no time for all of them must not always leave
   * out the same.
   */
  private List<Candidate> fairly(List<Candidate> candidates) {
    if (!candidates.isEmpty()) {
      Collections.rotate(
          candidates, new SplittableRandom(clock.millis()).nextInt(candidates.size()));
    }
    return candidates;
  }

  /**
   * Reads the roles that could go, marks and unmarks; returns those that are to be deleted. Takes
   * half of the time at most: however many there are to read, some are deleted.
   */
  private List<Candidate> firstLook(List<Candidate> candidates) {
    Instant now = clock.instant();
    Instant halfTime = now.plus(Duration.between(now, deadline).dividedBy(2));
    List<Candidate> ripe = new ArrayList<>();
    for (Candidate role : candidates) {
      one(role, halfTime, () -> firstLook(role, ripe));
    }
    return ripe;
  }

  private RoleReport firstLook(Candidate role, List<Candidate> ripe) {
    Optional<KnownRole> found = find(role.name());
    if (found.isEmpty()) {
      return RoleReport.gone(role.name());
    }
    Decision decision = decided(role, found.get());
    if (decision instanceof Decision.Delete) {
      ripe.add(role);
      return decision.report(role.name());
    }
    return carriedOut(decision, role);
  }

  private Decision decided(Candidate role, KnownRole found) {
    return setInUse.isEmpty() || setInUse.contains(role.name())
        ? verdicts.byTags(role, found)
        : verdicts.sparing(found, String.join(", ", setInUse));
  }

  private Optional<String> alarm(Inventory inventory, List<Candidate> ripe) {
    if (request.mayDeleteMost() || request.isForSome()) {
      return Optional.empty();
    }
    long all = established(inventory.roles());
    long going = established(ripe);
    return going > SweepLimits.HANDFUL && going > all / 2
        ? Optional.of(
            "%d of %d roles older than a day would go at once, so none does; {\"mayDeleteMost\": true} in a direct call lets them go"
                .formatted(going, all))
        : Optional.empty();
  }

  private long established(List<Candidate> some) {
    Instant before = clock.instant().minus(SweepLimits.ESTABLISHED);
    return some.stream().filter(role -> role.created().isBefore(before)).count();
  }

  /** Asks the instances themselves, and then each role once more, right before it is deleted. */
  private void lastLook(List<Candidate> ripe, List<Region> regions) {
    List<Candidate> due = ripe.subList(0, Math.min(ripe.size(), limits.deletions()));
    ripe.subList(due.size(), ripe.size())
        .forEach(
            role ->
                put(
                    RoleReport.postponed(
                        role.name(),
                        "unused, but a run deletes no more than %d roles"
                            .formatted(limits.deletions()))));
    List<String> profileArns =
        due.stream().flatMap(role -> role.profiles().stream()).map(InstanceProfile::arn).toList();
    Usage usage = read(scan.ofProfiles(regions, profileArns, regionLimit()));
    if (request.roleSet().isPresent()) {
      due.stream()
          .filter(role -> verdicts.byListing(role, usage).isPresent())
          .forEach(role -> setInUse.add(role.name()));
    }
    for (Candidate role : due) {
      one(role, deadline, () -> lastLook(role, usage));
    }
  }

  private RoleReport lastLook(Candidate role, Usage usage) {
    Optional<KnownRole> found = find(role.name());
    if (found.isEmpty()) {
      return RoleReport.gone(role.name());
    }
    Decision decision =
        verdicts
            .byListing(role, usage)
            .<Decision>map(keep -> unlessUnknown(keep, usage))
            .orElseGet(() -> decided(role, found.get()));
    if (decision instanceof Decision.Delete && !request.dryRun()) {
      return deletion
          .delete(found.get(), role.profiles())
          .map(arn -> foreign(arn).report(role.name()))
          .orElseGet(() -> decision.report(role.name()));
    }
    return carriedOut(decision, role);
  }

  private static Decision unlessUnknown(Decision.Keep keep, Usage usage) {
    return usage.unreadableRegions().isEmpty()
        ? new Decision.Unmark(keep.reason(), keep.detail())
        : keep;
  }

  private static Decision foreign(String profileArn) {
    return new Decision.Keep(
        KeepReason.FOREIGN_PROFILE,
        "it sits in a profile that lacks the tag " + Tags.MANAGED + "=true: " + profileArn);
  }

  private RoleReport carriedOut(Decision decision, Candidate role) {
    if (!request.dryRun()) {
      if (decision instanceof Decision.Mark) {
        String now = clock.instant().toString();
        iam.tagRole(
            tag ->
                tag.roleName(role.name())
                    .tags(Tag.builder().key(Tags.DELETING).value(now).build()));
      } else if (decision instanceof Decision.Unmark) {
        iam.untagRole(untag -> untag.roleName(role.name()).tagKeys(Tags.DELETING));
      }
    }
    return decision.report(role.name());
  }

  /**
   * A launch or a deletion that stopped half-way leaves a profile without a role; nothing else
   * would ever look at it. Whoever fills it at this moment is safe: IAM deletes no profile that
   * holds a role.
   */
  private void removeOrphans(List<InstanceProfile> empty, Usage usage) {
    for (InstanceProfile profile : empty) {
      String name = profile.instanceProfileName();
      List<String> instances = usage.instances(profile.instanceProfileId());
      if (verdicts.isYoung(profile.createDate())) {
        put(name, Verdict.KEPT, "too young: made at " + profile.createDate());
      } else if (!instances.isEmpty()) {
        put(name, Verdict.KEPT, "carried by " + String.join(", ", instances));
      } else if (isOver(deadline, "profile " + name)) {
        put(name, Verdict.KEPT, "the run ended before its turn");
      } else {
        removeOrphan(name);
      }
    }
  }

  private void removeOrphan(String name) {
    try {
      if (!deletion.isManaged(name)) {
        put(name, Verdict.KEPT, "it lacks the tag " + Tags.MANAGED + "=true");
        return;
      }
      if (!request.dryRun()) {
        deletion.deleteOrphan(name);
      }
      put(name, Verdict.DELETED, "it holds no role");
    } catch (DeleteConflictException filledMeanwhile) {
      put(name, Verdict.KEPT, "a role was put into it while the sweep looked");
    } catch (SdkException failure) {
      stopIfThrottled("profile " + name, failure);
      put(name, Verdict.FAILED, failure.getMessage());
    }
  }

  /** Does one role's work, unless the run is over; its failure is its own. */
  private void one(Candidate role, Instant until, Supplier<RoleReport> work) {
    if (isOver(until, "role " + role.name())) {
      put(RoleReport.postponed(role.name(), "the run ended before its turn"));
      return;
    }
    try {
      put(work.get());
    } catch (SdkException failure) {
      put(
          stopIfThrottled("role " + role.name(), failure)
              ? RoleReport.postponed(role.name(), failure.getMessage())
              : RoleReport.failed(role.name(), failure.getMessage()));
    }
  }

  private boolean isOver(Instant until, String next) {
    if (!throttled.isEmpty()) {
      return true;
    }
    if (clock.instant().isBefore(until)) {
      return false;
    }
    stops.add("before %s: the time was over".formatted(next));
    return true;
  }

  private boolean stopIfThrottled(String at, SdkException failure) {
    if (!isThrottling(failure)) {
      return false;
    }
    throttled.add(at);
    stops.add("at %s: AWS asks to slow down: %s".formatted(at, failure.getMessage()));
    return true;
  }

  private static boolean isThrottling(SdkException failure) {
    return AwsErrors.kind(failure) == AnswerKind.THROTTLED;
  }

  private Duration regionLimit() {
    Duration left = Duration.between(clock.instant(), deadline);
    Duration limit = left.compareTo(limits.region()) < 0 ? left : limits.region();
    return limit.isNegative() ? Duration.ZERO : limit;
  }

  private Optional<KnownRole> find(String name) {
    try {
      return Optional.of(KnownRole.of(iam.getRole(get -> get.roleName(name)).role()));
    } catch (NoSuchEntityException absent) {
      return Optional.empty();
    }
  }

  private void put(RoleReport report) {
    roles.put(report.role(), report);
  }

  private void put(String profile, Verdict verdict, String reason) {
    profiles.put(profile, new ProfileReport(profile, verdict, reason));
  }
}
