package spawn;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import spawn.lambda.Aws;
import spawn.lambda.Settings;
import spawn.lambda.StateHandler;
import spawn.role.EnsuredRole;
import spawn.role.RoleRequest;
import spawn.role.Roles;
import spawn.role.Tags;

/**
 * The {@code EnsureRole} state: makes the role of a launch exist as its policies ask, and leases
 * it.
 */
public final class EnsureRole extends StateHandler<EnsureRole.Input, EnsureRole.Output> {
  private final Roles roles;

  /** Creates the function from its environment; Lambda calls this. */
  public EnsureRole() {
    this(new Roles(Aws.iam(), Clock.systemUTC(), new Settings(System.getenv()).leaseTerms()));
  }

  /** Creates the function on a service. */
  public EnsureRole(Roles roles) {
    super(Input.class);
    this.roles = roles;
  }

  @Override
  protected Output handle(Input input) {
    EnsuredRole ensured = roles.ensure(input.role());
    String arn = ensured.role().arn();
    return new Output(
        ensured.role().name(),
        arn,
        ensured.role().id(),
        ensured.role().created(),
        ensured.outcome().name().toLowerCase(Locale.ROOT),
        ensured.role().tags().get(Tags.POLICIES),
        ensured.leaseUntil().orElse(null),
        CrossAccountTrust.of(input.assumedRoles(), arn));
  }

  /**
   * What ResolvePolicies has found out.
   *
   * @param role the role to make or to use
   * @param assumedRoles the ARNs of the roles in other accounts that the role may assume
   */
  public record Input(RoleRequest role, List<String> assumedRoles) {}

  /**
   * The role that the launch may use.
   *
   * @param name its name
   * @param arn its ARN
   * @param id its unique id (AROA…), by which the next state knows it from another one of its name
   * @param created when it was made
   * @param outcome {@code created}, {@code reused} or {@code existing}
   * @param policyHash the hash of its content, or {@code null} for a role that is not spawn's
   * @param leaseUntil until when the launch may rely on it, or {@code null} for a role that no
   *     sweep touches
   * @param trustPolicies what to put into the roles of other accounts
   */
  public record Output(
      String name,
      String arn,
      String id,
      Instant created,
      String outcome,
      String policyHash,
      Instant leaseUntil,
      List<CrossAccountTrust> trustPolicies) {}
}
