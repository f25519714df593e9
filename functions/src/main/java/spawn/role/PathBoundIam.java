package spawn.role;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AddRoleToInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.AddRoleToInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.AttachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.AttachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.CreateInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.CreateInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.CreateRoleRequest;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.DeleteInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.DeleteInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleResponse;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GetAccountSummaryRequest;
import software.amazon.awssdk.services.iam.model.GetAccountSummaryResponse;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.GetPolicyRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyResponse;
import software.amazon.awssdk.services.iam.model.GetRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.GetRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.IamRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesForRoleRequest;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesForRoleResponse;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesRequest;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesResponse;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListRolesRequest;
import software.amazon.awssdk.services.iam.model.ListRolesResponse;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.PutRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.PutRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.RemoveRoleFromInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.RemoveRoleFromInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import software.amazon.awssdk.services.iam.model.TagRoleResponse;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import software.amazon.awssdk.services.iam.model.UntagRoleResponse;
import software.amazon.awssdk.services.iam.model.UpdateRoleRequest;
import software.amazon.awssdk.services.iam.model.UpdateRoleResponse;
import spawn.error.NotVisibleYet;

/**
 * IAM for a caller whose rights are bound to a path, as those of spawn's functions are: it tells
 * what is gone from what is not allowed.
 *
 * <p>A request names a role or profile without its path; IAM takes the path, and the tags for
 * conditions, from what is there. If nothing is there, the resource that it looks at is {@code
 * role/NAME}, which no right on {@code role/spawn/*} covers, so that the answer is AccessDenied and
 * not NoSuchEntity (<a href="https://github.com/kayac/ecspresso/pull/288">seen in the field</a>; <a
 * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html">resource
 * types of IAM</a>). GetRole and GetInstanceProfile are allowed on every path, and tell which it
 * is: after a refusal, one of them is made for each name in the request.
 *
 * <p>It knows the calls that spawn makes; any other is unsupported.
 */
final class PathBoundIam implements IamClient {
  /**
   * For how long IAM may not yet know, where it decides about a call, what has just been made: a
   * new role is usually known at once, and the workflow's retries outlast this.
   */
  private static final Duration NEW = Duration.ofSeconds(30);

  private static final String ACCESS_DENIED = "AccessDenied";

  /**
   * A policy that denies a call by name does so whatever is there (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html">access
   * denied error messages</a>).
   */
  private static final String DENIED_BY_NAME = "explicit deny";

  private final IamClient iam;
  private final Optional<Clock> clock;

  /**
   * Creates a client for a function.
   *
   * @param clock by which what was just made is told from what has been there for a while; nothing
   *     for a function that never meets what is new
   */
  PathBoundIam(IamClient iam, Optional<Clock> clock) {
    this.iam = iam;
    this.clock = clock;
  }

  private <Q extends IamRequest, A> A told(Q request, Function<Q, A> call) {
    try {
      return call.apply(request);
    } catch (IamException refused) {
      String said = refused.awsErrorDetails().errorMessage();
      if (!ACCESS_DENIED.equals(refused.awsErrorDetails().errorCode())
          || (said != null && said.contains(DENIED_BY_NAME))) {
        throw refused;
      }
      checkIsThere(request, refused);
      throw refused;
    }
  }

  /**
   * Checks that what a refused request names is there, and not new.
   *
   * @throws NoSuchEntityException if it is gone
   * @throws NotVisibleYet if it is new
   */
  private void checkIsThere(IamRequest request, IamException refused) {
    List<Instant> made = new ArrayList<>();
    try {
      request
          .getValueForField("InstanceProfileName", String.class)
          .map(name -> iam.getInstanceProfile(get -> get.instanceProfileName(name)))
          .ifPresent(profile -> made.add(profile.instanceProfile().createDate()));
      request
          .getValueForField("RoleName", String.class)
          .map(name -> iam.getRole(get -> get.roleName(name)))
          .ifPresent(role -> made.add(role.role().createDate()));
    } catch (NoSuchEntityException gone) {
      throw gone;
    } catch (IamException unreadable) {
      if (ACCESS_DENIED.equals(unreadable.awsErrorDetails().errorCode())) {
        throw refused;
      }
      throw unreadable;
    }
    clock
        .map(now -> now.instant().minus(NEW))
        .filter(since -> made.stream().anyMatch(since::isBefore))
        .ifPresent(
            isNew -> {
              throw new NotVisibleYet(
                  "IAM does not yet allow a call about what it has just made: "
                      + refused.awsErrorDetails().errorMessage());
            });
  }

