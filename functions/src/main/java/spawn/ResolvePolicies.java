package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Consumer;
import spawn.lambda.Invocation;
import spawn.lambda.Json;
import spawn.lambda.LogLine;
import spawn.lambda.Settings;
import spawn.lambda.StateHandler;
import spawn.launch.InstanceRequest;
import spawn.launch.LaunchPlan;
import spawn.launch.PayloadReader;
import spawn.policy.Severity;
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
    this(new Settings(System.getenv()));
  }

  private ResolvePolicies(Settings settings) {
    this(new PayloadReader(settings.policyContext()), settings.log());
  }

  /** Creates the function on a reader. */
  public ResolvePolicies(PayloadReader reader, Consumer<LogLine> log) {
    super(Input.class, log);
    this.reader = reader;
  }

  @Override
  protected Output handle(Input input, Invocation invocation) {
    LogLine line = invocation.line().with("execution", input.execution());
    LaunchPlan plan = reader.read(input.payload(), input.execution().name());
    RoleRequest role = plan.role();
    line.event(plan.planOnly() ? "planned" : "resolved")
        .with("role", role.names().get(0))
        .with("creator", role.creator())
        .with("policyHash", role.permissions().hash().hex())
        .with("warnings", plan.warnings().stream().map(Noted::of).toList());
    return new Output(
        plan.planOnly(),
        role,
        plan.profileName().orElse(null),
        plan.instance().map(InstanceRequest::toJson).orElse(null),
        plan.subnetIds(),
        plan.assumedRoles(),
        plan.warnings(),
        plan.planOnly() ? Plan.of(plan, input.execution().name()) : null);
  }

  /** A warning as the log has it: what it says may quote the policy. */
  private record Noted(String code, Severity severity, String path) {
    static Noted of(Warning warning) {
      return new Noted(warning.code(), warning.severity(), warning.path());
    }
  }

  /**
   * What the workflow hands over.
   *
   * @param payload the execution's input, untouched
   * @param execution which execution it is
   */
  public record Input(JsonNode payload, Execution execution) {}

  /**
   * What the payload asks for.
   *
   * @param planOnly whether nothing is to be made
   * @param role the role to make or to use
   * @param profileName the instance profile's name, or {@code null} where it is the role's
   * @param instance the completed launch in EC2's own names, or {@code null} where only a role is
   *     asked for
   * @param subnetIds the subnets to try in turn; empty where the launch itself says where
   * @param assumedRoles the ARNs of the roles in other accounts that the role may assume
   * @param warnings what the caller should know of
   * @param plan the execution's output, when {@code planOnly}
   */
  public record Output(
      boolean planOnly,
      RoleRequest role,
      String profileName,
      JsonNode instance,
      List<String> subnetIds,
      List<String> assumedRoles,
      List<Warning> warnings,
      Plan plan) {}

  /**
   * What a launch would make.
   *
   * @param role the role's name, content and tags
   * @param instanceProfile the profile's name
   * @param instance the launch request, without its client token
   * @param policyHash the hash of the role's content
   * @param warnings what the caller should know of
   * @param trustPolicies what to put into the roles of other accounts once the role is made
   */
  public record Plan(
      JsonNode role,
      JsonNode instanceProfile,
      JsonNode instance,
      String policyHash,
      List<Warning> warnings,
      List<CrossAccountTrust> trustPolicies) {
    private static Plan of(LaunchPlan plan, String execution) {
      RoleRequest request = plan.role();
      String name = request.names().get(0);
      String profile = plan.profileName().orElse(name);
      var role = Json.MAPPER.createObjectNode().put("name", name).put("arn", plan.roleArn());
      role.set("trustPolicy", request.permissions().trustPolicy());
      role.set("inlinePolicy", request.permissions().inlinePolicy().toJson());
      role.set(
          "managedPolicyArns", Json.MAPPER.valueToTree(request.permissions().managedPolicyArns()));
      role.put("permissionsBoundary", request.permissions().permissionsBoundary());
      role.put("maxSessionDuration", request.permissions().maxSessionDuration());
      role.set("tags", Json.MAPPER.valueToTree(request.tags()));
      return new Plan(
          role,
          Json.MAPPER.createObjectNode().put("name", profile),
          plan.instance()
              .map(
                  instance ->
                      instance.planned(
                          profile, name, execution, plan.subnetIds().stream().findFirst()))
              .orElse(null),
          request.permissions().hash().hex(),
          plan.warnings(),
          CrossAccountTrust.of(plan.assumedRoles(), plan.roleArn()));
    }
  }
}
