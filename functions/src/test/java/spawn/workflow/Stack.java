package spawn.workflow;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import spawn.AnswerApproval;
import spawn.AskForApproval;
import spawn.AssociateProfile;
import spawn.AuditRoles;
import spawn.CleanupUnusedRoles;
import spawn.ConfirmAnswer;
import spawn.ConvergeRole;
import spawn.EnsureProfile;
import spawn.EnsureRole;
import spawn.ExportRole;
import spawn.LookAtInstance;
import spawn.PlanLaunch;
import spawn.RepairRoles;
import spawn.ResolvePolicies;
import spawn.ResolveRoleSet;
import spawn.RevokeRole;
import spawn.RunInstance;
import spawn.Settings;
import spawn.TestPermissions;
import spawn.WaitForInstances;
import spawn.WaitForPropagation;
import spawn.approval.AnswerRecords;
import spawn.approval.ApprovalMachines;
import spawn.approval.Approvals;
import spawn.approval.Askings;
import spawn.approval.Confirmations;
import spawn.approval.Requests;
import spawn.association.AssociationScope;
import spawn.association.AssociationTargets;
import spawn.association.Associations;
import spawn.audit.Audit;
import spawn.audit.Repair;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Crash;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.cleanup.CleanupMode;
import spawn.cleanup.Crew;
import spawn.cleanup.Sweep;
import spawn.cleanup.SweepLimits;
import spawn.cleanup.SweepTerms;
import spawn.export.RoleExports;
import spawn.inventory.Regions;
import spawn.inventory.SideBySide;
import spawn.inventory.UsageScan;
import spawn.lambda.CallCounter;
import spawn.lambda.LogLine;
import spawn.launch.Launches;
import spawn.launch.OwnersWord;
import spawn.launch.PayloadReader;
import spawn.launch.StartProbe;
import spawn.plan.LaunchPlans;
import spawn.plan.PlannedStack;
import spawn.policy.StackContext;
import spawn.profile.InstanceProfiles;
import spawn.profile.PropagationProbe;
import spawn.revocation.Revocations;
import spawn.role.LeaseTerms;
import spawn.role.Owner;
import spawn.role.RoleRepair;
import spawn.role.Tags;
import spawn.roleset.RoleSetReader;

/** The stack deployed into a simulated account: the real workflow with the real functions. */
public final class Stack {
  /** The boundary that the stack puts on every role but those of AWS Batch and Spot Fleet. */
  public static final String BOUNDARY =
      "arn:aws:iam::123456789012:policy/spawn-InstanceBoundary-1ABCDEF";

  /** The boundary that the stack puts on roles that only AWS Batch or Spot Fleet may assume. */
  public static final String SERVICE_BOUNDARY =
      "arn:aws:iam::123456789012:policy/spawn-ServiceBoundary-1ABCDEF";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a stack says of itself that nobody has named otherwise. */
  public static final StackContext CONTEXT = context("spawn", "us-east-1", BOUNDARY);

  /** The ARN of the function that takes the answers of approvers. */
  public static final String ANSWER_FUNCTION =
      "arn:aws:lambda:us-east-1:123456789012:function:spawn-AnswerApproval-1ABCDEF:live";

  /** The ARN of the machine whose executions launch. */
  public static final String LAUNCH_MACHINE =
      "arn:aws:states:us-east-1:123456789012:stateMachine:launch";

  private static final ApprovalMachines MACHINES =
      new ApprovalMachines("aws", "us-east-1", "123456789012", "spawn");

  /** What of IAM is that stack's own. */
  public static final Owner OWNER = Owner.of(CONTEXT);

  private final SimulatedAws aws;
  private final Workflow workflow;
  private final Lambda lambda;
  private final Timeline timeline;
  private final Engine engine;
  private Optional<Consumer<Visit>> observer = Optional.empty();

