package spawn.revocation;

import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import spawn.json.Json;
import spawn.role.IamAnswers;
import spawn.role.KnownRole;
import spawn.role.Revocation;
import spawn.role.Tags;

/**
 * The calls to IAM that revoke a role and undo that. Nothing else puts these policies or takes them
 * off, and every call is safe to repeat.
 */
final class IamRevocation {
  private final IamClient iam;

  /** Creates the calls to one account's IAM. */
  IamRevocation(IamClient iam) {
    this.iam = iam;
  }

  /** Returns a role as IAM shows it; nothing if it shows none. */
  Optional<KnownRole> find(String name) {
    return IamAnswers.found(() -> KnownRole.of(iam.getRole(get -> get.roleName(name)).role()));
  }

  /**
   * Denies; returns whether the role had room for that.
   *
   * @throws NoSuchEntityException if the role is gone
   */
  boolean deny(String role, Revocation revocation) {
    try {
      iam.putRolePolicy(
          put ->
              put.roleName(role)
                  .policyName(revocation.kind().policy())
                  .policyDocument(Json.text(revocation.policy())));
      return true;
    } catch (LimitExceededException full) {
      return false;
    }
  }

  /**
   * Marks a role as revoked.
   *
   * @throws NoSuchEntityException if the role is gone
   */
  void mark(String role, Revocation revocation) {
    iam.tagRole(tag -> tag.roleName(role).tags(revocation.tag()));
  }

  /** Returns whether a role holds a policy that revokes it. */
  boolean isDenied(String role) {
    return iam.listRolePoliciesPaginator(list -> list.roleName(role)).policyNames().stream()
        .anyMatch(Revocation::isPolicy);
  }

  /**
   * Takes every denial off a role, and then the mark: until it is gone, no launch uses the role.
   */
  void undo(String role) {
    for (Revocation.Kind kind : Revocation.Kind.values()) {
      IamAnswers.unlessGone(
          () -> iam.deleteRolePolicy(delete -> delete.roleName(role).policyName(kind.policy())));
    }
    IamAnswers.unlessGone(() -> iam.untagRole(untag -> untag.roleName(role).tagKeys(Tags.REVOKED)));
  }
}
