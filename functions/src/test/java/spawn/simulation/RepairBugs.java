package spawn.simulation;

import software.amazon.awssdk.services.iam.model.DeleteRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.PutRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.PutRolePolicyResponse;
import spawn.aws.GivenRole;
import spawn.role.KnownRole;
import spawn.role.RoleRequests;

/** The planted bugs of repairs, and of launches that meet what people have changed. */
final class RepairBugs {
  private RepairBugs() {}

  /** Returns what a bug does between the repair and IAM. */
  static Interposed repairing(Mutation bug) {
    return switch (bug) {
      case WHAT_WAS_ADDED_IS_LEFT ->
          (request, ask) ->
              request instanceof DetachRolePolicyRequest
                  ? DetachRolePolicyResponse.builder().build()
                  : request instanceof DeleteRolePolicyRequest
                      ? DeleteRolePolicyResponse.builder().build()
                      : ask.apply(request);
      case WHAT_WAS_CHANGED_IS_NOT_PUT_BACK ->
          (request, ask) ->
              request instanceof PutRolePolicyRequest
                  ? PutRolePolicyResponse.builder().build()
                  : ask.apply(request);
      case INLINE_POLICIES_NOT_LOOKED_AT ->
          (request, ask) ->
              request instanceof ListRolePoliciesRequest
                  ? ListRolePoliciesResponse.builder()
                      .policyNames("spawn")
                      .isTruncated(false)
                      .build()
                  : ask.apply(request);
      default -> Interposed.NONE;
    };
  }

  /** Returns what a bug does between a function that launches and IAM. */
  static Interposed launching(Mutation bug) {
    return bug == Mutation.WIDENED_TRUST_ACCEPTED
        ? Interposed.reading(
            role ->
                KnownRole.decoded(role.assumeRolePolicyDocument()).contains("lambda.amazonaws.com")
                        && role.path().equals(RoleRequests.OWNER.path())
                    ? role.toBuilder().assumeRolePolicyDocument(GivenRole.TRUSTS_EC2).build()
                    : role)
        : Interposed.NONE;
  }
}
