package spawn.plan;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import software.amazon.awssdk.services.iam.IamClient;
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
import software.amazon.awssdk.services.iam.model.IamRequest;
import software.amazon.awssdk.services.iam.model.IamResponse;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesForRoleRequest;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesForRoleResponse;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;

/**
 * IAM for one plan: what has been answered is not asked again, so that all parts of a plan speak of
 * the same, and no other call than these reads is supported, so that a plan writes nothing.
 */
final class OnceReadIam implements IamClient {
  private final IamClient iam;
  private final Map<IamRequest, Object> answers = new ConcurrentHashMap<>();

  /** Creates what has asked nothing yet. */
  OnceReadIam(IamClient iam) {
    this.iam = iam;
  }

  @SuppressWarnings("unchecked") // each request has one type of answer
  private <Q extends IamRequest, A> A once(Q request, Function<Q, A> call) {
    Object known = answers.get(request);
    if (known != null) {
      return (A) known;
    }
    A answer = call.apply(request);
    // A page may be empty although more follow. Where its marker is the one that it was asked by, a
    // kept answer would be read for ever:
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
    if (!(answer instanceof IamResponse page)
        || page.getValueForField("Marker", String.class)
            .filter(request.getValueForField("Marker", String.class).orElse("")::equals)
            .isEmpty()) {
      answers.put(request, answer);
    }
    return answer;
  }

  @Override
  public GetAccountSummaryResponse getAccountSummary(GetAccountSummaryRequest request) {
    return once(request, iam::getAccountSummary);
  }

  @Override
  public GetInstanceProfileResponse getInstanceProfile(GetInstanceProfileRequest request) {
    return once(request, iam::getInstanceProfile);
  }

  @Override
  public GetPolicyResponse getPolicy(GetPolicyRequest request) {
    return once(request, iam::getPolicy);
  }

  @Override
  public GetPolicyVersionResponse getPolicyVersion(GetPolicyVersionRequest request) {
    return once(request, iam::getPolicyVersion);
  }

  @Override
  public GetRoleResponse getRole(GetRoleRequest request) {
    return once(request, iam::getRole);
  }

  @Override
  public GetRolePolicyResponse getRolePolicy(GetRolePolicyRequest request) {
    return once(request, iam::getRolePolicy);
  }

  @Override
  public ListAttachedRolePoliciesResponse listAttachedRolePolicies(
      ListAttachedRolePoliciesRequest request) {
    return once(request, iam::listAttachedRolePolicies);
  }

  @Override
  public ListInstanceProfilesForRoleResponse listInstanceProfilesForRole(
      ListInstanceProfilesForRoleRequest request) {
    return once(request, iam::listInstanceProfilesForRole);
  }

  @Override
  public ListRolePoliciesResponse listRolePolicies(ListRolePoliciesRequest request) {
    return once(request, iam::listRolePolicies);
  }

  @Override
  public String serviceName() {
    return iam.serviceName();
  }

  @Override
  public void close() {
    answers.clear();
  }
}
