package spawn.plan;

import java.util.Comparator;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.policy.GrantDifference;
import spawn.role.KnownRole;
import spawn.role.RoleRequest;

/**
 * Says what a role of a set would grant more and less than it does. It only reads: what {@link
 * LaunchPlans} reads of a role.
 */
public final class RolePlans {
  private final IamClient iam;

  /** Creates the service on one account's IAM. */
  public RolePlans(IamClient iam) {
    this.iam = iam;
  }

  /**
   * Returns the plan of a role.
   *
   * @param role the role as it is now; nothing where there is none
   * @param executionName the name of the execution
   */
  public RolePlan of(RoleRequest request, Optional<KnownRole> role, String executionName) {
    IamClient once = new OnceReadIam(iam);
    HoldingsReader reader = new HoldingsReader(once);
    Holdings after = reader.of(request);
    GrantDifference difference =
        GrantDifference.between(
            role.map(reader::of).orElse(Holdings.NONE).documents(), after.documents());
    Pins pins =
        new Pins(
            null,
            null,
            after.managed().stream()
                .map(Pins.Policy::of)
                .sorted(Comparator.comparing(Pins.Policy::arn))
                .toList(),
            after.boundary().map(Pins.Policy::of).orElse(null),
            null);
    return new RolePlan(
        Grants.json(role, difference, after), PlanHash.ofRole(request, executionName, pins), pins);
  }
}
