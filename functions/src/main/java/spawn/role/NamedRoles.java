package spawn.role;

import java.time.Clock;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.payload.JsonPath;

/**
 * Reads roles that requests only name, and so use as they are. A role that such a request may not
 * use is not read either: what it holds is nobody's business who may not have it.
 */
public final class NamedRoles {
  private final IamClient iam;
  private final RoleContent content;
  private final Owner owner;

  /**
   * Creates a reader on one account's IAM.
   *
   * @param owner the stack whose launches they are
   */
  public NamedRoles(IamClient iam, Owner owner, Clock clock) {
    this.iam = IamAnswers.ofMakers(iam, clock);
    this.content = new RoleContent(this.iam);
    this.owner = owner;
  }

  /**
   * Returns the role that a request names, with all that it holds.
   *
   * @throws InvalidRequest if there is no such role, or the stack's launches may not use it
   * @throws NotVisibleYet if the role was deleted meanwhile
   */
  public FullRole of(RoleRequest request) {
    String name = request.names().get(0);
    KnownRole role =
        IamAnswers.found(() -> KnownRole.of(iam.getRole(get -> get.roleName(name)).role()))
            .orElseThrow(
                () ->
                    new InvalidRequest(
                        JsonPath.member(request.paths().role(), IamFields.ROLE.name()),
                        "There is no role \"%s\" whose permissions could be tested. Name one that exists, or say in \"policies\" what it should hold."
                            .formatted(name)));
    if (!owner.owns(role) && !request.mayPass(role.arn())) {
      throw RoleConflicts.notPassable(role, request.paths());
    }
    return content.of(role);
  }
}
