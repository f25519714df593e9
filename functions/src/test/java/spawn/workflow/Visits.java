package spawn.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenInstance;
import spawn.aws.SimulatedAws;

/** Executions that leave each state in each way in which it can be left without a retry. */
public final class Visits {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode LAUNCH = Stack.event("launch");
  private static final String WAITS_FOR_NOTHING =
      ((ObjectNode) LAUNCH.deepCopy())
          .set("options", JSON.createObjectNode().put("wait", "pending"))
          .toString();

  private final Workflow workflow = Workflow.read();
  private final Map<String, Visit> byWay = new LinkedHashMap<>();

  private Visits() {}

  /** Returns one visit for each way out of each state that the executions took. */
  public static Collection<Visit> all() {
    Visits visits = new Visits();
    visits.launches();
    visits.starts();
    visits.troubles();
    visits.existingInstances();
    visits.expectations();
    visits.roleSets();
    visits.approvals();
    return visits.byWay.values();
  }

  private void launches() {
    SimulatedAws aws = SimulatedAws.create();
    on(
        aws,
        stack -> {
          stack.launch("first", LAUNCH);
          aws.advance(Duration.ofMinutes(20));
          stack.launch("second", LAUNCH);
          stack.launch("notWaitedFor", json(WAITS_FOR_NOTHING));
          stack.launch("planned", Stack.event("plan"));
          stack.launch(
              "plannedAnew", json("{\"iam\": {\"role\": \"new\"}, \"options\": {\"plan\": true}}"));
          stack.launch("wrong", Stack.event("three-mistakes"));
          stack.launch(
              "roleOnly",
              json(
                  """
                  {"iam": {"role": "batch-service", "trustServices": ["batch"],
                    "managedPolicies": ["AWSBatchServiceRole"]}}
                  """));
          stack.launch(
              "profileOnly",
              json("{\"iam\": {\"role\": \"reader\", \"policies\": [\"s3:ReadOnly\"]}}"));
        });
    SimulatedAws slow = SimulatedAws.create();
    slow.ec2SeesIamWithin(Duration.ofMinutes(1));
    on(slow, stack -> stack.launch("slow", LAUNCH));
  }

  /** Instances that take their time, run at once, or end while they start. */
  private void starts() {
    for (Duration start : List.of(Duration.ZERO, Duration.ofMinutes(1))) {
      on(SimulatedAws.create().instancesStartIn(start), stack -> stack.launch("starting", LAUNCH));
    }
    failing("WaitForInstances", "spawn.error.LaunchFailed", LAUNCH);
  }

  private void troubles() {
    ObjectNode twoSubnets = LAUNCH.deepCopy();
    twoSubnets
        .putObject("options")
        .putArray("subnetIds")
        .add("subnet-0000000a")
        .add("subnet-0000000b");
    failing("RunInstance", "spawn.error.CapacityUnavailable", twoSubnets);
    failing("RunInstance", "spawn.error.LeaseEnding", LAUNCH);
    failing("EnsureProfile", "spawn.error.RoleVanished", LAUNCH);
    failing("WaitForPropagation", "spawn.error.RoleVanished", LAUNCH);
    failing("PlanLaunch", "spawn.error.AccessDenied", Stack.event("plan"));
    SimulatedAws refused = SimulatedAws.create();
    on(
        refused,
        stack -> {
          stack.launch("made", LAUNCH);
          refused.advance(Duration.ofMinutes(11));
          stack.failing(
              "WaitForPropagation",
              "spawn.error.LaunchRejected",
              cause("spawn.error.LaunchRejected"));
          stack.launch("refused", Stack.event("plan"));
        });
    for (String function :
        new String[] {"EnsureRole", "EnsureProfile", "WaitForPropagation", "RunInstance"}) {
      failing(function, "spawn.error.AccessDenied", LAUNCH);
    }
    SimulatedAws aws = SimulatedAws.create();
    on(
        aws,
        stack -> {
          aws.faults(stack.limited(new DeniedProfile()));
          stack.launch("denied", LAUNCH);
        });
  }

  /** Permissions are tested: as expected or not, in plans, and for roles of sets. */
  private void expectations() {
    JsonNode expecting = Stack.event("expect");
    ObjectNode plan = expecting.deepCopy();
    plan.putObject("options").put("plan", true);
    SimulatedAws aws = SimulatedAws.create();
    ObjectNode forAnInstance = expecting.deepCopy();
    forAnInstance.remove("instance");
    forAnInstance.put("instanceId", GivenInstance.running(aws));
    on(
        aws,
        stack -> {
          stack.launch("tested", expecting);
          stack.launch("testedForAnInstance", forAnInstance);
          stack.launch("planned", plan);
          stack.roleSet("testedSet", FailuresTest.setThatExpects());
        });
    failing("TestPermissions", "spawn.error.ExpectationFailed", expecting);
    on(
        SimulatedAws.create(),
        stack -> {
          String error = "spawn.error.ExpectationFailed";
          stack.failing("TestPermissions", error, cause(error));
          stack.roleSet("failing", FailuresTest.setThatExpects());
        });
  }

  /** IAM refuses an operation for lack of time, whenever it is asked. */
  private record Throttled(String operation) implements Faults {
    @Override
    public void before(Call call) {
      if (call.operation().equals(operation)) {
        throw AwsErrors.throttling();
      }
    }
  }

  /** EC2 shows the profile to dry runs, and denies it to every launch. */
  private static final class DeniedProfile implements Faults {
    @Override
    public void before(Call call) {
      if (call.operation().equals("RunInstances") && call.isWrite()) {
        throw AwsErrors.ec2(
            "InvalidParameterValue",
            400,
            "Value (spawn-instance-a) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name");
      }
    }
  }

