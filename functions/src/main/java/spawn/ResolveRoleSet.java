package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.policy.AssumedRole;
import spawn.policy.Expectation;
import spawn.policy.Warning;
import spawn.role.RoleRequest;
import spawn.roleset.RoleOfSet;
import spawn.roleset.RoleSet;
import spawn.roleset.RoleSetReader;

/**
 * The {@code ResolveRoleSet} state: turns the payload of a role set into its roles. It calls
 * nothing.
 */
public final class ResolveRoleSet
    extends StateHandler<ResolveRoleSet.Input, ResolveRoleSet.Output> {
  private final RoleSetReader reader;

  /** Creates the function from its environment; Lambda calls this. */
  public ResolveRoleSet() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(ResolveRoleSet::new));
  }

  /** Creates the function from its settings. */
  ResolveRoleSet(Settings settings) {
    this(new RoleSetReader(settings.policyContext(), Clock.systemUTC()), settings.log());
  }

  /** Creates the function on a reader. */
  public ResolveRoleSet(RoleSetReader reader, Consumer<LogLine> log) {
    super(Input.class, log);
    this.reader = reader;
  }

  @Override
  protected Output handle(Input input, Invocation invocation) {
    LogLine line = invocation.line().with("execution", input.execution());
    RoleSet set = reader.read(input.payload(), input.execution().name(), input.limits());
    line.event("resolvedRoleSet")
        .with("roleSet", set.name())
        .with("planOnly", set.planOnly())
        .with("delete", set.delete())
        .with("roles", set.roles().stream().map(role -> role.role().names().get(0)).toList())
        .with("warnings", set.warnings().stream().map(Warning::forLog).toList());
    return new Output(
        set.name(),
        set.planOnly(),
        set.delete(),
        set.roles().stream().map(RoleToEnsure::of).toList(),
        allNull(set.outputs()),
        set.warnings());
  }

  private static Map<String, String> allNull(List<String> outputs) {
    Map<String, String> allNull = new LinkedHashMap<>();
    outputs.forEach(name -> allNull.put(name, null));
    return allNull;
  }

  /**
   * What the workflow hands over.
   *
   * @param payload the execution's input, untouched
   * @param execution which execution it is
   * @param limits what callers may ask for: values of the stack's parameters by their names; {@code
   *     null} in an execution that began before there were any
   */
  public record Input(JsonNode payload, Execution execution, Map<String, String> limits) {
    /** Fills in what an execution of an earlier version does not hand on. */
    public Input {
      limits = limits == null ? Map.of() : limits;
    }
  }

  /**
   * What the payload asks for.
   *
   * @param set the name of the set
   * @param planOnly whether nothing is to be changed
   * @param delete whether the set is to be removed
   * @param roles the roles to make or to change
   * @param outputs all outputs beside {@code roles} that the set can have, each {@code null}
   * @param warnings what the caller should know of
   */
  public record Output(
      String set,
      boolean planOnly,
      boolean delete,
      List<RoleToEnsure> roles,
      Map<String, String> outputs,
      List<Warning> warnings) {}

  /**
   * One role of the set.
   *
   * @param role what EnsureRole takes
   * @param arn the ARN that it has
   * @param profileName the instance profile's name, or {@code null} where it is the role's
   * @param needsProfile whether it needs an instance profile
   * @param assumedRoles the roles in other accounts that it may assume
   * @param awsConfig the AWS config by which it assumes them, or {@code null}
   * @param output what the names of its outputs begin with, or {@code null} if it has none
   * @param expectations what it must and must not be allowed; empty where nothing is said
   */
  public record RoleToEnsure(
      RoleRequest role,
      String arn,
      String profileName,
      boolean needsProfile,
      List<AssumedRole> assumedRoles,
      String awsConfig,
      String output,
      List<Expectation> expectations) {
    private static RoleToEnsure of(RoleOfSet role) {
      return new RoleToEnsure(
          role.role(),
          role.arn(),
          role.profileName().orElse(null),
          role.needsProfile(),
          role.assumedRoles(),
          role.awsConfig().orElse(null),
          role.output().orElse(null),
          role.expectations());
    }
  }
}
