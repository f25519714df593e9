package spawn.role;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.QuotaExceeded;
import spawn.error.RoleConflict;
import spawn.error.RoleExpired;
import spawn.error.RoleRevoked;
import spawn.policy.Permissions;
import spawn.policy.TrustedPrincipals;

/**
 * Decides what a launch does under a name that its role may have. It only reads, and {@link Roles}
 * and plans decide by it alike.
 */
final class RoleDecisions {
  private final IamRoles iam;
  private final Owner owner;
  private final RoleContent content;
  private final Clock clock;
  private final LeaseTerms terms;

  /**
   * Creates the decisions on one account's IAM.
   *
   * @param owner the stack whose roles they are
   */
  RoleDecisions(IamRoles iam, Owner owner, RoleContent content, Clock clock, LeaseTerms terms) {
    this.iam = iam;
    this.owner = owner;
    this.content = content;
    this.clock = clock;
    this.terms = terms;
  }

  /** What a launch does with the role that IAM shows under a name. */
  enum Step {
    /** Uses a role that the stack did not make, as it is. */
    USE,
    /** Uses a role that the stack has made, after it has renewed its lease if need be. */
    REUSE,
    /** Puts and attaches what is missing, as the role was begun. */
    COMPLETE,
    /** Does the same with other content than it was begun with, once a claim is ripe. */
    CLAIM,
    /** Leaves it, and tries the next name. */
    NEXT_NAME
  }

  /**
   * Checks that a role may be made under a name that IAM shows nothing under.
   *
   * @throws InvalidRequest if only spawn gives such names, or a managed policy cannot be attached
   * @throws QuotaExceeded if the account has no room for the role that is to stay
   */
  void checkMayBeCreated(String name, RoleRequest request) {
    if (owner.isReserved(name) && !request.mayTakeAnotherName()) {
      throw RoleConflicts.generatedName(name, request.paths());
    }
    if (!request.mayTakeAnotherName() || !request.permissions().trustsOnlyEc2()) {
      iam.checkRoomForRoleThatStays();
    }
    List<String> managedPolicies = request.permissions().managedPolicyArns();
    iam.checkRoomForManagedPolicies(managedPolicies.size());
    iam.checkAttachable(managedPolicies, request.paths());
  }

  /**
   * Returns what a launch does with an existing role.
   *
   * @throws RoleConflict if the name belongs to a role that may not be changed, or that holds
   *     something else
   * @throws RoleRevoked if an operator has revoked the role
   * @throws RoleExpired if the role has ended, or nearly
   * @throws NotVisibleYet if a role set has not finished it, or IAM does not know it any more
   * @throws InvalidRequest if EC2 may not assume the role, or launches may not use it
   */
  Step of(KnownRole role, RoleRequest request) {
    if (!request.described() && !TrustedPrincipals.of(role.trustPolicy()).mayHoldEc2()) {
      throw RoleConflicts.notForEc2(role, request.paths());
    }
    if (!owner.manages(role)) {
      return ofOthers(role, request);
    }
    boolean sameContent = role.isMeantFor(request.hash());
    boolean isBound = role.hasOneOf(request.boundaries());
    boolean isTrustedAsMade = isTrustedAsMade(role, request, sameContent);
    if (role.revocation().isPresent() && (sameContent || !request.mayTakeAnotherName())) {
      throw RoleConflicts.revoked(role);
    }
    if (role.isMarked()
        || (request.mayTakeAnotherName() && !(sameContent && isBound && isTrustedAsMade))) {
      return Step.NEXT_NAME;
    }
    role.expires()
        .filter(until -> terms.isTooLate(until, clock.instant()))
        .ifPresent(
            until -> {
              throw RoleConflicts.hasEnded(role, until);
            });
    if (!isBound) {
      throw RoleConflicts.otherBoundary(role, request);
    }
    if (!isTrustedAsMade) {
      throw RoleConflicts.otherTrust(role);
    }
    boolean finished = role.isWhole() || role.set().isPresent();
    if (finished && !sameContent && request.described()) {
      throw RoleConflicts.otherContent(role, content.of(role).differencesFrom(request));
    }
    if (role.isWhole()) {
      return Step.REUSE;
    }
    checkNotChangedBySet(role);
    return ofUnfinished(role, request);
  }