  private Stack(
      SimulatedAws aws,
      Workflow workflow,
      Lambda lambda,
      Timeline timeline,
      RandomGenerator random) {
    this.aws = aws;
    this.workflow = workflow;
    this.lambda = lambda;
    this.timeline = timeline;
    this.engine =
        new Engine(
            workflow.expressions(),
            lambda,
            aws.clock(),
            random,
            aws.stepFunctions(),
            Map.of(workflow.template().machineArn("ApprovalStateMachine"), workflow.approval()));
    aws.stepFunctions().deploy(LAUNCH_MACHINE, workflow.launch().text());
  }

  /** Deploys the stack; its executions run one at a time, and its waits move the account's time. */
  public static Stack on(SimulatedAws aws) {
    return on(aws, Workflow.read());
  }

  /** Deploys a stack that says something else of itself. */
  public static Stack on(SimulatedAws aws, StackContext context) {
    return on(aws, context, Workflow.read(), line -> {}, thrown -> {});
  }

  /** Deploys the same with a workflow that has been read before. */
  static Stack on(SimulatedAws aws, Workflow workflow) {
    return on(aws, workflow, line -> {}, thrown -> {});
  }

  /**
   * Deploys the same, and listens.
   *
   * @param log takes what the functions log
   * @param thrown takes what they throw, which Lambda's runtime logs
   */
  public static Stack on(
      SimulatedAws aws, Workflow workflow, Consumer<LogLine> log, Consumer<Throwable> thrown) {
    return on(aws, CONTEXT, workflow, log, thrown);
  }

  private static Stack on(
      SimulatedAws aws,
      StackContext context,
      Workflow workflow,
      Consumer<LogLine> log,
      Consumer<Throwable> thrown) {
    Parts parts =
        new Parts() {
          @Override
          public StackContext context() {
            return context;
          }

          @Override
          public IamClient iam(String function) {
            // They read roles that the stack's owner lets launches use, wherever they lie.
            return List.of("PlanLaunch", "TestPermissions").contains(function)
                ? aws.iamOnEveryPath()
                : aws.iam(owner().path());
          }

          @Override
          public Ec2Client ec2(String function, Region region) {
            return aws.ec2(region);
          }

          @Override
          public Optional<String> parameter(String name) {
            return aws.parameter(name);
          }

          @Override
          public Clock clock(String function) {
            return aws.clock();
          }

          @Override
          public Consumer<LogLine> log() {
            return log;
          }

          @Override
          public Consumer<Throwable> thrown() {
            return thrown;
          }
        };
    return deployed(workflow, aws, parts, aws::advance, new SplittableRandom(0));
  }

  /** Deploys the stack, made of other parts. */
  public static Stack deployed(
      Workflow workflow, SimulatedAws aws, Parts parts, Timeline timeline, RandomGenerator random) {
    Lambda lambda = new Lambda(aws.clock(), parts.thrown());
    handlers(parts, aws)
        .forEach(
            (name, handler) ->
                lambda.add(
                    name,
                    handler,
                    workflow.template().timeout(name),
                    workflow.template().memoryInMegabytes(name),
                    workflow.template().isReservedOne(name)));
    Stack stack = new Stack(aws, workflow, lambda, timeline, random);
    aws.faults(stack.limited(Faults.NONE));
    return stack;
  }

  /** What the functions are made of. */
  public interface Parts {
    /** Returns what the stack says of itself. */
    default StackContext context() {
      return CONTEXT;
    }

    /** Returns what of IAM is the stack's own. */
    default Owner owner() {
      return Owner.of(context());
    }

    /** Returns the stack's region. */
    default Region home() {
      return Region.of(context().region());
    }

    /** Returns what a function takes for IAM. */
    IamClient iam(String function);

    /** Returns what a function takes for EC2. */
    Ec2Client ec2(String function, Region region);

    /** Returns what a function takes for Step Functions: the account's, if not told otherwise. */
    default SfnClient states(String function, SfnClient real) {
      return real;
    }

    /** Returns what a parameter of Systems Manager holds; nothing, if not told otherwise. */
    default Optional<String> parameter(String name) {
      return Optional.empty();
    }

