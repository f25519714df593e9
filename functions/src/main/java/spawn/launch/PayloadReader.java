package spawn.launch;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.payload.PayloadObject;
import spawn.policy.PermissionFields;
import spawn.policy.PolicyLimits;
import spawn.policy.StackContext;
import spawn.role.IamFields;
import spawn.role.ResolvedRole;
import spawn.role.RoleImport;
import spawn.role.RoleRequestReader;

/**
 * Reads a launch payload, or says everything that is wrong with it. Pure: whatever it refuses,
 * nothing was written.
 */
public final class PayloadReader {
  private final RoleRequestReader roles;
  private final StackContext context;

  /** Creates a reader for the payloads of one stack, by the clock of this computer. */
  public PayloadReader(StackContext context) {
    this(context, Clock.systemUTC());
  }

  /**
   * Creates a reader for the payloads of one stack.
   *
   * @param clock tells when durations begin
   */
  public PayloadReader(StackContext context, Clock clock) {
    this.roles = new RoleRequestReader(context, clock);
    this.context = context;
  }

  /**
   * Returns what the payload asks for, in a stack without limits.
   *
   * @throws InvalidRequest with every problem of the payload
   */
  public LaunchPlan read(JsonNode json, String executionName) {
    return read(json, executionName, Map.of());
  }

  /**
   * Returns what the payload asks for.
   *
   * @param json the execution's input
   * @param executionName the execution's name: the creator, where the payload names none
   * @param limits what callers may ask for: values of the stack's parameters by their names; one
   *     that is missing limits nothing
   * @throws InvalidRequest with every problem of the payload
   */
  public LaunchPlan read(JsonNode json, String executionName, Map<String, String> limits) {
    return new Reading(json, executionName, limits).read();
  }

  /**
   * Returns whether people have to agree to a launch before it makes anything.
   *
   * @param limits as above
   */
  public ApprovalNeed approval(LaunchPlan plan, Map<String, String> limits) {
    return ApprovalNeed.of(plan, context.broadAccess(), limits);
  }

  /** One reading of one payload. */
  private final class Reading {
    private final Problems problems = new Problems();
    private final String executionName;
    private final PayloadObject payload;
    private final PayloadObject iam;
    private final PayloadObject options;
    private final PolicyLimits policyLimits;
    private final LaunchLimits launchLimits;

    Reading(JsonNode json, String executionName, Map<String, String> limits) {
      this.executionName = executionName;
      this.policyLimits = PolicyLimits.of(limits);
      this.launchLimits = LaunchLimits.of(limits);
      this.payload = PayloadObject.of(json, LaunchFields.ALL, problems);
      this.iam = RoleImport.in(payload.object(LaunchFields.IAM), problems);
      this.options = payload.object(LaunchFields.OPTIONS);
    }

    LaunchPlan read() {
      Optional<InstanceRequest> instance = instance();
      LaunchPlan plan =
          new LaunchPlan(
              options.isTrue(LaunchFields.PLAN),
              iam.isTrue(LaunchFields.NONE) ? noRole() : Optional.of(role()),
              instance,
              instanceId(),
              subnetIds(instance),
              waitsUntilRunning(instance),
              named(instance));
      payload.keeps(LaunchFields.NEW_OR_EXISTING_INSTANCE);
      problems.throwIfAny();
      return plan;
    }

    private Optional<InstanceRequest> instance() {
      Optional<String> run = run();
      return payload
          .get(LaunchFields.INSTANCE)
          .map(
              node ->
                  new InstanceReader(payload.path(LaunchFields.INSTANCE), problems)
                      .read(node, run)
                      .ofTeam(policyLimits.team()));
    }

    /** Holds the launch against the stack's limits; returns what needs its owner's word. */
    private List<NamedResource> named(Optional<InstanceRequest> instance) {
      if (instance.isEmpty() || !payload.get(LaunchFields.INSTANCE).get().isObject()) {
        return List.of();
      }
      return new LimitedLaunch(
              launchLimits, instance.get().request(), payload.path(LaunchFields.INSTANCE), problems)
          .check(
              options.list(LaunchFields.SUBNET_IDS),
              options.path(LaunchFields.SUBNET_IDS),
              payload.get(LaunchFields.RUN).map(run -> payload.path(LaunchFields.RUN)));
    }

