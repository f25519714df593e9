package spawn;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.role.ConvergedRole;
import spawn.role.CrossAccountTrust;
import spawn.role.EnsuredRole;
import spawn.role.KnownRole;
import spawn.role.LeaseTerms;
import spawn.role.RoleConvergence;
import spawn.role.RoleRequest;
import spawn.role.Roles;
import spawn.role.Tags;

/**
 * The {@code EnsureRole} state: makes the role of a launch exist as its policies ask, and leases
 * it; or makes one role of a set hold just what the set asks for.
 */
public final class EnsureRole extends StateHandler<EnsureRole.Input, EnsureRole.Output> {
  private final Roles roles;
  private final RoleConvergence convergence;

  /** Creates the function from its environment; Lambda calls this. */
  public EnsureRole() {
    this(Settings.fromEnvironment());
  }

  /** Creates the function from its settings. */
  EnsureRole(Settings settings) {
    this(settings, new AwsClients(settings.region()));
  }

  private EnsureRole(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    IamClient iam = aws.iam();
    this.roles = new Roles(iam, Clock.systemUTC(), settings.leaseTerms());
    this.convergence = new RoleConvergence(iam, Clock.systemUTC());
  }

  /** Creates the function on one account's IAM. */
  public EnsureRole(IamClient iam, Clock clock, LeaseTerms terms, Consumer<LogLine> log) {
    super(Input.class, log);
    this.roles = new Roles(iam, clock, terms);
    this.convergence = new RoleConvergence(iam, clock);
  }

  @Override
  protected Optional<String> path() {
    return Optional.of("$.iam");
  }

  @Override
  protected Output handle(Input input, Invocation invocation) {
    LogLine line =
        invocation
            .line()
            .with("execution", input.execution())
            .with("role", input.role().names().get(0));
    return input.set() == null ? ensured(input, line) : converged(input, line);
  }

  private Output ensured(Input input, LogLine line) {
    EnsuredRole ensured = roles.ensure(input.role());
    String arn = ensured.role().arn();
    String outcome = ensured.outcome().name().toLowerCase(Locale.ROOT);
    line.event("ensuredRole")
        .with("role", ensured.role().name())
        .with("outcome", outcome)
        .with("leaseUntil", ensured.leaseUntil().orElse(null))
        .figure(metric(ensured.outcome()), 1);
    return new Output(
        ensured.role().name(),
        arn,
        ensured.role().id(),
        ensured.role().created(),
        outcome,
        ensured.role().tags().get(Tags.POLICIES),
        ensured.leaseUntil().orElse(null),
        CrossAccountTrust.of(input.assumedRoles(), arn),
        List.of());
  }

  private Output converged(Input input, LogLine line) {
    ConvergedRole converged = convergence.converge(input.role(), input.set(), input.planOnly());
    String outcome = converged.outcome().name().toLowerCase(Locale.ROOT);
    line.event(input.planOnly() ? "plannedRole" : "ensuredRole")
        .with("roleSet", input.set())
        .with("outcome", outcome)
        .with("changes", converged.changes());
    if (!input.planOnly()) {
      line.figure(metric(converged.outcome()), 1);
    }
    return new Output(
        input.role().names().get(0),
        input.arn(),
        converged.role().map(KnownRole::id).orElse(null),
        converged.role().map(KnownRole::created).orElse(null),
        outcome,
        input.role().permissions().hash().hex(),
        null,
        CrossAccountTrust.of(input.assumedRoles(), input.arn()),
        converged.changes());
  }

  private static String metric(EnsuredRole.Outcome outcome) {
    return switch (outcome) {
      case CREATED -> "RolesCreated";
      case REUSED -> "RolesReused";
      case UPDATED -> "RolesUpdated";
      case EXISTING -> "RolesExisting";
    };
  }

  /**
   * What ResolvePolicies has found out.
   *
   * @param role the role to make or to use
   * @param assumedRoles the ARNs of the roles in other accounts that the role may assume
   * @param execution which execution it is
   * @param set the role set whose role it is, or {@code null} for the role of a launch
   * @param arn of a role of a set, the ARN that it has
   * @param planOnly of a role of a set, whether only to tell what would be changed
   */
  public record Input(
      RoleRequest role,
      List<String> assumedRoles,
      Execution execution,
      String set,
      String arn,
      boolean planOnly) {}

  /**
   * The role that the launch may use, or that the set has now.
   *
   * @param name its name
   * @param arn its ARN
   * @param id its unique id (AROA…), by which the next state knows it from another one of its name
   * @param created when it was made
   * @param outcome {@code created}, {@code reused}, {@code existing} or {@code updated}
   * @param policyHash the hash of its content, or {@code null} for a role that is not spawn's
   * @param leaseUntil until when the launch may rely on it, or {@code null} for a role that no
   *     sweep touches
   * @param trustPolicies what to put into the roles of other accounts
   * @param changes what was changed in a role of a set, or would be; empty where nothing was
   */
  public record Output(
      String name,
      String arn,
      String id,
      Instant created,
      String outcome,
      String policyHash,
      Instant leaseUntil,
      List<CrossAccountTrust> trustPolicies,
      List<String> changes) {}
}
