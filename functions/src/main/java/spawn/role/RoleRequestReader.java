package spawn.role;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.policy.PermissionsReader;
import spawn.policy.PolicyLimits;
import spawn.policy.ResolvedPermissions;
import spawn.policy.StackContext;

/** Reads an object that describes a role: which role, with what in it, in which profile. */
public final class RoleRequestReader {
  private final PermissionsReader permissions;
  private final StackContext context;

  /** Creates a reader for the roles of one stack. */
  public RoleRequestReader(StackContext context) {
    this.permissions = new PermissionsReader(context);
    this.context = context;
  }

  /**
   * Reads an object with the members of {@link IamFields}; where it is not given, the default role
   * is meant.
   *
   * @param executionName the execution's name: the creator, where the payload names none
   * @param limits what callers may ask for
   * @param problems takes everything that is wrong; when it has taken anything, the result is not
   *     to be used
   */
  public ResolvedRole read(
      PayloadObject iam, String executionName, PolicyLimits limits, Problems problems) {
    ResolvedPermissions resolved =
        iam.isGiven()
            ? permissions.read(iam.json(), iam.path(), limits, problems)
            : permissions.defaultRole();
    List<String> names = names(iam, resolved);
    RoleRequest request =
        new RoleRequest(
            names,
            resolved.permissions(),
            !iam.isGiven() || resolved.described(),
            iam.get(IamFields.ROLE_TAGS).orElse(Map.of()),
            iam.get(IamFields.CREATOR).orElse(executionName),
            RolePaths.of(iam.path()));
    String arn =
        "arn:%s:iam::%s:role%s%s"
            .formatted(context.partition(), context.account(), Tags.PATH, names.get(0));
    return new ResolvedRole(request, arn, iam.get(IamFields.INSTANCE_PROFILE), resolved);
  }

  private static List<String> names(PayloadObject iam, ResolvedPermissions resolved) {
    if (!iam.isGiven()) {
      return List.of(RoleNames.DEFAULT);
    }
    Optional<String> name = iam.get(IamFields.ROLE);
    return name.map(List::of).orElseGet(() -> RoleNames.generated(resolved.permissions().hash()));
  }
}