    /** Returns what a function takes for the time. */
    Clock clock(String function);

    /** Returns what runs the work of a sweep; one after the other, if not told otherwise. */
    default SideBySide sideBySide() {
      return SideBySide.on(Runnable::run);
    }

    /** Returns how many calls had to be repeated so far; none, if not told otherwise. */
    default LongSupplier repeated() {
      return () -> 0;
    }

    /** Returns how much a sweep may do. */
    default SweepLimits sweepLimits() {
      return SweepLimits.STANDARD;
    }

    /** Returns how long the sweep waits. */
    default SweepTerms sweepTerms() {
      return SweepTerms.STANDARD;
    }

    /** Returns what a function takes for its log; nowhere, if not told otherwise. */
    default Consumer<LogLine> log() {
      return line -> {};
    }

    /** Returns what hears of what a function throws; nobody, if not told otherwise. */
    default Consumer<Throwable> thrown() {
      return nobody -> {};
    }
  }

  private static Map<String, RequestStreamHandler> handlers(Parts parts, SimulatedAws aws) {
    return Map.ofEntries(
        Map.entry(
            "ResolvePolicies",
            new ResolvePolicies(
                new PayloadReader(parts.context(), parts.clock("ResolvePolicies")), parts.log())),
        Map.entry(
            "ResolveRoleSet",
            new ResolveRoleSet(
                new RoleSetReader(parts.context(), parts.clock("ResolveRoleSet")), parts.log())),
        Map.entry("PlanLaunch", planLaunch(parts, "PlanLaunch")),
        Map.entry("TestPermissions", testPermissions(parts, "TestPermissions")),
        Map.entry("EnsureRole", ensureRole(parts, "EnsureRole")),
        Map.entry("ConvergeRole", convergeRole(parts, "ConvergeRole")),
        Map.entry("EnsureProfile", ensureProfile(parts, "EnsureProfile")),
        Map.entry("ExportRole", exportRole(parts, "ExportRole")),
        Map.entry("WaitForPropagation", waitForPropagation(parts, "WaitForPropagation")),
        Map.entry("RunInstance", runInstance(parts, "RunInstance")),
        Map.entry("WaitForInstances", waitForInstances(parts, "WaitForInstances")),
        Map.entry("LookAtInstance", lookAtInstance(parts, "LookAtInstance")),
        Map.entry("AssociateProfile", associateProfile(parts, "AssociateProfile")),
        Map.entry("AskForApproval", askForApproval(parts, aws)),
        Map.entry("ConfirmAnswer", confirmAnswer(parts, aws)),
        Map.entry("AnswerApproval", answerApproval(parts, aws)),
        Map.entry("CleanupUnusedRoles", cleanup(parts, "CleanupUnusedRoles")),
        Map.entry("RevokeRole", revokeRole(parts, "RevokeRole")),
        Map.entry("AuditRoles", audit(parts, "AuditRoles")),
        Map.entry("RepairRoles", repair(parts, "RepairRoles")));
  }

  private static RequestStreamHandler testPermissions(Parts parts, String function) {
    return new TestPermissions(
        parts.iam(function), parts.owner(), parts.clock(function), parts.log());
  }

  private static RequestStreamHandler askForApproval(Parts parts, SimulatedAws aws) {
    return new AskForApproval(
        new Requests(aws.sns(), parts.clock("AskForApproval"), ANSWER_FUNCTION, parts.home().id()),
        parts.log());
  }

  private static RequestStreamHandler confirmAnswer(Parts parts, SimulatedAws aws) {
    SfnClient states = parts.states("ConfirmAnswer", aws.states());
    return new ConfirmAnswer(
        new Confirmations(
            states, new AnswerRecords(states, MACHINES), parts.clock("ConfirmAnswer")),
        parts.log());
  }

  private static RequestStreamHandler answerApproval(Parts parts, SimulatedAws aws) {
    SfnClient states = parts.states("AnswerApproval", aws.states());
    return new AnswerApproval(
        new Approvals(new Askings(states, MACHINES), new AnswerRecords(states, MACHINES)),
        parts.log());
  }

