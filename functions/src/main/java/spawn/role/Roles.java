package spawn.role;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.QuotaExceeded;
import spawn.error.RoleBeingDeleted;
import spawn.error.RoleConflict;
import spawn.policy.Permissions;

/**
 * Makes the role of a launch exist as its permissions ask, and leases it to the launch.
 *
 * <p>Every call is safe to repeat, to stop after, and to make twice at once: a role is created with
 * the tags that say whose it is and what it should hold; its policies are put and attached; the
 * lease tag comes last. So a role without a lease of its own is half-made, whoever left it, and the
 * next launch puts and attaches again before it uses it. A role that the sweep has marked is never
 * touched: the next name is taken.
 */
public final class Roles {
  /** The name of the one inline policy of a role that spawn makes. */
  public static final String INLINE_POLICY = "spawn";

  private final IamClient iam;
  private final Clock clock;
  private final LeaseTerms terms;

  /** Creates the service on one account's IAM. */
  public Roles(IamClient iam, Clock clock, LeaseTerms terms) {
    this.iam = iam;
    this.clock = clock;
    this.terms = terms;
  }

  /**
   * Makes a role exist that fits the request, and leases it.
   *
   * @throws RoleConflict if the name is taken by a role that may not be changed, or that holds
   *     something else
   * @throws RoleBeingDeleted if every name that the role may have is marked by the sweep
   * @throws NotVisibleYet if IAM does not show, or not yet accept, what was just made; to be tried
   *     again
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
    throw new RoleBeingDeleted(
        "The role %s is being removed by the clean-up%s. Launch again in about half an hour."
            .formatted(
                request.names().get(0),
                request.mayTakeAnotherName()
                    ? ", and so are, or belong to other permissions, all longer names that it may have"
                    : ", and its name was given, so no other one can be taken"));
  }

  /** Returns the role under this name, or nothing when another name has to be taken. */
  private Optional<EnsuredRole> ensure(String name, RoleRequest request) {
    return find(name).map(role -> use(role, request)).orElseGet(() -> create(name, request));
  }

  private Optional<EnsuredRole> create(String name, RoleRequest request) {
    if (RoleNames.isGenerated(name) && !request.mayTakeAnotherName()) {
      throw new InvalidRequest(
          "$.iam.role",
          "There is no role \"%s\", and a name of this form is only given by spawn itself, which also removes such roles. Choose"
                  .formatted(name)
              + " another name, or leave it out.");
    }
    return make(name, request, "Made by spawn for EC2 launches", List.of())
        .map(made -> Optional.of(complete(made, request)))
        .orElseGet(() -> use(shown(name), request));
  }

  /**
   * Makes a role without policies; returns nothing if another one was first.
   *
   * @param more tags beside those of every role
   */
  Optional<KnownRole> make(String name, RoleRequest request, String description, List<Tag> more) {
    Permissions permissions = request.permissions();
    AccountQuotas quotas = new AccountQuotas(iam);
    quotas.checkAttachedPolicies(permissions.managedPolicyArns().size());
    List<Tag> tags = new ArrayList<>(tagsOfNewRole(request));
    tags.addAll(more);
    try {
      return Optional.of(
          KnownRole.of(
              iam.createRole(
                      create ->
                          create
                              .roleName(name)
                              .path(Tags.PATH)
                              .description(description)
                              .assumeRolePolicyDocument(permissions.trustPolicy().toString())
                              .permissionsBoundary(permissions.permissionsBoundary())
                              .maxSessionDuration(permissions.maxSessionDuration())
                              .tags(tags))
                  .role()));
    } catch (LimitExceededException refused) {
      throw quotas.roles(refused);
    } catch (EntityAlreadyExistsException anotherWasFirst) {
      return Optional.empty();
    }
  }

