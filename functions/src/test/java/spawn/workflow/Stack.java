package spawn.workflow;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.CleanupUnusedRoles;
import spawn.EnsureProfile;
import spawn.EnsureRole;
import spawn.ResolvePolicies;
import spawn.RunInstance;
import spawn.WaitForPropagation;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.cleanup.Sweep;
import spawn.cleanup.SweepTerms;
import spawn.cleanup.UsageScan;
import spawn.lambda.Settings;
import spawn.launch.Launches;
import spawn.launch.PayloadReader;
import spawn.policy.PolicyContext;
import spawn.profile.InstanceProfiles;
import spawn.profile.PropagationProbe;
import spawn.role.LeaseTerms;
import spawn.role.Roles;

/** The stack deployed into a simulated account: the real workflow with the real functions. */
public final class Stack {
  /** The boundary that the stack puts on every role. */
  public static final String BOUNDARY =
      "arn:aws:iam::123456789012:policy/spawn-InstanceBoundary-1ABCDEF";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Region HOME = Region.US_EAST_1;

  private final Workflow workflow;
  private final Lambda lambda;
  private final Clock clock;
  private final Timeline timeline;
  private final RandomGenerator random;

  private Stack(
      Workflow workflow, Lambda lambda, Clock clock, Timeline timeline, RandomGenerator random) {
    this.workflow = workflow;
    this.lambda = lambda;
    this.clock = clock;
    this.timeline = timeline;
    this.random = random;
  }

  /** Deploys the stack; its executions run one at a time, and its waits move the account's time. */
  public static Stack on(SimulatedAws aws) {
    return deployed(
        Workflow.read(),
        aws,
        aws.iam(),
        aws::ec2,
        aws.clock(),
        aws::advance,
        new SplittableRandom(0),
        Faults.NONE);
  }

  /**
   * Deploys the stack.
   *
   * @param iam what the functions take for IAM
   * @param ec2 what they take for EC2
   * @param clock what they take for the time
   * @param faults what happens around their calls
   */
  public static Stack deployed(
      Workflow workflow,
      SimulatedAws aws,
      IamClient iam,
      Function<Region, Ec2Client> ec2,
      Clock clock,
      Timeline timeline,
      RandomGenerator random,
      Faults faults) {
    Lambda lambda = new Lambda(aws.clock());
    handlers(iam, ec2, clock)
        .forEach(
            (name, handler) ->
                lambda.add(
                    name,
                    handler,
                    workflow.template().timeout(name),
                    workflow.template().memoryInMegabytes(name)));
    Stack stack = new Stack(workflow, lambda, aws.clock(), timeline, random);
    aws.faults(stack.limited(faults));
    return stack;
  }

  private static Map<String, RequestStreamHandler> handlers(
      IamClient iam, Function<Region, Ec2Client> ec2, Clock clock) {
    InstanceProfiles profiles = new InstanceProfiles(iam, clock);
    UsageScan scan = new UsageScan(ec2.apply(HOME), ec2, Runnable::run);
    return Map.of(
        "ResolvePolicies",
        new ResolvePolicies(new PayloadReader(context())),
        "EnsureRole",
        new EnsureRole(new Roles(iam, clock, LeaseTerms.STANDARD)),
        "EnsureProfile",
        new EnsureProfile(profiles),
        "WaitForPropagation",
        new WaitForPropagation(
            new PropagationProbe(
                ec2.apply(HOME), profiles, clock, new Settings(Map.of()).propagationTimeout())),
        "RunInstance",
        new RunInstance(new Launches(ec2.apply(HOME), clock, LeaseTerms.STANDARD)),
        "CleanupUnusedRoles",
        new CleanupUnusedRoles(new Sweep(iam, scan, clock, SweepTerms.STANDARD, record -> {})));
  }

  private static PolicyContext context() {
    return new PolicyContext(
        "aws", "123456789012", HOME.id(), BOUNDARY, List.of(), PolicyContext.BroadAccess.WARN);
  }

  /** Returns faults that also end a function whose time is over. */
  public Faults limited(Faults faults) {
    return new Faults() {
      @Override
      public void before(Call call) {
        faults.before(call);
        lambda.checkTime();
      }

      @Override
      public void after(Call call) {
        faults.after(call);
        lambda.checkTime();
      }
    };
  }

  /** Returns until when the function may run that this thread runs. */
  public Optional<Instant> runningUntil() {
    return lambda.runningUntil();
  }

  /** Returns an execution that has not begun. */
  public Execution execution(String name, JsonNode payload) {
    return execution(name, payload, timeline);
  }

  /** Returns an execution that has not begun and for which time passes in its own way. */
  public Execution execution(String name, JsonNode payload, Timeline timeline) {
    return new Execution(
        workflow.machine(), workflow.expressions(), lambda, clock, timeline, random, name, payload);
  }

  /** Runs an execution of its own name to its end. */
  public Outcome launch(String name, JsonNode payload) {
    return execution(name, payload).run();
  }

  /** Runs the sweep's function once, as its schedule does. */
  public Optional<JsonNode> sweep() {
    return sweep(event("nightly"));
  }

  /** Runs the sweep's function once; returns its report, or nothing if it failed. */
  public Optional<JsonNode> sweep(JsonNode request) {
    try {
      return Optional.of(
          JSON.valueToTree(
              lambda.invoke("CleanupUnusedRoles", JSON.convertValue(request, Object.class))));
    } catch (TaskFailure failed) {
      return Optional.empty();
    }
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