  private static RequestStreamHandler revokeRole(Parts parts, String function) {
    return new RevokeRole(
        new Revocations(
            parts.iam(function), parts.owner(), parts.clock(function), LeaseTerms.STANDARD),
        parts.log());
  }

  private static RequestStreamHandler planLaunch(Parts parts, String function) {
    Ec2Client ec2 = parts.ec2(function, parts.home());
    return new PlanLaunch(
        new LaunchPlans(
            parts.iam(function),
            ec2,
            new AssociationTargets(
                ec2,
                new Regions(ec2, region -> parts.ec2(function, region), Runnable::run),
                AssociationScope.TAGGED),
            new UsageScan(ec2, region -> parts.ec2(function, region), Runnable::run),
            parts::parameter,
            new PlannedStack(
                parts.owner(), "arn:aws:iam::123456789012:role" + parts.owner().path()),
            parts.clock(function),
            LeaseTerms.STANDARD),
        parts.log());
  }

  private static RequestStreamHandler ensureRole(Parts parts, String function) {
    return new EnsureRole(
        parts.iam(function),
        parts.owner(),
        parts.clock(function),
        LeaseTerms.STANDARD,
        parts.log());
  }

  private static RequestStreamHandler convergeRole(Parts parts, String function) {
    return new ConvergeRole(parts.iam(function), parts.owner(), parts.clock(function), parts.log());
  }

  private static RequestStreamHandler ensureProfile(Parts parts, String function) {
    return new EnsureProfile(
        new InstanceProfiles(parts.iam(function), parts.owner(), parts.clock(function)),
        parts.log());
  }

  private static RequestStreamHandler exportRole(Parts parts, String function) {
    return new ExportRole(
        new RoleExports(parts.iam(function), parts.context(), parts.clock(function)), parts.log());
  }

  private static RequestStreamHandler waitForPropagation(Parts parts, String function) {
    return new WaitForPropagation(
        new PropagationProbe(
            parts.ec2(function, parts.home()),
            new InstanceProfiles(parts.iam(function), parts.owner(), parts.clock(function)),
            parts.clock(function),
            new Settings(Map.of()).propagationTimeout()),
        new OwnersWord(parts.ec2(function, parts.home())),
        parts.log());
  }

  private static RequestStreamHandler runInstance(Parts parts, String function) {
    return new RunInstance(
        new Launches(parts.ec2(function, parts.home()), parts.clock(function), LeaseTerms.STANDARD),
        parts.log());
  }

  private static RequestStreamHandler waitForInstances(Parts parts, String function) {
    return new WaitForInstances(
        new StartProbe(
            parts.ec2(function, parts.home()),
            parts.clock(function),
            new Settings(Map.of()).startTimeout()),
        parts.log());
  }

  private static RequestStreamHandler lookAtInstance(Parts parts, String function) {
    return new LookAtInstance(
        new AssociationTargets(
            parts.ec2(function, parts.home()),
            new Regions(
                parts.ec2(function, parts.home()),
                region -> parts.ec2(function, region),
                Runnable::run),
            AssociationScope.TAGGED),
        parts.log());
  }

  private static RequestStreamHandler associateProfile(Parts parts, String function) {
    return new AssociateProfile(
        new Associations(
            parts.ec2(function, parts.home()),
            parts.clock(function),
            LeaseTerms.STANDARD,
            new Settings(Map.of()).propagationTimeout()),
        parts.log());
  }

  private static RequestStreamHandler repair(Parts parts, String function) {
    return new RepairRoles(
        new Repair(
            parts.iam(function),
            parts.owner(),
            new RoleRepair(
                parts.iam(function),
                parts.owner(),
                parts.context().boundaries(),
                parts.clock(function),
                role -> {}),
            parts.clock(function)),
        parts.log());
  }

