package spawn.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Policy;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.Problem;
import spawn.error.QuotaExceeded;
import spawn.json.Json;
import spawn.policy.PolicyDocument;

/**
 * The calls to IAM that make a role and complete it, each with its failures by name. Every call is
 * safe to repeat.
 *
 * <p>None of them takes anything from a role, so nothing that launches use can: those calls are in
 * {@link IamSetRoles}.
 */
public final class IamRoles {
  private final IamClient iam;
  private final Owner owner;
  private final AccountQuotas quotas;

  /**
   * Creates the calls to one account's IAM.
   *
   * @param owner the stack whose roles are created
   */
  public IamRoles(IamClient iam, Owner owner, AccountQuotas quotas) {
    this.iam = iam;
    this.owner = owner;
    this.quotas = quotas;
  }

  /** Returns a role as IAM shows it, which may be seconds behind; nothing if it shows none. */
  public Optional<KnownRole> find(String name) {
    return IamAnswers.found(() -> KnownRole.of(iam.getRole(get -> get.roleName(name)).role()));
  }

  /**
   * Returns a role whose name IAM says is taken.
   *
   * @throws NotVisibleYet if IAM does not show it yet
   */
  KnownRole shown(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotVisibleYet(
                    "IAM says that the role name %s is taken, but does not show the role yet."
                        .formatted(name)));
  }

  /**
   * Checks that the account has room for a role which no sweep removes by itself.
   *
   * @throws QuotaExceeded if less than a tenth of its roles is free
   */
  void checkRoomForRoleThatStays() {
    quotas.checkRoomForRoleThatStays();
  }

  /**
   * Creates a role without policies; returns nothing if its name is taken.
   *
   * @throws QuotaExceeded if the account has no room for the role
   */
  Optional<KnownRole> create(NewRole role) {
    try {
      return Optional.of(
          KnownRole.of(
              iam.createRole(
                      create ->
                          create
                              .roleName(role.name())
                              .path(owner.path())
                              .description(role.description())
                              .assumeRolePolicyDocument(Json.text(role.permissions().trustPolicy()))
                              .permissionsBoundary(role.permissions().permissionsBoundary())
                              .maxSessionDuration(role.permissions().maxSessionDuration())
                              .tags(role.tags()))
                  .role()));
    } catch (LimitExceededException refused) {
      throw quotas.roles(refused);
    } catch (EntityAlreadyExistsException anotherWasFirst) {
      return Optional.empty();
    }
  }

  /**
   * Puts the one inline policy of a role.
   *
   * @param paths where the payload describes the role
   * @throws NotVisibleYet if IAM does not know the role yet, or no longer
   * @throws InvalidRequest if IAM refuses the policy, with its reason
   */
  void putInline(String roleName, PolicyDocument document, RolePaths paths) {
    try {
      IamAnswers.accepted(
          roleName,
          () ->
              iam.putRolePolicy(
                  put ->
                      put.roleName(roleName)
                          .policyName(Roles.INLINE_POLICY)
                          .policyDocument(document.toString())));
    } catch (MalformedPolicyDocumentException refused) {
      throw new InvalidRequest(
          paths.role(), "IAM refuses the policy: " + refused.awsErrorDetails().errorMessage());
    }
  }

  /**
   * Attaches a managed policy to a role.
   *
   * @param wanted how many managed policies the role should have in the end
   * @param paths where the payload describes the role
   * @throws NotVisibleYet if IAM does not know the role yet, or no longer
   * @throws InvalidRequest if there is no such policy
   * @throws QuotaExceeded if the role has as many policies as the account allows
   */
  void attach(String roleName, String policyArn, int wanted, RolePaths paths) {
    try {
      iam.attachRolePolicy(attach -> attach.roleName(roleName).policyArn(policyArn));
    } catch (LimitExceededException refused) {
      throw quotas.attachedPolicies(wanted, refused);
    } catch (NoSuchEntityException roleOrPolicy) {
      // One code for two causes, and only a missing policy is the caller's mistake.
      if (!policyExists(policyArn)) {
        throw new InvalidRequest(List.of(noSuchPolicy(policyArn, paths)));
      }
      throw IamAnswers.notAcceptedYet(roleName);
    }
  }

  /**
   * Checks, before a role is made, that it may have so many managed policies.
   *
   * @throws QuotaExceeded if it may not
   */
  void checkRoomForManagedPolicies(int wanted) {
    quotas.checkAttachedPolicies(wanted);
  }

  /**
   * Checks managed policies before a role is made for them: a refusal would come too late, when the
   * role is there. IAM says of each whether it can be attached (<a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html">Policy</a>); those
   * that a service keeps for its service-linked roles cannot.
   *
   * @param paths where the payload describes the role
   * @throws InvalidRequest with every policy that does not exist or cannot be attached
   */
  void checkAttachable(List<String> policyArns, RolePaths paths) {
    List<Problem> problems = new ArrayList<>();
    for (String arn : policyArns) {
      Optional<Policy> policy =
          IamAnswers.found(() -> iam.getPolicy(get -> get.policyArn(arn)).policy());
      if (policy.isEmpty()) {
        problems.add(noSuchPolicy(arn, paths));
      } else if (Boolean.FALSE.equals(policy.get().isAttachable())) {
        problems.add(
            new Problem(
                paths.managedPolicies(),
                "The managed policy %s cannot be attached: it belongs to a service-linked role. Choose another policy."
                    .formatted(arn)));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidRequest(problems);
    }
  }

  private static Problem noSuchPolicy(String arn, RolePaths paths) {
    return new Problem(
        paths.managedPolicies(),
        "There is no managed policy %s. Check its name, its path and its account.".formatted(arn));
  }

  private boolean policyExists(String arn) {
    return IamAnswers.found(() -> iam.getPolicy(get -> get.policyArn(arn))).isPresent();
  }

  /**
   * Writes tags of a role; its other tags stay.
   *
   * @throws NotVisibleYet if IAM does not know the role yet, or no longer
   */
  void tag(String roleName, List<Tag> tags) {
    IamAnswers.accepted(roleName, () -> iam.tagRole(tag -> tag.roleName(roleName).tags(tags)));
  }
}
