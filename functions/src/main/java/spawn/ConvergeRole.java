package spawn;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.plan.RolePlan;
import spawn.plan.RolePlans;
import spawn.policy.AssumedRole;
import spawn.role.ConvergedRole;
import spawn.role.CrossAccountTrust;
import spawn.role.EnsuredRole;
import spawn.role.KnownRole;
import spawn.role.Owner;
import spawn.role.RoleConvergence;
import spawn.role.RoleRequest;

/**
 * The {@code ConvergeRole} state: makes one role of a set hold what the set asks for and nothing
 * else, or tells what that would change.
 */
public final class ConvergeRole extends StateHandler<ConvergeRole.Input, ConvergeRole.Output> {
  private final RoleConvergence convergence;
  private final RolePlans plans;

  /** Creates the function from its environment; Lambda calls this. */
  public ConvergeRole() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(ConvergeRole::new));
  }

  /** Creates the function from its settings. */
  ConvergeRole(Settings settings) {
    this(settings, settings.aws());
  }

  private ConvergeRole(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.convergence = new RoleConvergence(aws.iam(), settings.owner(), Clock.systemUTC());
    this.plans = new RolePlans(aws.iam());
  }

  /** Creates the function on one account's IAM. */
  public ConvergeRole(IamClient iam, Owner owner, Clock clock, Consumer<LogLine> log) {
    super(Input.class, log);
    this.convergence = new RoleConvergence(iam, owner, clock);
    this.plans = new RolePlans(iam);
  }

  @Override
  protected Optional<String> path() {
    return Optional.of("$");
  }

  @Override
  protected Output handle(Input input, Invocation invocation) {
    String name = input.role().names().get(0);
    LogLine line =
        invocation
            .line()
            .with("execution", input.execution())
            .with("role", name)
            .with("roleSet", input.set());
    ConvergedRole converged = convergence.converge(input.role(), input.set(), input.planOnly());
    line.event(input.planOnly() ? "plannedRole" : "ensuredRole")
        .with("outcome", converged.outcome())
        .with("changes", converged.changes());
    if (!input.planOnly()) {
      line.count(EnsureRole.metric(converged.outcome()), 1);
    }
    return new Output(
        name,
        input.arn(),
        converged.role().map(KnownRole::id).orElse(null),
        converged.role().map(KnownRole::created).orElse(null),
        converged.outcome(),
        input.role().hash().hex(),
        CrossAccountTrust.of(input.assumedRoles(), input.arn()),
        converged.changes(),
        input.planOnly()
            ? plans.of(input.role(), converged.role(), input.execution().name())
            : null);
  }

  /**
   * What ResolveRoleSet has found out about one role.
   *
   * @param role what the role is to hold
   * @param assumedRoles the roles in other accounts that the role may assume
   * @param execution which execution it is
   * @param set the name of the role set
   * @param arn the ARN that the role has, or will have
   * @param planOnly whether only to tell what would be changed
   */
  public record Input(
      RoleRequest role,
      List<AssumedRole> assumedRoles,
      Execution execution,
      String set,
      String arn,
      boolean planOnly) {}

  /**
   * The role as the set has it now, or would have it.
   *
   * @param name its name
   * @param arn its ARN
   * @param id its unique id (AROA…), by which the next state knows it from another one of its name;
   *     {@code null} for a role that is only planned
   * @param created when it was created; {@code null} for a role that is only planned
   * @param outcome how it came to be as it is
   * @param policyHash the hash of its content
   * @param trustPolicies what to put into the roles of other accounts
   * @param changes what was changed, or would be; empty where nothing was
   * @param plan what it would grant more and less; {@code null} where it is not only planned
   */
  public record Output(
      String name,
      String arn,
      String id,
      Instant created,
      EnsuredRole.Outcome outcome,
      String policyHash,
      List<CrossAccountTrust> trustPolicies,
      List<String> changes,
      RolePlan plan) {}
}