  private void existingInstances() {
    SimulatedAws aws = SimulatedAws.create();
    aws.ec2SeesIamWithin(Duration.ofMinutes(1));
    on(
        aws,
        stack -> {
          String running = GivenInstance.running(aws);
          stack.launch("associate", Stack.event("running-instance", running));
          stack.launch("takeOff", Stack.event("take-off", running));
          String stopped = GivenInstance.stoppedWith(aws, "old");
          stack.launch("replace", Stack.event("running-instance", stopped));
          stack.launch("nowhere", Stack.event("running-instance", "i-0123456789abcdef0"));
        });
    for (String error : new String[] {"spawn.error.LeaseEnding", "spawn.error.AccessDenied"}) {
      SimulatedAws other = SimulatedAws.create();
      on(
          other,
          stack -> {
            stack.failing("AssociateProfile", error, cause(error));
            stack.launch("failing", Stack.event("running-instance", GivenInstance.running(other)));
          });
    }
  }

  private void roleSets() {
    SimulatedAws aws = SimulatedAws.create();
    on(
        aws,
        stack -> {
          stack.roleSet("made", Stack.event("role-set"));
          stack.roleSet("wrong", json("{\"namePrefix\": 1}"));
          aws.advance(Duration.ofMinutes(1));
          stack.roleSet("removed", Stack.event("role-set-delete"));
          stack.roleSet("madeAgain", Stack.event("role-set"));
          aws.faults(stack.limited(new Throttled("DeleteRole")));
          stack.roleSet("notRemoved", Stack.event("role-set-delete"));
        });
    for (String function : new String[] {"ConvergeRole", "EnsureProfile", "CleanupUnusedRoles"}) {
      for (String error : new String[] {"spawn.error.RoleVanished", "spawn.error.RoleConflict"}) {
        on(
            SimulatedAws.create(),
            stack -> {
              stack.failing(function, error, cause(error));
              stack.roleSet("failing", Stack.event("role-set"));
              stack.roleSet("failingRemoval", Stack.event("role-set-delete"));
            });
      }
    }
  }

  private void approvals() {
    Workflow asking =
        Workflow.with(Map.of("ApproveLaunches", "all", "ApprovalTopicArn", ApprovalScript.TOPIC));
    String yes = "1h yes, and nobody is woken";
    String no = "1h no, and nobody is woken";
    for (List<String> moments :
        List.of(
            List.of("1h yes"),
            List.of("1h no"),
            List.<String>of(),
            List.of(yes, "2h stop", "3h redrive"),
            List.of(no, "2h stop", "3h redrive"),
            List.of("1h PlanLaunch fails", "2h yes"),
            List.of("1h ResolvePolicies fails", "2h yes"))) {
      asking(asking, stack -> {}, moments);
    }
    asking(asking, stack -> {}, Stack.event("expect"), List.of("1h yes"));
    SimulatedAws withAnInstance = SimulatedAws.create();
    String running = GivenInstance.running(withAnInstance);
    asking(
        withAnInstance,
        asking,
        stack -> {},
        Stack.event("running-instance", running),
        List.of("1h yes"));
    SimulatedAws account = SimulatedAws.create();
    account.givenRole("my-own-role", role -> role.inProfile("my-own-role"));
    ObjectNode existing = Stack.event("existing-role").deepCopy();
    existing.remove("instance");
    existing.put("instanceId", GivenInstance.running(account));
    watch(
        Stack.on(account, ApprovalWorkflowTest.approving()),
        stack -> {
          stack.launch("narrow", Stack.event("existing-role"));
          stack.launch("narrowForAnInstance", existing);
        });
    String error = "spawn.error.AccessDenied";
    asking(asking, stack -> stack.failing("AskForApproval", error, cause(error)), List.of());
  }

  private void asking(Workflow asking, Consumer<Stack> trouble, List<String> moments) {
    asking(asking, trouble, LAUNCH, moments);
  }

  private void asking(
      Workflow asking, Consumer<Stack> trouble, JsonNode payload, List<String> moments) {
    asking(SimulatedAws.create(), asking, trouble, payload, moments);
  }

  private void asking(
      SimulatedAws aws,
      Workflow asking,
      Consumer<Stack> trouble,
      JsonNode payload,
      List<String> moments) {
    aws.stepFunctions().shownAfter(Duration.ofSeconds(20));
    on(
        aws,
        asking,
        stack -> {
          trouble.accept(stack);
          ApprovalScript people = new ApprovalScript(aws, stack, moments);
          people.run(stack.execution("asking", payload, people));
        });
  }

  private void failing(String function, String error, JsonNode payload) {
    on(
        SimulatedAws.create(),
        stack -> {
          stack.failing(function, error, cause(error));
          stack.launch("failing", payload);
        });
  }

  private void on(SimulatedAws aws, Consumer<Stack> executions) {
    on(aws, workflow, executions);
  }

  private void on(SimulatedAws aws, Workflow deployed, Consumer<Stack> executions) {
    watch(Stack.on(aws, deployed), executions);
  }

  private void watch(Stack stack, Consumer<Stack> executions) {
    stack.observedBy(
        visit ->
            byWay.putIfAbsent(
                visit + visit.failure().map(failure -> " after " + failure.error()).orElse(""),
                visit));
    executions.accept(stack);
  }

  private static String cause(String error) {
    return JSON.createObjectNode()
        .put("errorMessage", "This went wrong.")
        .put("errorType", error)
        .toString();
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException brokenTest) {
      throw new IllegalArgumentException(brokenTest);
    }
  }
}
