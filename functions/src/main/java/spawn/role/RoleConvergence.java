package spawn.role;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.Problem;
import spawn.error.QuotaExceeded;
import spawn.error.RoleBeingDeleted;
import spawn.error.RoleConflict;
import spawn.error.RoleRevoked;
import spawn.policy.Permissions;

/**
 * Makes a role of a set hold exactly what the set asks for: it puts, attaches, detaches and deletes
 * until that is so.
 *
 * <p>What a role really holds decides, not what was asked for before. So the next run repairs what
 * a run that stopped anywhere, or a person, has left. Before the first change a role is tagged as
 * being changed, and only after the last one does its lease name it again: meanwhile no launch uses
 * it. More is granted before less is taken, so that what runs under the role never lacks what both
 * versions allow.
 *
 * <p>IAM may show an earlier state for a while (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html">changes are not
 * always immediately visible</a>). Calls that are repeated because of a late read do no harm. If
 * the role's own tag says that its content was different, everything that it should hold is
 * written, whatever the listing shows.
 */
public final class RoleConvergence {
  /** The value of {@link Tags#LEASED_ID} while a role is changed: no role has this id. */
  private static final String CHANGING = RoleStage.CHANGING_ID;

  /**
   * A lease that is over: nothing relies on the role yet, and the first launch that does renews it.
   */
  private static final String NO_LEASE = Instant.EPOCH.toString();

  private final IamRoles iam;
  private final Owner owner;
  private final RoleContent content;
  private final RoleChanges changes;
  private final Clock clock;

  /**
   * Creates the service on one account's IAM.
   *
   * @param owner the stack whose roles they are
   */
  public RoleConvergence(IamClient iam, Owner owner, Clock clock) {
    IamClient bound = IamAnswers.ofMakers(iam, clock);
    this.iam = new IamRoles(bound, owner, new AccountQuotas(bound));
    this.owner = owner;
    this.content = new RoleContent(bound);
    this.changes = new RoleChanges(this.iam, new IamSetRoles(bound));
    this.clock = clock;
  }

  /**
   * Makes the role exist with what the request asks for, and nothing else.
   *
   * @param set the name of the set; a role without its tag is not touched
   * @param planOnly whether only to say what would be changed
   * @throws RoleConflict if the name belongs to a role that is not of this set, or whose trust
   *     policy or boundary would have to change
   * @throws RoleRevoked if an operator has revoked it
   * @throws RoleBeingDeleted if the set is being removed
   * @throws NotVisibleYet if IAM does not yet show or accept what was just made; to be tried again
   * @throws QuotaExceeded if the account has no room for the role or its policies, with the counts
   * @throws InvalidRequest if IAM refuses a policy, or a managed policy does not exist
   */
  public ConvergedRole converge(RoleRequest request, String set, boolean planOnly) {
    String name = request.names().get(0);
    Optional<KnownRole> found = iam.find(name);
    if (found.isEmpty() && planOnly) {
      return created(Optional.empty(), changes.ofNewRole(request));
    }
    return found
        .map(role -> change(role, request, set, planOnly))
        .orElseGet(() -> create(name, request, set));
  }

  private ConvergedRole create(String name, RoleRequest request, String set) {
    iam.checkRoomForRoleThatStays();
    iam.checkRoomForManagedPolicies(request.permissions().managedPolicyArns().size());
    Optional<KnownRole> made =
        iam.create(
            NewRole.of(
                name,
                request,
                "Made by spawn for the role set " + set,
                clock.instant(),
                List.of(Tags.of(Tags.SET, set), Tags.of(Tags.LEASE_UNTIL, NO_LEASE))));
    if (made.isEmpty()) {
      return change(iam.shown(name), request, set, false);
    }
    List<Change> filling = changes.ofNewRole(request);
    run(name, filling);
    finish(made.get());
    return created(made, filling);
  }

  private static ConvergedRole created(Optional<KnownRole> role, List<Change> changes) {
    List<String> described = new ArrayList<>(List.of("create role"));
    described.addAll(Change.descriptions(changes));
    return new ConvergedRole(role, EnsuredRole.Outcome.CREATED, described);
  }

