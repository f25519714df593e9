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
import spawn.policy.AssumedRole;
import spawn.policy.Warning;
import spawn.role.CrossAccountTrust;
import spawn.role.EnsuredRole;
import spawn.role.LeaseTerms;
import spawn.role.Owner;
import spawn.role.RoleRequest;
import spawn.role.Roles;
import spawn.role.Tags;

/**
 * The {@code EnsureRole} state: makes the role of a launch exist as its policies ask, and leases
 * it. It takes nothing from a role.
 */
public final class EnsureRole extends StateHandler<EnsureRole.Input, EnsureRole.Output> {
  private final Roles roles;

  /** Creates the function from its environment; Lambda calls this. */
  public EnsureRole() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(EnsureRole::new));
  }

  /** Creates the function from its settings. */
  EnsureRole(Settings settings) {
    this(settings, settings.aws());
  }

  private EnsureRole(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.roles = new Roles(aws.iam(), settings.owner(), Clock.systemUTC(), settings.leaseTerms());
  }

  /** Creates the function on one account's IAM. */
  public EnsureRole(
      IamClient iam, Owner owner, Clock clock, LeaseTerms terms, Consumer<LogLine> log) {
    super(Input.class, log);
    this.roles = new Roles(iam, owner, clock, terms);
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
    EnsuredRole ensured = roles.ensure(input.role());
    String arn = ensured.role().arn();
    List<Warning> warnings = ensured.warning(input.role()).stream().toList();
    line.event("ensuredRole")
        .with("role", ensured.role().name())
        .with("outcome", ensured.outcome())
        .with("leaseUntil", ensured.leaseUntil().orElse(null))
        .with("warnings", warnings.stream().map(Warning::forLog).toList())
        .count(metric(ensured.outcome()), 1);
    return new Output(
        ensured.role().name(),
        arn,
        ensured.role().id(),
        ensured.role().created(),
        ensured.outcome(),
        ensured.role().tags().get(Tags.POLICIES),
        ensured.leaseUntil().orElse(null),
        CrossAccountTrust.of(input.assumedRoles(), arn),
        warnings);
  }

  /** Returns the metric that counts roles of an outcome, in launches and in role sets. */
  static String metric(EnsuredRole.Outcome outcome) {
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
   * @param assumedRoles the roles in other accounts that the role may assume
   * @param execution which execution it is
   */
  public record Input(RoleRequest role, List<AssumedRole> assumedRoles, Execution execution) {}

  /**
   * The role that the launch may use.
   *
   * @param name its name
   * @param arn its ARN
   * @param id its unique id (AROA…), by which the next state knows it from another one of its name
   * @param created when it was created
   * @param outcome how it came to be usable
   * @param policyHash the hash of its content, or {@code null} for a role that spawn did not make
   * @param leaseUntil until when the launch may rely on it, or {@code null} for a role that no
   *     sweep touches
   * @param trustPolicies what to put into the roles of other accounts
   * @param warnings what the caller should know of the role, now that IAM was asked
   */
  public record Output(
      String name,
      String arn,
      String id,
      Instant created,
      EnsuredRole.Outcome outcome,
      String policyHash,
      Instant leaseUntil,
      List<CrossAccountTrust> trustPolicies,
      List<Warning> warnings) {}
}
