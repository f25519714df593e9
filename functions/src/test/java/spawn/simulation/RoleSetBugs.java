package spawn.simulation;

import java.time.Clock;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.cleanup.SweepTerms;
import spawn.role.Tags;

/** The planted bugs of role sets. */
final class RoleSetBugs {
  private final Clock clock;

  RoleSetBugs(Clock clock) {
    this.clock = clock;
  }

  /** Returns what a bug does between a function that launches and IAM. */
  static Interposed launching(Mutation bug) {
    return bug == Mutation.UNFINISHED_ROLE_OF_A_SET_USED
        ? Interposed.reading(role -> isOfTheSet(role) ? finished(role) : role)
        : Interposed.NONE;
  }

  /** Returns what a bug does between the sweep and IAM. */
  Interposed removing(Mutation bug) {
    return switch (bug) {
      case SET_REMOVED_DESPITE_LEASES ->
          Interposed.reading(
              role -> isOfTheSet(role) ? Answers.without(role, Tags.LEASE_UNTIL) : role);
      case SET_REMOVED_WITHOUT_WAITING -> Interposed.reading(this::markedLongAgo);
      default -> Interposed.NONE;
    };
  }

  /** Returns what a bug does between the sweep and EC2. */
  static Interposed lookingForUse(Mutation bug) {
    return bug == Mutation.SET_REMOVED_DESPITE_USE
        ? Interposed.answering(answer -> Answers.withoutUseOf(answer, RoleSetActors.ROLES))
        : Interposed.NONE;
  }

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

  private static boolean isOfTheSet(Role role) {
    return Answers.tag(role, Tags.SET).isPresent();
  }

  private static Role finished(Role role) {
    return Answers.with(role, Tags.LEASED_ID, role.roleId());
  }

  private Role markedLongAgo(Role role) {
    return isOfTheSet(role) && Answers.tag(role, Tags.DELETING).isPresent()
        ? Answers.with(
            Answers.without(role, Tags.LEASE_UNTIL),
            Tags.DELETING,
            clock.instant().minus(SweepTerms.STANDARD.mark().plusMinutes(1)).toString())
        : role;
  }

  private static Role ofTheSetByItsName(Role role) {
    return role.roleName().startsWith(RoleSetActors.SET)
        ? Answers.with(role, Tags.SET, RoleSetActors.SET)
        : role;
  }
}
