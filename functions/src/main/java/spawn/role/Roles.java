package spawn.role;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.QuotaExceeded;
import spawn.error.RoleBeingDeleted;
import spawn.error.RoleConflict;
import spawn.error.RoleUnfinished;
import spawn.policy.Permissions;
import spawn.policy.PolicyHash;
import spawn.policy.TrustedPrincipals;

/**
 * Makes the role of a launch exist as its permissions ask, and leases it to the launch.
 *
 * <p>Every call is safe to repeat, to stop after, and to make twice at once: a role is created with
 * the tags that say whose it is and what it should hold; its policies are put and attached; the
 * lease tag comes last. So a role without a lease of its own is half-made, whichever run left it,
 * and the next launch puts and attaches again before it uses it. A role that the sweep has marked
 * is never touched: the next name is used.
 */
public final class Roles {
  /** The name of the one inline policy of a role that spawn makes. */
  public static final String INLINE_POLICY = "spawn";

  private final IamRoles iam;
  private final Owner owner;
  private final RoleContent content;
  private final Clock clock;
  private final LeaseTerms terms;

  /**
   * Creates the service on one account's IAM.
   *
   * @param owner the stack whose roles they are
   */
  public Roles(IamClient iam, Owner owner, Clock clock, LeaseTerms terms) {
    IamClient bound = IamAnswers.ofMakers(iam, clock);
    this.iam = new IamRoles(bound, owner, new AccountQuotas(bound));
    this.owner = owner;
    this.content = new RoleContent(bound);
    this.clock = clock;
    this.terms = terms;
  }

  /**
   * Makes a role exist that fits the request, and leases it.
   *
   * @throws RoleConflict if the name belongs to a role that may not be changed, or that holds
   *     something else
   * @throws RoleBeingDeleted if every name that the role may have is marked by the sweep
   * @throws NotVisibleYet if IAM does not yet show or accept what was just made; to be tried again
   * @throws RoleUnfinished if another content was begun with, so that nobody may write the
   *     request's yet; to be tried again
   * @throws QuotaExceeded if the account has no room for the role or its policies, with the counts
   * @throws InvalidRequest if IAM refuses a policy, or a managed policy does not exist
   */
  public EnsuredRole ensure(RoleRequest request) {
    for (String name : request.names()) {
      Optional<EnsuredRole> ensured = ensure(name, request);
      if (ensured.isPresent()) {
        return ensured.get();
      }
    }
    throw RoleConflicts.everyNameTaken(request);
  }

  /** Returns the role under this name, or nothing if another name has to be used. */
  private Optional<EnsuredRole> ensure(String name, RoleRequest request) {
    return iam.find(name).map(role -> use(role, request)).orElseGet(() -> create(name, request));
  }

  private Optional<EnsuredRole> create(String name, RoleRequest request) {
    if (owner.isReserved(name) && !request.mayTakeAnotherName()) {
      throw RoleConflicts.generatedName(name, request.paths());
    }
    if (!request.mayTakeAnotherName() || !request.permissions().trustsOnlyEc2()) {
      iam.checkRoomForRoleThatStays();
    }
    List<String> managedPolicies = request.permissions().managedPolicyArns();
    iam.checkRoomForManagedPolicies(managedPolicies.size());
    iam.checkAttachable(managedPolicies, request.paths());
    return iam.create(NewRole.of(name, request, "Made by spawn for EC2 launches", clock.instant()))
        .map(made -> Optional.of(complete(made, request)))
        .orElseGet(() -> use(iam.shown(name), request));
  }

  private Optional<EnsuredRole> use(KnownRole role, RoleRequest request) {
    if (!request.described() && !TrustedPrincipals.of(role.trustPolicy()).mayHoldEc2()) {
      throw RoleConflicts.notForEc2(role, request.paths());
    }
    if (!owner.manages(role)) {
      return useOfOthers(role, request);
    }
    boolean sameContent = role.isMeantFor(request.hash());
    boolean isBound = role.hasOneOf(request.boundaries());
    if (role.isMarked() || (request.mayTakeAnotherName() && !(sameContent && isBound))) {
      return Optional.empty();
    }
    if (!isBound) {
      throw RoleConflicts.otherBoundary(role, request);
    }
    boolean finished = role.isWhole() || role.set().isPresent();
    if (finished && !sameContent && request.described()) {
      throw RoleConflicts.otherContent(role, content.of(role).differencesFrom(request));
    }
    if (!role.isWhole()) {
      checkNotChangedBySet(role);
      return completeFound(role, request);
    }
    if (isToBeRenewed(role) && !request.roleOnly()) {
      writeLease(role);
      return use(shownRenewed(role), request);
    }
    return Optional.of(new EnsuredRole(role, EnsuredRole.Outcome.REUSED, role.leaseUntil()));
  }

