package spawn.cleanup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.role.KnownRole;
import spawn.role.Tags;

/**
 * Looks at every role under spawn's path, marks those that nothing uses, and deletes those that
 * have stayed so since they were marked.
 *
 * <p>Launches and sweeps never lock each other: a launch leaves a lease of an hour, a sweep a mark
 * of a quarter of an hour, and each waits far longer than IAM takes to show what the other has
 * written. A launch that read the role before the mark was visible has written its lease long
 * before the deletion looks for one; a launch that saw the mark has taken another role.
 */
public final class Sweep {
  private final IamClient iam;
  private final UsageScan scan;
  private final Clock clock;
  private final SweepTerms terms;
  private final RoleDeletion deletion;

  /**
   * Creates the sweep of one account.
   *
   * @param log takes each role, as a payload that makes it again, before it is deleted
   */
  public Sweep(
      IamClient iam, UsageScan scan, Clock clock, SweepTerms terms, Consumer<ObjectNode> log) {
    this.iam = iam;
    this.scan = scan;
    this.clock = clock;
    this.terms = terms;
    this.deletion = new RoleDeletion(iam, log);
  }

  /**
   * Sweeps once. Nothing but AWS's present state decides; one role's failure does not stop the
   * others.
   */
  public SweepReport sweep(SweepRequest request) {
    Instant now = clock.instant();
    Map<String, List<InstanceProfile>> profilesByRole = new HashMap<>();
    List<InstanceProfile> empty = new ArrayList<>();
    for (InstanceProfile profile :
        iam.listInstanceProfilesPaginator(list -> list.maxItems(1000)).instanceProfiles()) {
      profile
          .roles()
          .forEach(
              role ->
                  profilesByRole
                      .computeIfAbsent(role.roleName(), first -> new ArrayList<>())
                      .add(profile));
      if (profile.roles().isEmpty() && profile.path().equals(Tags.PATH)) {
        empty.add(profile);
      }
    }
    List<Candidate> roles = new ArrayList<>();
    for (Role role :
        iam.listRolesPaginator(list -> list.pathPrefix(Tags.PATH).maxItems(1000)).roles()) {
      roles.add(Candidate.of(role, profilesByRole.getOrDefault(role.roleName(), List.of())));
    }
    List<Region> regions = scan.regions();
    Usage usage = scan.everywhere(regions);
    Verdicts verdicts = new Verdicts(terms, new HashSet<>(request.roleNames()), now);

    Map<String, RoleReport> reports = new TreeMap<>();
    List<Candidate> ripe = new ArrayList<>();
    for (Candidate role : roles) {
      RoleReport report = isolated(role, () -> firstLook(role, verdicts, usage, request, ripe));
      reports.put(role.name(), report);
    }
    Usage lastLook = scan.ofProfiles(regions, profileArns(ripe));
    for (Candidate role : ripe) {
      reports.put(role.name(), isolated(role, () -> secondLook(role, verdicts, lastLook, request)));
    }
    Map<String, String> unreadable = new TreeMap<>(usage.unreadableRegions());
    unreadable.putAll(lastLook.unreadableRegions());
    if (!request.dryRun() && unreadable.isEmpty()) {
      removeOrphans(empty, usage, now, reports);
    }
    return new SweepReport(request.dryRun(), unreadable, List.copyOf(reports.values()));
  }

  private RoleReport firstLook(
      Candidate role, Verdicts verdicts, Usage usage, SweepRequest request, List<Candidate> ripe) {
    Optional<Decision.Keep> keep = verdicts.byListing(role, usage);
    if (keep.isPresent()) {
      return RoleReport.of(role.name(), keep.get());
    }
    Optional<KnownRole> found = find(role.name());
    if (found.isEmpty()) {
      return new RoleReport(
          role.name(), "deleted", "it was gone before the sweep came to it", false);
    }
    Decision decision = verdicts.byTags(role, found.get());
    if (decision instanceof Decision.Delete) {
      ripe.add(role);
    } else if (!request.dryRun()) {
      carryOut(decision, role.name());
    }
    return RoleReport.of(role.name(), decision);
  }

  /** Asks the instances themselves, and then the role once more, right before it is deleted. */
  private RoleReport secondLook(
      Candidate role, Verdicts verdicts, Usage usage, SweepRequest request) {
    Optional<Decision.Keep> keep = verdicts.byListing(role, usage);
    Optional<KnownRole> found = find(role.name());
    if (found.isEmpty()) {
      return new RoleReport(
          role.name(), "deleted", "it was gone before the sweep came to it", false);
    }
    Decision decision =
        keep.<Decision>map(
                reason ->
                    usage.unreadableRegions().isEmpty()
                        ? new Decision.Unmark(reason.reason())
                        : reason)
            .orElseGet(() -> verdicts.byTags(role, found.get()));
    if (request.dryRun()) {
      return RoleReport.of(role.name(), decision);
    }
    if (decision instanceof Decision.Delete) {
      return deletion
          .delete(found.get(), role.profiles())
          .map(reason -> RoleReport.of(role.name(), new Decision.Keep(reason, false)))
          .orElseGet(() -> RoleReport.of(role.name(), decision));
    }
    carryOut(decision, role.name());
    return RoleReport.of(role.name(), decision);
  }

  private void carryOut(Decision decision, String role) {
    if (decision instanceof Decision.Mark) {
      iam.tagRole(
          tag ->
              tag.roleName(role)
                  .tags(
                      Tag.builder().key(Tags.DELETING).value(clock.instant().toString()).build()));
    } else if (decision instanceof Decision.Unmark) {
      iam.untagRole(untag -> untag.roleName(role).tagKeys(Tags.DELETING));
    }
  }

  /**
   * A deletion that stopped between emptying a profile and removing it leaves one; nothing else
   * would ever look at it. One that IAM refuses to remove, since a launch has just filled it, or
   * for any other reason, is reported and comes up again.
   */
  private void removeOrphans(
      List<InstanceProfile> empty, Usage usage, Instant now, Map<String, RoleReport> reports) {
    for (InstanceProfile profile : empty) {
      try {
        removeIfOrphan(profile, usage, now);
      } catch (SdkException failure) {
        String name = profile.instanceProfileName();
        reports.put(
            name,
            RoleReport.failed(
                name, "its instance profile, left without it, stays: " + failure.getMessage()));
      }
    }
  }

  private void removeIfOrphan(InstanceProfile profile, Usage usage, Instant now) {
    if (profile.createDate().isBefore(now.minus(terms.youth()))
        && usage.instances(profile.instanceProfileId()).isEmpty()
        && find(profile.instanceProfileName()).isEmpty()) {
      deletion.deleteOrphan(profile);
    }
  }

  private Optional<KnownRole> find(String name) {
    try {
      return Optional.of(KnownRole.of(iam.getRole(get -> get.roleName(name)).role()));
    } catch (NoSuchEntityException absent) {
      return Optional.empty();
    }
  }

  private static Map<String, String> profileArns(List<Candidate> roles) {
    Map<String, String> idsByArn = new TreeMap<>();
    roles.forEach(
        role ->
            role.profiles()
                .forEach(profile -> idsByArn.put(profile.arn(), profile.instanceProfileId())));
    return idsByArn;
  }

  private static RoleReport isolated(Candidate role, java.util.function.Supplier<RoleReport> look) {
    try {
      return look.get();
    } catch (SdkException failure) {
      return RoleReport.failed(role.name(), failure.getMessage());
    }
  }
}
