package spawn.role;

import java.util.List;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.error.NotVisibleYet;

/**
 * The calls to IAM that take something from an existing role, or change its longest session. Only
 * {@link RoleConvergence} makes them, on roles of its set: the role of a launch never loses
 * anything until the sweep removes it. Every call is safe to repeat; what is already gone counts as
 * done.
 */
final class IamSetRoles {
  private final IamClient iam;

  /** Creates the calls to one account's IAM. */
  IamSetRoles(IamClient iam) {
    this.iam = iam;
  }

  /** Detaches a managed policy from a role. */
  void detach(String roleName, String policyArn) {
    IamAnswers.unlessGone(
        () -> iam.detachRolePolicy(detach -> detach.roleName(roleName).policyArn(policyArn)));
  }

  /** Deletes an inline policy of a role. */
  void deleteInline(String roleName, String policyName) {
    IamAnswers.unlessGone(
        () -> iam.deleteRolePolicy(delete -> delete.roleName(roleName).policyName(policyName)));
  }

  /** Removes tags from a role. */
  void untag(String roleName, List<String> keys) {
    IamAnswers.unlessGone(() -> iam.untagRole(untag -> untag.roleName(roleName).tagKeys(keys)));
  }

  /**
   * Sets how long a session of a role may be.
   *
   * @param seconds 3600 to 43200
   * @throws NotVisibleYet if IAM does not know the role yet, or no longer
   */
  void updateSession(String roleName, int seconds) {
    IamAnswers.accepted(
        roleName,
        () -> iam.updateRole(update -> update.roleName(roleName).maxSessionDuration(seconds)));
  }
}
