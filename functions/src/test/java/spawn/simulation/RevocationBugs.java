package spawn.simulation;

import java.util.List;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.PutRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.PutRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.role.Revocation;
import spawn.role.Tags;

/** The planted bugs about roles that an operator revokes. */
final class RevocationBugs {
  private final IamClient iam;

  RevocationBugs(IamClient iam) {
    this.iam = iam;
  }

  /** Returns what a bug does between the function that revokes and IAM. */
  static Interposed revoking(Mutation bug) {
    return bug == Mutation.REVOCATION_ONLY_MARKED
        ? (request, ask) ->
            request instanceof PutRolePolicyRequest
                ? PutRolePolicyResponse.builder().build()
                : ask.apply(request)
        : Interposed.NONE;
  }

  /** Returns what a bug does between a function that launches and IAM. */
  static Interposed launching(Mutation bug) {
    return switch (bug) {
      case REVOKED_ROLE_REUSED -> Interposed.reading(role -> Answers.without(role, Tags.REVOKED));
      case REVOKED_ROLE_SUCCEEDED -> Interposed.reading(RevocationBugs::asIfMarked);
      default -> Interposed.NONE;
    };
  }

  private static Role asIfMarked(Role role) {
    return Answers.tag(role, Tags.REVOKED)
        .map(told -> Answers.with(Answers.without(role, Tags.REVOKED), Tags.DELETING, told))
        .orElse(role);
  }

  /** Returns what a bug does between IAM and a function that takes policies from roles. */
  Interposed taking(Mutation bug, Mutation planted) {
    return bug == planted ? this::takingDenials : Interposed.NONE;
  }

  /** It sees neither the mark nor that a policy is none of its own, and takes it. */
  private AwsResponse takingDenials(AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    AwsResponse answer = ask.apply(request);
    if (answer instanceof ListRolePoliciesResponse listed
        && request instanceof ListRolePoliciesRequest list) {
      List<String> denials = listed.policyNames().stream().filter(Revocation::isPolicy).toList();
      denials.forEach(
          name -> iam.deleteRolePolicy(of -> of.roleName(list.roleName()).policyName(name)));
      return listed.toBuilder()
          .policyNames(
              listed.policyNames().stream().filter(name -> !denials.contains(name)).toList())
          .build();
    }
    return Interposed.reading(role -> Answers.without(role, Tags.REVOKED))
        .call(request, same -> answer);
  }
}
