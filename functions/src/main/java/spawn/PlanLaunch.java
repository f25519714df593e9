package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import spawn.association.AssociationTargets;
import spawn.error.ApprovalDenied;
import spawn.inventory.Regions;
import spawn.inventory.UsageScan;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;
import spawn.launch.NamedResource;
import spawn.plan.LaunchPlans;
import spawn.plan.Plan;
import spawn.plan.PlanRequest;
import spawn.policy.AssumedRole;
import spawn.policy.Warning;
import spawn.role.RoleRequest;

/**
 * The {@code PlanLaunch} state: asks AWS what the launch would make, and what of it is there. It
 * only reads.
 */
public final class PlanLaunch extends StateHandler<PlanLaunch.Input, Plan> {
  private final LaunchPlans plans;

  /** Creates the function from its environment; Lambda calls this. */
  public PlanLaunch() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(PlanLaunch::new));
  }

  /** Creates the function from its settings. */
  PlanLaunch(Settings settings) {
    this(settings, settings.aws());
  }

  private PlanLaunch(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.plans =
        new LaunchPlans(
            aws.iam(),
            aws.ec2(),
            new AssociationTargets(
                aws.ec2(),
                new Regions(aws.ec2(), aws::ec2, aws.sideBySide()),
                settings.associationScope()),
            new UsageScan(aws.ec2(), aws::ec2, aws.sideBySide()),
            aws.parameters()::value,
            settings.plannedStack(),
            Clock.systemUTC(),
            settings.leaseTerms());
  }

  /** Creates the function on a service. */
  public PlanLaunch(LaunchPlans plans, Consumer<LogLine> log) {
    super(Input.class, log);
    this.plans = plans;
  }

  @Override
  protected Plan handle(Input input, Invocation invocation) {
    LogLine line = invocation.line().with("execution", input.execution());
    if (input.role() != null) {
      line.with("role", input.role().names().get(0)).with("policyHash", input.role().hash().hex());
    }
    Plan plan = plans.plan(input.request());
    line.event("plannedLaunch")
        .with("planHash", plan.planHash())
        .with("instance", input.instanceId());
    if (input.approvedHash() != null && !input.approvedHash().equals(plan.planHash())) {
      throw new ApprovalDenied(
          "This approval is stale: what the launch would make is no longer what was approved. A launch template, an image, a managed policy, the boundary, the role or the stack has changed since. Nothing was made. Start the launch again.");
    }
    return plan;
  }

  /**
   * What ResolvePolicies has found out.
   *
   * @param role the role to make or to use, or {@code null} where an instance is to lose its role
   * @param lastingHash the hash of the role's content whenever it is asked for, or {@code null}
   *     without a role
   * @param profileName the instance profile's name, or {@code null} where it is the role's
   * @param needsProfile whether the role needs an instance profile
   * @param instance the completed launch in EC2's own names, or {@code null} if there is none
   * @param instanceId the existing instance that gets or loses the role, or {@code null}
   * @param subnetIds the subnets to try in turn
   * @param waitsUntilRunning whether the launch ends only when its instances run
   * @param named what the launch names that needs its owner's word
   * @param assumedRoles the roles in other accounts that the role may assume
   * @param awsConfig the AWS config by which the instances assume these roles, or {@code null}
   * @param warnings what the caller should know of
   * @param approvedHash the hash of the plan that was approved, which this one has to have; {@code
   *     null} where none was
   * @param execution which execution it is
   */
  public record Input(
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
      List<Warning> warnings,
      String approvedHash,
      Execution execution) {
    private PlanRequest request() {
      return new PlanRequest(
          Optional.ofNullable(role),
          Optional.ofNullable(lastingHash),
          Optional.ofNullable(profileName),
          needsProfile,
          Optional.ofNullable(instance).filter(json -> !json.isNull()),
          Optional.ofNullable(instanceId),
          subnetIds,
          waitsUntilRunning,
          named,
          assumedRoles,
          Optional.ofNullable(awsConfig),
          warnings,
          execution.name());
    }
  }
}