  @Override
  public AddRoleToInstanceProfileResponse addRoleToInstanceProfile(
      AddRoleToInstanceProfileRequest request) {
    return told(request, iam::addRoleToInstanceProfile);
  }

  @Override
  public AttachRolePolicyResponse attachRolePolicy(AttachRolePolicyRequest request) {
    return told(request, iam::attachRolePolicy);
  }

  @Override
  public CreateInstanceProfileResponse createInstanceProfile(CreateInstanceProfileRequest request) {
    return iam.createInstanceProfile(request);
  }

  @Override
  public CreateRoleResponse createRole(CreateRoleRequest request) {
    return iam.createRole(request);
  }

  @Override
  public DeleteInstanceProfileResponse deleteInstanceProfile(DeleteInstanceProfileRequest request) {
    return told(request, iam::deleteInstanceProfile);
  }

  @Override
  public DeleteRoleResponse deleteRole(DeleteRoleRequest request) {
    return told(request, iam::deleteRole);
  }

  @Override
  public DeleteRolePolicyResponse deleteRolePolicy(DeleteRolePolicyRequest request) {
    return told(request, iam::deleteRolePolicy);
  }

  @Override
  public DetachRolePolicyResponse detachRolePolicy(DetachRolePolicyRequest request) {
    return told(request, iam::detachRolePolicy);
  }

  @Override
  public GetAccountSummaryResponse getAccountSummary(GetAccountSummaryRequest request) {
    return iam.getAccountSummary(request);
  }

  @Override
  public GetInstanceProfileResponse getInstanceProfile(GetInstanceProfileRequest request) {
    return iam.getInstanceProfile(request);
  }

  @Override
  public GetPolicyResponse getPolicy(GetPolicyRequest request) {
    return iam.getPolicy(request);
  }

  @Override
  public GetRoleResponse getRole(GetRoleRequest request) {
    return iam.getRole(request);
  }

  @Override
  public GetRolePolicyResponse getRolePolicy(GetRolePolicyRequest request) {
    return told(request, iam::getRolePolicy);
  }

  @Override
  public ListAttachedRolePoliciesResponse listAttachedRolePolicies(
      ListAttachedRolePoliciesRequest request) {
    return told(request, iam::listAttachedRolePolicies);
  }

  @Override
  public ListInstanceProfilesResponse listInstanceProfiles(ListInstanceProfilesRequest request) {
    return iam.listInstanceProfiles(request);
  }

  @Override
  public ListInstanceProfilesForRoleResponse listInstanceProfilesForRole(
      ListInstanceProfilesForRoleRequest request) {
    return told(request, iam::listInstanceProfilesForRole);
  }

  @Override
  public ListRolePoliciesResponse listRolePolicies(ListRolePoliciesRequest request) {
    return told(request, iam::listRolePolicies);
  }

  @Override
  public ListRolesResponse listRoles(ListRolesRequest request) {
    return iam.listRoles(request);
  }

  @Override
  public PutRolePolicyResponse putRolePolicy(PutRolePolicyRequest request) {
    return told(request, iam::putRolePolicy);
  }

  @Override
  public RemoveRoleFromInstanceProfileResponse removeRoleFromInstanceProfile(
      RemoveRoleFromInstanceProfileRequest request) {
    return told(request, iam::removeRoleFromInstanceProfile);
  }

  @Override
  public TagRoleResponse tagRole(TagRoleRequest request) {
    return told(request, iam::tagRole);
  }

  @Override
  public UntagRoleResponse untagRole(UntagRoleRequest request) {
    return told(request, iam::untagRole);
  }

  @Override
  public UpdateRoleResponse updateRole(UpdateRoleRequest request) {
    return told(request, iam::updateRole);
  }

  @Override
  public String serviceName() {
    return iam.serviceName();
  }

  @Override
  public void close() {
    iam.close();
  }
}
