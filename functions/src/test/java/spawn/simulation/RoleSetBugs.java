package spawn.simulation;

import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.role.Tags;

/** The planted bugs of role sets. */
final class RoleSetBugs {
  private RoleSetBugs() {}

  /** Returns what a bug does between the function that makes a set's roles and IAM. */
  static Interposed making(Mutation bug) {
    return switch (bug) {
      case ROLE_WITHOUT_ITS_SETS_TAG_CHANGED -> Interposed.reading(RoleSetBugs::ofTheSetByItsName);
      case POLICY_NOT_DETACHED ->
          (request, ask) ->
              request instanceof DetachRolePolicyRequest
                  ? DetachRolePolicyResponse.builder().build()
                  : ask.apply(request);
      case CONTENT_NOT_LOOKED_AT ->
          (request, ask) ->
              request instanceof ListAttachedRolePoliciesRequest
                  ? ListAttachedRolePoliciesResponse.builder().isTruncated(false).build()
                  : ask.apply(request);
      default -> Interposed.NONE;
    };
  }

  private static Role ofTheSetByItsName(Role role) {
    return role.roleName().startsWith(SetRuns.SET)
        ? Answers.with(role, Tags.SET, SetRuns.SET)
        : role;
  }
}