  private static RequestStreamHandler audit(Parts parts, String function) {
    return new AuditRoles(
        new Audit(
            parts.iam(function),
            parts.context(),
            new UsageScan(
                parts.ec2(function, parts.home()),
                region -> parts.ec2(function, region),
                Runnable::run),
            parts.clock(function),
            waited -> {}),
        new CallCounter(),
        parts.log());
  }

  private static RequestStreamHandler cleanup(Parts parts, String function) {
    UsageScan scan =
        new UsageScan(
            parts.ec2(function, parts.home()),
            region -> parts.ec2(function, region),
            parts.sideBySide());
    return new CleanupUnusedRoles(
        new Sweep(
            parts.iam(function),
            parts.owner(),
            scan,
            parts.clock(function),
            parts.sweepTerms(),
            parts.sweepLimits(),
            () -> new Crew(parts.sideBySide(), parts.repeated()),
            role -> {}),
        CleanupMode.ON,
        parts.clock(function),
        new CallCounter(),
        parts.log());
  }

  /** Returns what a stack says of itself. */
  public static StackContext context(String stack, String region, String boundary) {
    return new StackContext(
        "aws",
        "123456789012",
        region,
        "/spawn/",
        stack,
        "spawn",
        boundary,
        SERVICE_BOUNDARY,
        List.of(),
        StackContext.BroadAccess.WARN);
  }

  /** What the template lets functions do to marked roles, or to those of a set, only. */
  private static final Set<String> TAKING =
      Set.of("UntagRole", "DetachRolePolicy", "DeleteRolePolicy", "DeleteRole");

  /**
   * Returns faults that also end a function whose time is over, and refuse what the sweep's policy
   * allows on marked roles only, that of ConvergeRole on the roles of sets only, that of RevokeRole
   * on revoked roles only, and that of EnsureRole on none, as {@code FunctionPoliciesTest} holds
   * the template to it.
   */
  public Faults limited(Faults faults) {
    return new Faults() {
      @Override
      public void before(Call call) {
        lambda.checkTime();
        ending(() -> faults.before(call));
        lambda.checkTime();
        if (TAKING.contains(call.operation()) && !isOnARoleThatMayBeTaken(call)) {
          throw AwsErrors.accessDenied(call.action());
        }
        if (lambda.isRunning("RepairRoles") && call.isWrite() && !isOnAWholeRoleOfALaunch(call)) {
          throw AwsErrors.accessDenied(call.action());
        }
      }

      @Override
      public void after(Call call) {
        ending(() -> faults.after(call));
        lambda.checkTime();
      }
    };
  }

  private boolean isOnARoleThatMayBeTaken(Call call) {
    if (lambda.isRunning("RepairRoles")) {
      return true; // what its policy asks for is held below, for each of its writes
    }
    if (lambda.isRunning("EnsureRole")) {
      return false;
    }
    String condition =
        lambda.isRunning("ConvergeRole")
            ? Tags.SET
            : lambda.isRunning("RevokeRole") ? Tags.REVOKED : Tags.DELETING;
    return call.request()
        .getValueForField("RoleName", String.class)
        .flatMap(aws::role)
        .map(role -> role.tag(condition).isPresent())
        .orElse(true);
  }

  private boolean isOnAWholeRoleOfALaunch(Call call) {
    return call.request()
        .getValueForField("RoleName", String.class)
        .flatMap(aws::role)
        .map(
            role ->
                role.tag(Tags.LEASED_ID).isPresent()
                    && role.tag(Tags.DELETING).isEmpty()
                    && role.tag(Tags.REVOKED).isEmpty()
                    && role.tag(Tags.SET).isEmpty())
        .orElse(true);
  }

  private void ending(Runnable fault) {
    try {
      fault.run();
    } catch (Crash crash) {
      lambda.end(crash);
      throw crash;
    }
  }

  /** Returns what does a part of the work of the function that this thread runs, on another one. */
  public static Runnable onBehalf(Runnable part) {
    return Lambda.onBehalf(part);
  }

  /** Returns whether the call that is being made is one of this stack's functions'. */
  public boolean isCalling() {
    return lambda.isRunningAny();
  }