  /**
   * Returns a role that the stack did not make, if the caller has named it. One that lies under the
   * stack's path all the same must have a boundary of the stack's: its functions pass whatever lies
   * there.
   */
  private Optional<EnsuredRole> useOfOthers(KnownRole role, RoleRequest request) {
    if (request.mayTakeAnotherName()) {
      return Optional.empty();
    }
    if (request.described()) {
      throw RoleConflicts.notMadeByTheStack(role);
    }
    if (owner.owns(role) && !role.hasOneOf(request.boundaries())) {
      throw RoleConflicts.otherBoundary(role, request);
    }
    return Optional.of(new EnsuredRole(role, EnsuredRole.Outcome.EXISTING, Optional.empty()));
  }

  /**
   * Says that a role of a set is not to be completed by a launch, whatever it holds meanwhile: its
   * set does that.
   */
  private static void checkNotChangedBySet(KnownRole role) {
    if (role.set().isPresent()) {
      throw RoleConflicts.changedBySet(role, role.set().get());
    }
  }

  /**
   * Completes a half-made role, unless it holds what it should not: nothing is ever taken from the
   * role of a launch. That happens if a person deletes a role while a launch completes it, and
   * another launch makes it again with other content: IAM puts policies by the role's name.
   *
   * <p>A role that has been whole is made whole only as it was: something may rely on it. One that
   * never was may become what this request asks for, even if it was created for something else, so
   * that a payload which IAM refuses can be mended and launched again under the same name.
   */
  private Optional<EnsuredRole> completeFound(KnownRole role, RoleRequest request) {
    Permissions wanted = request.permissions();
    boolean asBegun = role.isMeantFor(request.hash());
    if (!asBegun && !request.described()) {
      throw RoleConflicts.neverFinished(role);
    }
    if (!asBegun && role.wasLeased()) {
      throw RoleConflicts.hadOtherContent(role);
    }
    boolean asCreated = asBegun && role.claim().isEmpty();
    if (content.isMoreThan(role.name(), wanted)
        || (!asCreated && !role.hasUnchangeablePartsOf(wanted))) {
      if (request.mayTakeAnotherName()) {
        return Optional.empty();
      }
      throw RoleConflicts.cannotBeCompleted(role, content.of(role).obstaclesTo(wanted));
    }
    if (!asCreated) {
      checkClaimIsRipe(role, request);
    }
    return Optional.of(complete(role, request));
  }

  /**
   * Checks that the role has been claimed for this request for so long that nobody writes anything
   * else; claims it if it can be claimed.
   *
   * @throws RoleUnfinished if it is too early to go on
   */
  private void checkClaimIsRipe(KnownRole role, RoleRequest request) {
    Instant now = clock.instant();
    PolicyHash wanted = request.hash();
    Optional<Claim> claim = role.claim();
    if (claim.filter(own -> own.isFor(wanted) && own.isRipe(now)).isPresent()) {
      return;
    }
    Claim waitedFor =
        claim.filter(running -> running.isRunning(now)).orElse(Claim.from(wanted, now));
    if (!claim.equals(Optional.of(waitedFor))) {
      iam.tag(role.name(), List.of(waitedFor.tag()));
    }
    throw RoleConflicts.claimed(role, waitedFor, request);
  }

  /**
   * Puts, attaches, and leases last: only then does the role count as made. The same call says what
   * it holds, which may not be what it was created for.
   */
  private EnsuredRole complete(KnownRole role, RoleRequest request) {
    Permissions permissions = request.permissions();
    if (!permissions.inlinePolicy().isEmpty()) {
      iam.putInline(role.name(), permissions.inlinePolicy(), request.paths());
    }
    permissions
        .managedPolicyArns()
        .forEach(
            arn ->
                iam.attach(
                    role.name(), arn, permissions.managedPolicyArns().size(), request.paths()));
    Instant until = writeLease(role, Tags.of(Tags.POLICIES, request.hash().hex()));
    return new EnsuredRole(
        role.taggedFor(request.hash()), EnsuredRole.Outcome.CREATED, Optional.of(until));
  }

  /** Returns whether less than half of a role's lease is left. */
  private boolean isToBeRenewed(KnownRole role) {
    return role.leaseUntil()
        .filter(until -> terms.isToBeRenewed(until, clock.instant()))
        .isPresent();
  }

  private Instant writeLease(KnownRole role, Tag... more) {
    Instant until = clock.instant().plus(terms.lease());
    List<Tag> tags = new ArrayList<>(List.of(more));
    tags.add(Tags.of(Tags.LEASE_UNTIL, until.toString()));
    tags.add(Tags.of(Tags.LEASED_ID, role.id()));
    iam.tag(role.name(), tags);
    return until;
  }

  /**
   * Returns a role with the lease that was just renewed, as IAM shows it. A person may have deleted
   * the role since it was read, and another launch may have made it again without its policies so
   * far: then IAM has put this lease on the new role, and shows another id beside it.
   */
  private KnownRole shownRenewed(KnownRole role) {
    return iam.find(role.name())
        .filter(shown -> shown.leaseUntil().isPresent() && !isToBeRenewed(shown))
        .orElseThrow(
            () ->
                new NotVisibleYet(
                    "IAM does not yet show that the lease of role %s has been renewed."
                        .formatted(role.name())));
  }
}