  private ConvergedRole change(KnownRole role, RoleRequest request, String set, boolean planOnly) {
    checkOwner(role, set);
    checkNotMarked(role, set);
    if (role.revocation().isPresent()) {
      throw RoleConflicts.revoked(role);
    }
    checkUnchangeable(role, request, set);
    boolean certain = role.isWhole() && role.isTaggedFor(request.hash());
    Map<String, String> tags = tagsToSet(role, request);
    FullRole found = content.of(role);
    if (found.policies().isRevoked()) {
      throw RoleConflicts.beingRevoked(role.name());
    }
    List<Change> calls = changes.ofExistingRole(found, request, certain);
    List<String> described = new ArrayList<>();
    tags.forEach((key, value) -> described.add("set tag %s=%s".formatted(key, value)));
    described.addAll(Change.descriptions(calls));
    if (!planOnly && !(certain && described.isEmpty())) {
      begin(role, request, tags);
      run(role.name(), calls);
      finish(role);
    }
    return new ConvergedRole(
        Optional.of(role),
        described.isEmpty() ? EnsuredRole.Outcome.REUSED : EnsuredRole.Outcome.UPDATED,
        described);
  }

  private void checkOwner(KnownRole role, String set) {
    if (!owner.manages(role) || !role.set().equals(Optional.of(set))) {
      throw RoleConflicts.notOfSet(role, owner);
    }
  }

  private static void checkNotMarked(KnownRole role, String set) {
    if (role.isMarked()) {
      throw RoleConflicts.removedWithSet(role, set);
    }
  }

  private static void checkUnchangeable(KnownRole role, RoleRequest request, String set) {
    Permissions wanted = request.permissions();
    List<String> differing = new ArrayList<>();
    if (!role.hasTrustPolicyOf(wanted)) {
      differing.add("who may assume it");
    }
    if (!role.hasBoundaryOf(wanted)) {
      if (differing.isEmpty()) {
        throw RoleConflicts.otherBoundaryInSet(role, set, wanted.permissionsBoundary());
      }
      differing.add("its permissions boundary");
    }
    if (!differing.isEmpty()) {
      throw RoleConflicts.unchangeable(role, set, differing);
    }
  }

  private static Map<String, String> tagsToSet(KnownRole role, RoleRequest request) {
    Map<String, String> tags = new TreeMap<>(request.tags());
    tags.entrySet().removeIf(tag -> tag.getValue().equals(role.tags().get(tag.getKey())));
    Tags.ofExpiry(request.expires(), role.tag(Tags.EXPIRES))
        .ifPresent(tag -> tags.put(tag.key(), tag.value()));
    return tags;
  }

  private void begin(KnownRole role, RoleRequest request, Map<String, String> more) {
    List<Tag> tags = new ArrayList<>();
    more.forEach((key, value) -> tags.add(Tags.of(key, value)));
    tags.add(Tags.of(Tags.POLICIES, request.hash().hex()));
    tags.add(Tags.of(Tags.LEASED_ID, CHANGING));
    iam.tag(role.name(), tags);
  }

  /**
   * Says that the role is whole. A lease that a launch has written stays; one is written only if a
   * deletion has taken it off.
   */
  private void finish(KnownRole role) {
    List<Tag> tags = new ArrayList<>(List.of(Tags.of(Tags.LEASED_ID, role.id())));
    if (role.tag(Tags.LEASE_UNTIL).isEmpty()) {
      tags.add(Tags.of(Tags.LEASE_UNTIL, NO_LEASE));
    }
    iam.tag(role.name(), tags);
  }

  /**
   * Makes changes. A path may stand for several roles of a preset, so the message names the role.
   */
  private static void run(String name, List<Change> changes) {
    try {
      changes.forEach(change -> change.call().run());
    } catch (InvalidRequest refused) {
      throw new InvalidRequest(
          refused.problems().stream()
              .map(
                  problem ->
                      new Problem(
                          problem.path(), "In role \"%s\": %s".formatted(name, problem.message())))
              .toList());
    }
  }
}
