package spawn.role;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.QuotaExceeded;
import spawn.error.RoleBeingDeleted;
import spawn.error.RoleConflict;
import spawn.error.RoleExpired;
import spawn.error.RoleRevoked;
import spawn.error.RoleUnfinished;
import spawn.policy.Permissions;

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
  private final RoleDecisions decisions;
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
    this.decisions = new RoleDecisions(this.iam, owner, new RoleContent(bound), clock, terms);
    this.clock = clock;
    this.terms = terms;
  }

  /**
   * Makes a role exist that fits the request, and leases it.
   *
   * @throws RoleConflict if the name belongs to a role that may not be changed, or that holds
   *     something else
   * @throws RoleExpired if the role has ended, or ends too soon to launch with it
   * @throws RoleRevoked if an operator has revoked it
   * @throws RoleBeingDeleted if every name that the role may have is marked by the sweep
   * @throws NotVisibleYet if IAM does not yet show or accept what was just made; to be tried again
   * @throws RoleUnfinished if another content was begun with, so that nobody may write the
   *     request's yet; to be tried again
   * @throws QuotaExceeded if the account has no room for the role or its policies, with the counts
   * @throws InvalidRequest if IAM refuses a policy, or a managed policy does not exist
   */
  public EnsuredRole ensure(RoleRequest request) {
    request
        .expires()
        .filter(until -> terms.isTooLate(until, clock.instant()))
        .ifPresent(
            until -> {
              throw RoleConflicts.endsTooSoon(request, until);
            });
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
    decisions.checkMayBeCreated(name, request);
    return iam.create(
            NewRole.of(
                name,
                request,
                ExpiryNote.in("Made by spawn for EC2 launches", request.expires()),
                clock.instant(),
                RoleRecord.tagsOf(request, Set.of())))
        .map(made -> Optional.of(complete(made, request)))
        .orElseGet(() -> use(iam.shown(name), request));
  }

  private Optional<EnsuredRole> use(KnownRole role, RoleRequest request) {
    return switch (decisions.of(role, request)) {
      case USE ->
          Optional.of(new EnsuredRole(role, EnsuredRole.Outcome.EXISTING, Optional.empty()));
      case REUSE -> reuse(role, request);
      case COMPLETE -> Optional.of(complete(role, request));
      case CLAIM -> {
        checkClaimIsRipe(role, request);
        yield Optional.of(complete(role, request));
      }
      case NEXT_NAME -> Optional.empty();
    };
  }

  private Optional<EnsuredRole> reuse(KnownRole role, RoleRequest request) {
    if (isToBeRenewed(role) && !request.roleOnly()) {
      writeLease(role, List.of());
      return use(shownRenewed(role), request);
    }
    return Optional.of(
        new EnsuredRole(role, EnsuredRole.Outcome.REUSED, role.leaseUntil())
            .until(request.expires().or(role::expires)));
  }

  /**
   * Checks that the role has been claimed for this request for so long that nobody writes anything
   * else; claims it if it can be claimed.
   *
   * @throws RoleUnfinished if it is too early to go on
   */
  private void checkClaimIsRipe(KnownRole role, RoleRequest request) {
    Optional<Claim> claim = RoleDecisions.unripeClaim(role, request, clock.instant());
    if (claim.isEmpty()) {
      return;
    }
    Claim waitedFor = claim.get();
    if (!role.claim().equals(claim)) {
      iam.tag(role.name(), List.of(waitedFor.tag()));
    }
    throw RoleConflicts.claimed(role, waitedFor, request);
  }

  /**
   * Puts, attaches, and leases last: only then does the role count as made. The same call says what
   * it holds, which may not be what it was created for, and gives it the tags that it lacks.
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
    Instant until = writeLease(role, contentTags(role, request));
    return new EnsuredRole(
            role.taggedFor(request.hash()), EnsuredRole.Outcome.CREATED, Optional.of(until))
        .until(request.expires());
  }

  /** Returns whether less than half of a role's lease is left. */
  private boolean isToBeRenewed(KnownRole role) {
    return role.leaseUntil()
        .filter(until -> terms.isToBeRenewed(until, clock.instant()))
        .isPresent();
  }

  private static List<Tag> contentTags(KnownRole role, RoleRequest request) {
    List<Tag> tags = new ArrayList<>();
    request.tags().forEach((key, value) -> tags.add(Tags.of(key, value)));
    tags.addAll(RoleRecord.tagsOf(request, role.tags().keySet()));
    tags.removeIf(tag -> tag.value().equals(role.tags().get(tag.key())));
    tags.add(Tags.of(Tags.POLICIES, request.hash().hex()));
    Tags.ofExpiry(request.expires(), role.tag(Tags.EXPIRES)).ifPresent(tags::add);
    return tags;
  }

  private Instant writeLease(KnownRole role, List<Tag> more) {
    Instant until = clock.instant().plus(terms.lease());
    List<Tag> tags = new ArrayList<>(more);
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
