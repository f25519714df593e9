package spawn.role;

import java.time.Clock;
import java.util.Optional;
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
import software.amazon.awssdk.services.iam.model.GenerateServiceLastAccessedDetailsRequest;
import software.amazon.awssdk.services.iam.model.GenerateServiceLastAccessedDetailsResponse;
import software.amazon.awssdk.services.iam.model.GetAccountSummaryRequest;
import software.amazon.awssdk.services.iam.model.GetAccountSummaryResponse;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileRequest;
import software.amazon.awssdk.services.iam.model.GetInstanceProfileResponse;
import software.amazon.awssdk.services.iam.model.GetPolicyRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyResponse;
import software.amazon.awssdk.services.iam.model.GetPolicyVersionRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyVersionResponse;
import software.amazon.awssdk.services.iam.model.GetRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.GetRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.GetServiceLastAccessedDetailsRequest;
import software.amazon.awssdk.services.iam.model.GetServiceLastAccessedDetailsResponse;
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

/**
 * IAM for a caller whose rights are bound to a path, as those of spawn's functions are: it tells
 * what is gone from what is not allowed ({@link RefusedCalls}).
 *
 * <p>It knows the calls that spawn makes; any other is unsupported.
 */
final class PathBoundIam implements IamClient {
  private final IamClient iam;
  private final RefusedCalls refusals;

  /**
   * Creates a client for a function.
   *
   * @param clock by which what was just made is told from what has been there for a while; nothing
   *     for a function that never meets what is new
   */
  PathBoundIam(IamClient iam, Optional<Clock> clock) {
    this.iam = iam;
    this.refusals = new RefusedCalls(iam, clock);
  }

  @Override
  public AddRoleToInstanceProfileResponse addRoleToInstanceProfile(
      AddRoleToInstanceProfileRequest request) {
    return refusals.told(request, iam::addRoleToInstanceProfile);
  }

  @Override
  public AttachRolePolicyResponse attachRolePolicy(AttachRolePolicyRequest request) {
    return refusals.told(request, iam::attachRolePolicy);
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
    return refusals.told(request, iam::deleteInstanceProfile);
  }

  @Override
  public DeleteRoleResponse deleteRole(DeleteRoleRequest request) {
    return refusals.told(request, iam::deleteRole);
  }

  @Override
  public DeleteRolePolicyResponse deleteRolePolicy(DeleteRolePolicyRequest request) {
    return refusals.told(request, iam::deleteRolePolicy);
  }

  @Override
  public DetachRolePolicyResponse detachRolePolicy(DetachRolePolicyRequest request) {
    return refusals.told(request, iam::detachRolePolicy);
  }

  @Override
  public GenerateServiceLastAccessedDetailsResponse generateServiceLastAccessedDetails(
      GenerateServiceLastAccessedDetailsRequest request) {
    return iam.generateServiceLastAccessedDetails(request);
  }

  @Override
  public GetServiceLastAccessedDetailsResponse getServiceLastAccessedDetails(
      GetServiceLastAccessedDetailsRequest request) {
    return iam.getServiceLastAccessedDetails(request);
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
  public GetPolicyVersionResponse getPolicyVersion(GetPolicyVersionRequest request) {
    return iam.getPolicyVersion(request);
  }

  @Override
  public GetRoleResponse getRole(GetRoleRequest request) {
    return iam.getRole(request);
  }

  @Override
  public GetRolePolicyResponse getRolePolicy(GetRolePolicyRequest request) {
    return refusals.told(request, iam::getRolePolicy);
  }

  @Override
  public ListAttachedRolePoliciesResponse listAttachedRolePolicies(
      ListAttachedRolePoliciesRequest request) {
    return refusals.told(request, iam::listAttachedRolePolicies);
  }

  @Override
  public ListInstanceProfilesResponse listInstanceProfiles(ListInstanceProfilesRequest request) {
    return iam.listInstanceProfiles(request);
  }

  @Override
  public ListInstanceProfilesForRoleResponse listInstanceProfilesForRole(
      ListInstanceProfilesForRoleRequest request) {
    return refusals.told(request, iam::listInstanceProfilesForRole);
  }

  @Override
  public ListRolePoliciesResponse listRolePolicies(ListRolePoliciesRequest request) {
    return refusals.told(request, iam::listRolePolicies);
  }

  @Override
  public ListRolesResponse listRoles(ListRolesRequest request) {
    return iam.listRoles(request);
  }

  @Override
  public PutRolePolicyResponse putRolePolicy(PutRolePolicyRequest request) {
    return refusals.told(request, iam::putRolePolicy);
  }

  @Override
  public RemoveRoleFromInstanceProfileResponse removeRoleFromInstanceProfile(
      RemoveRoleFromInstanceProfileRequest request) {
    return refusals.told(request, iam::removeRoleFromInstanceProfile);
  }

  @Override
  public TagRoleResponse tagRole(TagRoleRequest request) {
    return refusals.told(request, iam::tagRole);
  }

  @Override
  public UntagRoleResponse untagRole(UntagRoleRequest request) {
    return refusals.told(request, iam::untagRole);
  }

  @Override
  public UpdateRoleResponse updateRole(UpdateRoleRequest request) {
    return refusals.told(request, iam::updateRole);
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