  /** Returns a role whose name IAM says is taken. */
  KnownRole shown(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotVisibleYet(
                    "IAM says that the role name %s is taken, but does not show the role yet."
                        .formatted(name)));
  }

  private List<Tag> tagsOfNewRole(RoleRequest request) {
    List<Tag> tags = new ArrayList<>();
    request.tags().forEach((key, value) -> tags.add(Tags.of(key, value)));
    tags.add(Tags.of(Tags.MANAGED, "true"));
    tags.add(Tags.of(Tags.CREATED, clock.instant().toString()));
    tags.add(Tags.of(Tags.CREATOR, Tags.value(request.creator())));
    tags.add(Tags.of(Tags.POLICIES, request.permissions().hash().hex()));
    return tags;
  }

  private Optional<EnsuredRole> use(KnownRole role, RoleRequest request) {
    boolean sameContent =
        Tags.find(role.tags(), Tags.POLICIES)
            .equals(Optional.of(request.permissions().hash().hex()));
    if (!role.isManaged()) {
      if (request.described()) {
        throw new RoleConflict(
            "Role \"%s\" (%s) was not made by spawn, so it was left as it is. Leave out the policies to use it as it is, or choose"
                    .formatted(role.name(), role.arn())
                + " another role name.");
      }
      return Optional.of(new EnsuredRole(role, EnsuredRole.Outcome.EXISTING, Optional.empty()));
    }
    if (role.isMarked() || (request.mayTakeAnotherName() && !sameContent)) {
      return Optional.empty();
    }
    if (!sameContent && request.described()) {
      throw conflict(role, request);
    }
    if (!role.isWhole()) {
      checkNotOfASet(role);
      if (!sameContent) {
        throw conflict(role, request);
      }
      return completeFound(role, request);
    }
    if (isToBeRenewed(role)) {
      writeLease(role);
      return use(shownRenewed(role), request);
    }
    return Optional.of(new EnsuredRole(role, EnsuredRole.Outcome.REUSED, role.leaseUntil()));
  }

  /**
   * Returns a role with the lease that was just renewed, as IAM shows it. What was read before may
   * have been deleted by a person since, and made again by another launch that has not come to its
   * policies yet: then IAM has put this lease on that one, and shows another id beside it.
   */
  private KnownRole shownRenewed(KnownRole role) {
    return find(role.name())
        .filter(shown -> shown.leaseUntil().isPresent() && !isToBeRenewed(shown))
        .orElseThrow(
            () ->
                new NotVisibleYet(
                    "IAM does not show yet that the lease of role %s has been renewed."
                        .formatted(role.name())));
  }

  /** A role that is not whole is its set's to complete, whatever it holds meanwhile. */
  private static void checkNotOfASet(KnownRole role) {
    role.set()
        .ifPresent(
            set -> {
              throw new NotVisibleYet(
                  "Role \"%s\" is being changed by its role set \"%s\", or was left half-way. Run the set again if this stays so."
                      .formatted(role.name(), set));
            });
  }

  /**
   * Completes a half-made role, unless it holds what it should not: nothing is ever taken from the
   * role of a launch. That happens where a person deletes a role while a launch completes it, and
   * another launch makes it again with other content: IAM puts policies by the role's name.
   */
  private Optional<EnsuredRole> completeFound(KnownRole role, RoleRequest request) {
    try {
      if (new RoleContent(iam).isMoreThan(role.name(), request.permissions())) {
        if (request.mayTakeAnotherName()) {
          return Optional.empty();
        }
        throw conflict(role, request);
      }
    } catch (NoSuchEntityException notShownYetOrGone) {
      throw notYet(role.name());
    }
    return Optional.of(complete(role, request));
  }

  /** Puts, attaches, and leases last: only then does the role count as made. */
  private EnsuredRole complete(KnownRole role, RoleRequest request) {
    Permissions permissions = request.permissions();
    if (!permissions.inlinePolicy().isEmpty()) {
      putInlinePolicy(role.name(), permissions);
    }
    permissions
        .managedPolicyArns()
        .forEach(arn -> attach(role.name(), arn, permissions.managedPolicyArns().size()));
    return new EnsuredRole(role, EnsuredRole.Outcome.CREATED, Optional.of(writeLease(role)));
  }

  void putInlinePolicy(String roleName, Permissions permissions) {
    try {
      iam.putRolePolicy(
          put ->
              put.roleName(roleName)
                  .policyName(INLINE_POLICY)
                  .policyDocument(permissions.inlinePolicy().toString()));
    } catch (NoSuchEntityException notAcceptedYetOrGone) {
      throw notYet(roleName);
    } catch (MalformedPolicyDocumentException refused) {
      throw new InvalidRequest(
          "$.iam", "IAM refuses the policy: " + refused.awsErrorDetails().errorMessage());
    }
  }

  void attach(String roleName, String policyArn, int wanted) {
    try {
      iam.attachRolePolicy(attach -> attach.roleName(roleName).policyArn(policyArn));
    } catch (LimitExceededException refused) {
      throw new AccountQuotas(iam).attachedPolicies(wanted, refused);
    } catch (NoSuchEntityException roleOrPolicy) {
      // One code for two causes: only the policy's absence is for the caller to mend.
      if (!policyExists(policyArn)) {
        throw new InvalidRequest(
            "$.iam.managedPolicies",
            "There is no managed policy %s. Check its name, its path and its account."
                .formatted(policyArn));
      }
      throw notYet(roleName);
    }
  }

  private boolean policyExists(String arn) {
    try {
      iam.getPolicy(get -> get.policyArn(arn));
      return true;
    } catch (NoSuchEntityException absent) {
      return false;
    }
  }

  /** Returns whether less than half of a role's lease is left. */
  private boolean isToBeRenewed(KnownRole role) {
    return role.leaseUntil()
        .filter(until -> terms.isToBeRenewed(until, clock.instant()))
        .isPresent();
  }

  private Instant writeLease(KnownRole role) {
    Instant until = clock.instant().plus(terms.lease());
    try {
      iam.tagRole(
          tag ->
              tag.roleName(role.name())
                  .tags(
                      Tags.of(Tags.LEASE_UNTIL, until.toString()),
                      Tags.of(Tags.LEASED_ID, role.id())));
    } catch (NoSuchEntityException notAcceptedYetOrGone) {
      throw notYet(role.name());
    }
    return until;
  }

  static NotVisibleYet notYet(String roleName) {
    return new NotVisibleYet(
        "IAM does not accept the role %s, which it has just shown.".formatted(roleName));
  }

  /** Returns the role as IAM shows it, which may be seconds behind. */
  public Optional<KnownRole> find(String name) {
    try {
      return Optional.of(KnownRole.of(iam.getRole(get -> get.roleName(name)).role()));
    } catch (NoSuchEntityException absent) {
      return Optional.empty();
    }
  }

  private RoleConflict conflict(KnownRole role, RoleRequest request) {
    String creator = role.tags().getOrDefault(Tags.CREATOR, "an unknown caller");
    if (!request.described()) {
      return new RoleConflict(
          "Role \"%s\", made by spawn for %s, was never finished, and this payload does not say what it should hold. Launch once with"
                  .formatted(role.name(), creator)
              + " the policies that it should have.");
    }
    List<String> differences = differences(role, request);
    return new RoleConflict(
        "Role \"%s\" was made by spawn for %s with other content: %s. It was left as it is. Choose another role name, or leave out the"
                .formatted(
                    role.name(),
                    creator,
                    differences.isEmpty()
                        ? "its " + Tags.POLICIES + " tag differs"
                        : String.join("; ", differences))
            + " policies to use it as it is.");
  }

  private List<String> differences(KnownRole role, RoleRequest request) {
    try {
      return new RoleContent(iam).differences(role, request.permissions());
    } catch (NoSuchEntityException notShownYetOrGone) {
      throw notYet(role.name());
    }
  }
}