  /**
   * Returns whether a role trusts whom it was made for, as far as the role itself shows that: if
   * not, somebody has changed its trust policy, and others may act with whatever it is given.
   */
  private static boolean isTrustedAsMade(KnownRole role, RoleRequest request, boolean sameContent) {
    if (sameContent && request.described() && role.claim().isEmpty()) {
      return role.hasTrustPolicyOf(request.permissions());
    }
    return RoleRecord.of(role)
        .map(made -> role.hasTrustPolicyOf(made.permissions()))
        .orElseGet(role::trustsOnlyServices);
  }

  /**
   * Decides about a role that the stack did not make, which is used if the caller has named it. One
   * that lies under the stack's path all the same must have a boundary of the stack's: its
   * functions pass whatever lies there.
   */
  private Step ofOthers(KnownRole role, RoleRequest request) {
    if (request.mayTakeAnotherName()) {
      return Step.NEXT_NAME;
    }
    if (request.described()) {
      throw RoleConflicts.notMadeByTheStack(role);
    }
    if (owner.owns(role) && role.revocation().isPresent()) {
      throw RoleConflicts.revoked(role);
    }
    if (owner.owns(role) && !role.hasOneOf(request.boundaries())) {
      throw RoleConflicts.otherBoundary(role, request);
    }
    if (!owner.owns(role) && !request.mayPass(role.arn())) {
      throw RoleConflicts.notPassable(role, request.paths());
    }
    return Step.USE;
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
   * Decides about a half-made role, which is completed unless it holds what it should not: nothing
   * is ever taken from the role of a launch. That happens if a person deletes a role while a launch
   * completes it, and another launch makes it again with other content: IAM puts policies by the
   * role's name.
   *
   * <p>A role that has been whole is made whole only as it was: something may rely on it. One that
   * never was may become what this request asks for, even if it was created for something else, so
   * that a payload which IAM refuses can be mended and launched again under the same name.
   */
  private Step ofUnfinished(KnownRole role, RoleRequest request) {
    Permissions wanted = request.permissions();
    boolean asBegun = role.isMeantFor(request.hash());
    if (!asBegun && !request.described()) {
      throw RoleConflicts.neverFinished(role);
    }
    if (!asBegun && role.wasLeased()) {
      throw RoleConflicts.hadOtherContent(role);
    }
    boolean asCreated = asBegun && role.claim().isEmpty();
    if (content.isMoreThan(role.name(), wanted) || (!asCreated && !canBecome(role, request))) {
      if (request.mayTakeAnotherName()) {
        return Step.NEXT_NAME;
      }
      throw RoleConflicts.cannotBeCompleted(role, content.of(role).obstaclesTo(request));
    }
    return asCreated ? Step.COMPLETE : Step.CLAIM;
  }

  /**
   * Returns the claim that a role has to wait for before it is completed with other content than it
   * was begun with; nothing once it has been claimed for the request for so long that nobody writes
   * anything else.
   */
  static Optional<Claim> unripeClaim(KnownRole role, RoleRequest request, Instant now) {
    Optional<Claim> claim = role.claim();
    return claim.filter(own -> own.isFor(request.hash()) && own.isRipe(now)).isPresent()
        ? Optional.empty()
        : Optional.of(
            claim
                .filter(running -> running.isRunning(now))
                .orElse(Claim.from(request.hash(), now)));
  }

  private static boolean canBecome(KnownRole role, RoleRequest request) {
    return role.hasUnchangeablePartsOf(request.permissions())
        && RoleRecord.obstaclesTo(request, role).isEmpty();
  }
}