  /** Returns until when the function may run that this thread runs. */
  public Optional<Instant> runningUntil() {
    return lambda.runningUntil();
  }

  /**
   * Lets every further call of a function fail as Step Functions would see it.
   *
   * @param cause what goes with the error; {@code null} where Step Functions gives none
   */
  void failing(String function, String error, String cause) {
    lambda.fail(function, new TaskFailure(error, cause));
  }

  /**
   * Runs a function once, as a state would.
   *
   * @throws TaskFailure as Step Functions would see it
   */
  JsonNode invoke(String function, JsonNode input) throws TaskFailure {
    return JSON.valueToTree(lambda.invoke(function, JSON.convertValue(input, Object.class)));
  }

  /** Returns an execution that has not begun. */
  public Execution execution(String name, JsonNode payload) {
    return execution(name, payload, timeline);
  }

  /** Returns an execution that has not begun and for which time passes in its own way. */
  public Execution execution(String name, JsonNode payload, Timeline timeline) {
    return execution("launch", workflow.launch(), name, payload, timeline);
  }

  /** Returns an execution for a role set that has not begun. */
  public Execution roleSetExecution(String name, JsonNode payload, Timeline timeline) {
    return execution("role-set", workflow.roleSet(), name, payload, timeline);
  }

  private Execution execution(
      String machineName, StateMachine machine, String name, JsonNode payload, Timeline timeline) {
    Execution execution = new Execution(machineName, machine, engine, timeline, name, payload);
    observer.ifPresent(execution::observedBy);
    return execution;
  }

  /** Lets somebody see each state that executions leave. */
  void observedBy(Consumer<Visit> someone) {
    observer = Optional.of(someone);
  }

  /** Runs an execution for a role set to its end. */
  public Outcome roleSet(String name, JsonNode payload) {
    return roleSetExecution(name, payload, timeline).run();
  }

  /** Runs an execution of its own name to its end. */
  public Outcome launch(String name, JsonNode payload) {
    return execution(name, payload).run();
  }

  /**
   * Runs the sweep's function once; returns its report, or nothing if it failed, or if it was
   * throttled.
   */
  public Optional<JsonNode> sweep(JsonNode request) {
    try {
      return Optional.of(invoke("CleanupUnusedRoles", request));
    } catch (TaskFailure failed) {
      return Optional.empty();
    }
  }

  /** Runs the function that revokes roles once; returns its answer, or nothing if it failed. */
  public Optional<JsonNode> revoke(JsonNode request) {
    return invoked("RevokeRole", request);
  }

  /** Runs the repair's function once; returns its report, or nothing if it failed. */
  public Optional<JsonNode> repair(JsonNode request) {
    return invoked("RepairRoles", request);
  }

  /** Runs the audit's function once; returns its report, or nothing if it failed. */
  public Optional<JsonNode> audit(JsonNode request) {
    return invoked("AuditRoles", request);
  }

  /** Runs the function that takes answers once; returns what it says, or nothing if it failed. */
  public Optional<JsonNode> answerApproval(JsonNode request) {
    return invoked("AnswerApproval", request);
  }

  private Optional<JsonNode> invoked(String function, JsonNode request) {
    try {
      return Optional.of(invoke(function, request));
    } catch (TaskFailure failed) {
      return Optional.empty();
    }
  }

  /** Returns one of the project's own events, for another instance than it names. */
  public static JsonNode event(String name, String instanceId) {
    return ((ObjectNode) event(name)).put("instanceId", instanceId);
  }

  /** Returns a batch of the queue with one message, which holds one of the project's own events. */
  public static ObjectNode message(String name) {
    ObjectNode batch = (ObjectNode) event("termination-batch");
    ((ObjectNode) batch.at("/Records/0")).put("body", event(name).toString());
    return batch;
  }

  /** Returns one of the project's own events. */
  public static JsonNode event(String name) {
    try {
      return JSON.readTree(Path.of("events", name + ".json").toFile());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
