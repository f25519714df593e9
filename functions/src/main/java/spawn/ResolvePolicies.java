package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.launch.ApprovalNeed;
import spawn.launch.InstanceRequest;
import spawn.launch.LaunchPlan;
import spawn.launch.NamedResource;
import spawn.launch.PayloadReader;
import spawn.launch.PlannedLaunch;
import spawn.policy.AssumedRole;
import spawn.policy.Expectation;
import spawn.policy.Warning;
import spawn.role.RoleRequest;

/**
 * The {@code ResolvePolicies} state: turns the payload into the role and the launch that it asks
 * for. It calls nothing.
 */
public final class ResolvePolicies
    extends StateHandler<ResolvePolicies.Input, ResolvePolicies.Output> {
  private final PayloadReader reader;

  /** Creates the function from its environment; Lambda calls this. */
  public ResolvePolicies() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(ResolvePolicies::new));
  }

  /** Creates the function from its settings. */
  ResolvePolicies(Settings settings) {
    this(new PayloadReader(settings.policyContext(), Clock.systemUTC()), settings.log());
  }

  /** Creates the function on a reader. */
  public ResolvePolicies(PayloadReader reader, Consumer<LogLine> log) {
    super(Input.class, log);
    this.reader = reader;
  }

  @Override
  protected Output handle(Input input, Invocation invocation) {
    LogLine line = invocation.line().with("execution", input.execution());
    LaunchPlan plan = reader.read(input.payload(), input.execution().name(), input.limits());
    line.event(plan.planOnly() ? "planned" : "resolved")
        .with("instance", plan.instanceId().orElse(null));
    plan.role()
        .ifPresent(
            role ->
                line.with("role", role.names().get(0))
                    .with("creator", role.creator())
                    .with("policyHash", role.hash().hex()));
    line.with("warnings", plan.warnings().stream().map(Warning::forLog).toList());
    return new Output(
        plan.planOnly(),
        plan.role().orElse(null),
        plan.resolved().map(role -> role.lastingHash().hex()).orElse(null),
        plan.profileName().orElse(null),
        plan.needsProfile(),
        plan.instance().map(InstanceRequest::toJson).orElse(null),
        plan.instanceId().orElse(null),
        plan.subnetIds(),
        plan.waitsUntilRunning(),
        plan.named(),
        plan.assumedRoles(),
        plan.awsConfig().orElse(null),
        plan.expectations(),
        plan.warnings(),
        reader.approval(plan, input.limits()),
        plan.planOnly() ? PlannedLaunch.of(plan, input.execution().name()) : null);
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
   * @param planOnly whether nothing is to be made
   * @param role the role to make or to use, or {@code null} where an instance is to lose its role
   * @param lastingHash the hash of the role's content whenever it is asked for, or {@code null}
   *     without a role
   * @param profileName the instance profile's name, or {@code null} where it is the role's
   * @param needsProfile whether the role needs an instance profile
   * @param instance the completed launch in EC2's own names, or {@code null} if there is none
   * @param instanceId the existing instance that gets or loses the role, or {@code null} if there
   *     is none
   * @param subnetIds the subnets to try in turn; empty where the launch itself says where
   * @param waitsUntilRunning whether the launch ends only when its instances run
   * @param named what the launch names that needs its owner's word
   * @param assumedRoles the roles in other accounts that the role may assume
   * @param awsConfig the AWS config by which the instances assume these roles, or {@code null}
   * @param expectations what the role must and must not be allowed; empty where nothing is said
   * @param warnings what the caller should know of
   * @param approval whether people have to agree before anything is made
   * @param plan what an execution that only plans, and began before AWS was asked for it, answers
   */
  public record Output(
      boolean planOnly,
      RoleRequest role,
      String lastingHash,
      String profileName,
      boolean needsProfile,
      JsonNode instance,
      String instanceId,
      List<String> subnetIds,
      boolean waitsUntilRunning,
      List<NamedResource> named,
      List<AssumedRole> assumedRoles,
      String awsConfig,
      List<Expectation> expectations,
      List<Warning> warnings,
      ApprovalNeed approval,
      PlannedLaunch plan) {}
}
