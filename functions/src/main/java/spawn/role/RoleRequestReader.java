package spawn.role;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import spawn.error.Problems;
import spawn.payload.Field;
import spawn.payload.PayloadObject;
import spawn.policy.ExpectationReader;
import spawn.policy.PermissionsReader;
import spawn.policy.PolicyHash;
import spawn.policy.PolicyLimits;
import spawn.policy.ResolvedPermissions;
import spawn.policy.StackContext;

/** Reads an object that describes a role: which role, with what in it, in which profile. */
public final class RoleRequestReader {
  private final PermissionsReader permissions;
  private final ExpectationReader expectations;
  private final StackContext context;
  private final Owner owner;

  /**
   * Creates a reader for the roles of one stack.
   *
   * @param clock tells when durations begin
   */
  public RoleRequestReader(StackContext context, Clock clock) {
    this.permissions = new PermissionsReader(context, clock);
    this.expectations = new ExpectationReader(context);
    this.context = context;
    this.owner = Owner.of(context);
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
    Map<String, String> tags = iam.get(IamFields.ROLE_TAGS).orElse(Map.of());
    limits.checkTagKeys(tags.keySet(), iam.path(IamFields.ROLE_TAGS), problems);
    List<String> names = names(iam, RoleRequest.hash(resolved.permissions(), tags));
    RoleRequest request =
        new RoleRequest(
            names,
            resolved.permissions(),
            !iam.isGiven() || resolved.described(),
            tags,
            iam.get(IamFields.CREATOR).orElse(executionName),
            RolePaths.of(iam.path()),
            context.boundaries(),
            limits.passableRoles().orElse(null),
            false);
    return new ResolvedRole(
        request,
        context.roleArn(owner.path(), names.get(0)),
        iam.get(IamFields.INSTANCE_PROFILE),
        resolved,
        expectations.read(iam.object(IamFields.EXPECT), problems));
  }

  /** Notes the names of the role and its profile that a payload must not choose. */
  public static void checkNames(PayloadObject iam, PolicyLimits limits, Problems problems) {
    for (Field<String> name : List.of(IamFields.ROLE, IamFields.INSTANCE_PROFILE)) {
      iam.get(name).ifPresent(given -> limits.checkName(given, iam.path(name), problems));
    }
  }

  private List<String> names(PayloadObject iam, PolicyHash content) {
    if (!iam.isGiven()) {
      return owner.defaultNames(content);
    }
    return iam.get(IamFields.ROLE).map(List::of).orElseGet(() -> owner.generatedNames(content));
  }
}