    private Optional<String> run() {
      Optional<String> run = payload.get(LaunchFields.RUN);
      String path = payload.path(LaunchFields.RUN);
      if (payload.has(LaunchFields.RUN) && !payload.has(LaunchFields.INSTANCE)) {
        problems.add(
            path,
            "Needs $.instance, whose instances run it when they first start. An existing instance does not: leave it out.");
      }
      if (run.filter(String::isBlank).isPresent()) {
        problems.add(
            path, "Must hold a command or a script, for example \"aws s3 cp s3://bucket/key .\".");
      }
      if (run.filter(script -> script.indexOf('\0') >= 0).isPresent()) {
        problems.add(path, "Must be text: it holds a character of code 0, which no shell reads.");
      }
      return run;
    }

    private Optional<ResolvedRole> noRole() {
      iam.keeps(LaunchFields.NONE_STANDS_ALONE);
      if (!payload.has(LaunchFields.INSTANCE_ID)) {
        problems.add(
            iam.path(LaunchFields.NONE),
            "Needs $.instanceId, the instance to take the role off. To launch an instance with the default role, leave out $.iam.");
      }
      return Optional.empty();
    }

    private ResolvedRole role() {
      ResolvedRole role = roles.read(iam, executionName, policyLimits, problems);
      RoleRequestReader.checkNames(iam, policyLimits, problems);
      boolean isForAnInstance =
          payload.has(LaunchFields.INSTANCE) || payload.has(LaunchFields.INSTANCE_ID);
      if (!isForAnInstance
          && iam.isGiven()
          && !iam.has(IamFields.ROLE)
          && !iam.isWrong(LaunchFields.NONE)) {
        problems.add(
            iam.path(IamFields.ROLE),
            "Missing: without an instance, the role needs a name of its own. A generated name would be removed as unused.");
      }
      if (isForAnInstance && !role.isForEc2() && !iam.isWrong(PermissionFields.TRUST_SERVICES)) {
        problems.add(
            iam.path(PermissionFields.TRUST_SERVICES),
            "Must contain \"ec2\": an instance gets no credentials from a role that does not trust ec2.");
      }
      ResolvedRole ofTeam = role.ofTeam(policyLimits.team());
      return isForAnInstance ? ofTeam : ofTeam.withoutInstance();
    }

    private Optional<String> instanceId() {
      return payload.get(LaunchFields.INSTANCE_ID).map(this::instanceId);
    }

    /** Returns the id in an id or an ARN. */
    private String instanceId(String idOrArn) {
      Matcher parts = LaunchFields.INSTANCE_ID_OR_ARN.pattern().matcher(idOrArn);
      if (!parts.matches()) {
        throw new IllegalStateException("The field does not hold what it is declared to.");
      }
      String region = parts.group(1);
      if (region != null && !region.equals(context.region())) {
        problems.add(
            payload.path(LaunchFields.INSTANCE_ID),
            "The instance is in %s, but this stack serves %s. Ask a stack of that region."
                .formatted(region, context.region()));
      }
      String account = parts.group(2);
      if (account != null && !account.equals(context.account())) {
        problems.add(
            payload.path(LaunchFields.INSTANCE_ID),
            "The instance belongs to another account, %s.".formatted(account));
      }
      return parts.group(3);
    }

    private boolean waitsUntilRunning(Optional<InstanceRequest> instance) {
      Optional<String> wait = options.get(LaunchFields.WAIT);
      if (wait.isPresent() && instance.isEmpty()) {
        problems.add(
            options.path(LaunchFields.WAIT),
            "Needs $.instance, whose instances are waited for. Leave it out.");
      }
      return wait.filter("pending"::equals).isEmpty();
    }

    private List<String> subnetIds(Optional<InstanceRequest> instance) {
      List<String> ids = options.list(LaunchFields.SUBNET_IDS);
      if (!options.has(LaunchFields.SUBNET_IDS) || options.isWrong(LaunchFields.SUBNET_IDS)) {
        return ids;
      }
      String path = options.path(LaunchFields.SUBNET_IDS);
      if (ids.size() > LaunchFields.MAX_SUBNETS) {
        problems.add(
            path,
            "Must be a list of up to %d subnet ids, not of %d: each without capacity costs the launch a call."
                .formatted(LaunchFields.MAX_SUBNETS, ids.size()));
      } else if (instance.isEmpty()) {
        problems.add(path, "Needs $.instance, which is launched into one of the subnets.");
      } else if (instance.get().saysWhere()) {
        problems.add(
            path,
            "$.instance already says where, by SubnetId or NetworkInterfaces. Leave out one or the other.");
      }
      return ids;
    }
  }
}
