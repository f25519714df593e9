package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Crash;
import spawn.aws.Faults;
import spawn.aws.GivenInstance;
import spawn.aws.ProfileAssociation;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.role.RoleRequests;

/**
 * Whatever call a function ends at, before or after it took effect: the workflow goes on and comes
 * to the same end as without it.
 */
@Tag("slow")
class CrashTest {
  private static final Workflow WORKFLOW = Workflow.read();
  private static final List<String> LAUNCHES =
      List.of("launch", "custom-policy", "default-role", "managed-policies", "job-array");

  /** How a call ends for its caller. */
  private enum Ending {
    DIES_BEFORE,
    DIES_AFTER,
    ANSWER_LOST_BEFORE,
    ANSWER_LOST_AFTER,
    CUT_OFF_BEFORE,
    CUT_OFF_AFTER
  }

  /** What an account holds that does not depend on ids and moments. */
  private record End(List<String> roles, List<String> profiles, long instances) {
    static End of(SimulatedAws aws) {
      return new End(
          aws.roles().stream().map(End::shown).toList(),
          aws.profiles().stream().map(End::shown).toList(),
          aws.aliveInstances().stream().filter(each -> aws.roleOf(each).isPresent()).count());
    }

    private static String shown(SimulatedRole role) {
      return role.name()
          + role.tags().keySet()
          + role.inlinePolicies()
          + role.attachedPolicies()
          + role.permissionsBoundary();
    }

    private static String shown(SimulatedProfile profile) {
      return profile.name() + profile.tags().keySet() + profile.roleName();
    }
  }

  static Stream<Arguments> everyCallOfEveryFirstLaunch() {
    return LAUNCHES.stream()
        .flatMap(event -> everyCall(event, calls(aws -> launch(aws, event, Faults.NONE))));
  }

  @ParameterizedTest(name = "{0}, call {1}, {2}")
  @MethodSource("everyCallOfEveryFirstLaunch")
  void aFirstLaunchThatIsInterruptedComesToTheSameEnd(String event, int call, Ending ending) {
    SimulatedAws whole = SimulatedAws.create();
    assertThat(launch(whole, event, Faults.NONE).error()).isEmpty();
    SimulatedAws aws = SimulatedAws.create();

    Outcome outcome = launch(aws, event, interruption(aws, call, ending));

    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    assertThat(End.of(aws)).isEqualTo(End.of(whole));
    assertThat(outcome.output().orElseThrow().path("instances"))
        .hasSize((int) End.of(whole).instances());
  }

  static Stream<Arguments> everyCallOfALaunchThatRenewsItsLease() {
    return everyCall(
        "launch",
        calls(
            aws -> {
              launchedBefore(aws);
              aws.forgetCalls();
              launch(aws, "launch", Faults.NONE);
            }));
  }

  @ParameterizedTest(name = "{0}, call {1}, {2}")
  @MethodSource("everyCallOfALaunchThatRenewsItsLease")
  void aLaunchThatRenewsTheLeaseAndIsInterruptedComesToTheSameEnd(
      String event, int call, Ending ending) {
    SimulatedAws aws = SimulatedAws.create();
    launchedBefore(aws);
    aws.forgetCalls();

    Outcome outcome = launch(aws, event, interruption(aws, call, ending));

    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    assertThat(aws.roles()).hasSize(1);
    assertThat(aws.profiles()).hasSize(1);
    assertThat(aws.aliveInstances()).hasSize(2);
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
  }

  static Stream<Arguments> everyCallOfTheSweepThatMarks() {
    return everyCall(
        "nightly",
        calls(
            aws -> {
              leftUnused(aws);
              aws.forgetCalls();
              sweep(aws, Faults.NONE);
            }));
  }

  @ParameterizedTest(name = "{0}, call {1}, {2}")
  @MethodSource("everyCallOfTheSweepThatMarks")
  void aSweepThatIsInterruptedWhileItMarksIsMadeGoodByTheNextTwo(
      String event, int call, Ending ending) {
    SimulatedAws aws = SimulatedAws.create();
    leftUnused(aws);
    aws.forgetCalls();

    sweep(aws, interruption(aws, call, ending));
    assertThat(aws.roles()).hasSize(2);
    sweepTwice(aws);

    assertNothingIsLeft(aws);
  }

  static Stream<Arguments> everyCallOfTheSweepThatDeletes() {
    return everyCall(
        "nightly",
        calls(
            aws -> {
              marked(aws);
              aws.forgetCalls();
              sweep(aws, Faults.NONE);
            }));
  }

  @ParameterizedTest(name = "{0}, call {1}, {2}")
  @MethodSource("everyCallOfTheSweepThatDeletes")
  void aSweepThatIsInterruptedWhileItDeletesIsMadeGoodByTheNextTwo(
      String event, int call, Ending ending) {
    SimulatedAws aws = SimulatedAws.create();
    marked(aws);
    aws.forgetCalls();

    sweep(aws, interruption(aws, call, ending));
    sweepTwice(aws);

    assertNothingIsLeft(aws);
  }

  @ParameterizedTest(name = "{0}, call {1}, {2}")
  @MethodSource("everyCallOfTheSweepThatDeletes")
  void aLaunchRightAfterAnInterruptedDeletionHasAWholeRole(String event, int call, Ending ending) {
    SimulatedAws aws = SimulatedAws.create();
    marked(aws);
    aws.forgetCalls();
    sweep(aws, interruption(aws, call, ending));

    Outcome outcome = launch(aws, "launch", Faults.NONE);

    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    SimulatedRole role = aws.roleOf(aws.aliveInstances().get(0)).orElseThrow();
    assertThat(role.inlinePolicies()).isNotEmpty();
    assertThat(role.tag("spawn:deleting")).isEmpty();
    sweepTwice(aws);
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
    assertThat(aws.roles()).extracting(SimulatedRole::name).containsExactly(role.name());
  }

  /** What is done to an instance that is there already. */
  private enum Association {
    FIRST_PROFILE_OF_A_RUNNING_ONE,
    ANOTHER_PROFILE_OF_A_RUNNING_ONE,
    FIRST_PROFILE_OF_A_STOPPED_ONE,
    ANOTHER_PROFILE_OF_A_STOPPED_ONE,
    NONE_ANY_MORE;

    String given(SimulatedAws aws) {
      return switch (this) {
        case FIRST_PROFILE_OF_A_RUNNING_ONE -> GivenInstance.running(aws);
        case FIRST_PROFILE_OF_A_STOPPED_ONE -> GivenInstance.stopped(aws);
        case ANOTHER_PROFILE_OF_A_STOPPED_ONE -> GivenInstance.stoppedWith(aws, "old");
        case ANOTHER_PROFILE_OF_A_RUNNING_ONE, NONE_ANY_MORE ->
            GivenInstance.runningWith(aws, "old");
      };
    }

    JsonNode payload(String instance) {
      return RoleRequests.json(
          "{'instanceId': '%s', 'iam': %s}"
              .formatted(
                  instance,
                  this == NONE_ANY_MORE ? "{'none': true}" : "{'policies': ['s3:ReadOnly']}"));
    }
  }

  static Stream<Arguments> everyCallOfEveryAssociation() {
    return Stream.of(Association.values())
        .flatMap(
            association ->
                everyCall(
                    association.name(),
                    calls(
                        aws -> {
                          String instance = association.given(aws);
                          aws.forgetCalls();
                          associate(aws, association, instance, Faults.NONE);
                        })));
  }

  @ParameterizedTest(name = "{0}, call {1}, {2}")
  @MethodSource("everyCallOfEveryAssociation")
  void anAssociationThatIsInterruptedComesToTheSameEnd(
      Association association, int call, Ending ending) {
    SimulatedAws whole = SimulatedAws.create();
    String wholeInstance = association.given(whole);
    associate(whole, association, wholeInstance, Faults.NONE);
    SimulatedAws aws = SimulatedAws.create();
    String instance = association.given(aws);
    aws.forgetCalls();

    Outcome outcome = associate(aws, association, instance, interruption(aws, call, ending));

    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    assertThat(End.of(aws)).isEqualTo(End.of(whole));
    assertThat(roleOf(aws, instance)).isEqualTo(roleOf(whole, wholeInstance));
    assertThat(
            aws.instance(instance).orElseThrow().associations().stream()
                .filter(ProfileAssociation::isActive))
        .hasSizeLessThanOrEqualTo(1);
    assertThat(outcome.output().orElseThrow().path("previousInstanceProfile").path("arn").asText())
        .matches(association.name().startsWith("FIRST") ? "" : "arn:.*/old");
  }

  private static Optional<String> roleOf(SimulatedAws aws, String instance) {
    return aws.roleOf(aws.instance(instance).orElseThrow()).map(SimulatedRole::name);
  }

  private static Outcome associate(
      SimulatedAws aws, Association association, String instance, Faults faults) {
    Stack stack = Stack.on(aws, WORKFLOW);
    aws.faults(stack.limited(faults));
    return stack.launch("associate", association.payload(instance));
  }

  /** What is done to a set of roles. */
  private enum SetRun {
    MADE,
    CHANGED,
    REMOVED;

    void given(SimulatedAws aws) {
      if (this != MADE) {
        assertThat(
                roleSet(aws, "before", Stack.event("role-set-of-own-roles"), Faults.NONE).error())
            .isEmpty();
        aws.advance(Duration.ofMinutes(5));
      }
    }

    JsonNode payload() {
      ObjectNode payload = (ObjectNode) Stack.event("role-set-of-own-roles");
      switch (this) {
        case MADE -> {}
        case CHANGED -> {
          ObjectNode role = (ObjectNode) payload.at("/roles/0");
          role.putArray("managedPolicies").add("AmazonS3ReadOnlyAccess");
          role.putArray("policies").add("sqs:ReadOnly");
          role.put("maxSessionDuration", 3600);
          ObjectNode other = (ObjectNode) payload.at("/roles/1");
          other.remove(List.of("policies", "resources"));
          other.putArray("managedPolicies").add("AmazonDynamoDBReadOnlyAccess");
          payload.putObject("tags").put("owner", "platform");
          other.remove("roleTags");
        }
        case REMOVED -> payload.put("delete", true);
      }
      return payload;
    }
  }

  static Stream<Arguments> everyCallOfEveryRoleSet() {
    return Stream.of(SetRun.values())
        .flatMap(
            run ->
                everyCall(
                    run.name(),
                    calls(
                        aws -> {
                          run.given(aws);
                          aws.forgetCalls();
                          roleSet(aws, "run", run.payload(), Faults.NONE);
                        })));
  }

  @ParameterizedTest(name = "{0}, call {1}, {2}")
  @MethodSource("everyCallOfEveryRoleSet")
  void aRoleSetThatIsInterruptedComesToTheSameEnd(SetRun run, int call, Ending ending) {
    SimulatedAws whole = SimulatedAws.create();
    run.given(whole);
    assertThat(roleSet(whole, "run", run.payload(), Faults.NONE).error()).isEmpty();
    SimulatedAws aws = SimulatedAws.create();
    run.given(aws);
    aws.forgetCalls();

    Outcome outcome = roleSet(aws, "run", run.payload(), interruption(aws, call, ending));

    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    if (run == SetRun.REMOVED) {
      // A profile that a removal leaves without its role goes with the next sweep.
      aws.advance(Duration.ofMinutes(70));
      assertThat(sweep(aws, Faults.NONE)).isPresent();
    }
    assertThat(End.of(aws)).isEqualTo(End.of(whole));
    aws.forgetCalls();
    Outcome again = roleSet(aws, "again", run.payload(), Faults.NONE);
    assertThat(again.error()).as(() -> again.cause().orElse("")).isEmpty();
    assertThat(aws.writes()).isEmpty();
  }

  private static Outcome roleSet(SimulatedAws aws, String name, JsonNode payload, Faults faults) {
    Stack stack = Stack.on(aws, WORKFLOW);
    aws.faults(stack.limited(faults));
    return stack.roleSet(name, payload);
  }

  private static Stream<Arguments> everyCall(String event, int calls) {
    return IntStream.rangeClosed(1, calls)
        .boxed()
        .flatMap(
            call -> Stream.of(Ending.values()).map(ending -> Arguments.of(event, call, ending)));
  }

  private static int calls(Consumer<SimulatedAws> work) {
    SimulatedAws aws = SimulatedAws.create();
    work.accept(aws);
    return aws.calls().size();
  }

  private static Outcome launch(SimulatedAws aws, String event, Faults faults) {
    Stack stack = Stack.on(aws, WORKFLOW);
    aws.faults(stack.limited(faults));
    JsonNode payload = Stack.event(event);
    return stack.launch(event + aws.instances().size(), payload);
  }

  private static Optional<JsonNode> sweep(SimulatedAws aws, Faults faults) {
    Stack stack = Stack.on(aws, WORKFLOW);
    aws.faults(stack.limited(faults));
    return stack.sweep(Stack.event("nightly"));
  }

  private static void sweepTwice(SimulatedAws aws) {
    for (int i = 0; i < 2; i++) {
      aws.advance(Duration.ofMinutes(16));
      assertThat(sweep(aws, Faults.NONE)).isPresent();
    }
  }

  private static void launchedBefore(SimulatedAws aws) {
    launch(aws, "launch", Faults.NONE);
    aws.advance(Duration.ofMinutes(40));
  }

  private static void leftUnused(SimulatedAws aws) {
    launch(aws, "launch", Faults.NONE);
    launch(aws, "managed-policies", Faults.NONE);
    new ArrayList<>(aws.instances()).forEach(instance -> aws.terminate(instance.id()));
    aws.advance(Duration.ofMinutes(70));
  }

  private static void marked(SimulatedAws aws) {
    leftUnused(aws);
    sweep(aws, Faults.NONE);
    aws.advance(Duration.ofMinutes(16));
  }

  private static void assertNothingIsLeft(SimulatedAws aws) {
    assertThat(aws.roles()).isEmpty();
    assertThat(aws.profiles()).isEmpty();
  }

  private static Faults interruption(SimulatedAws aws, int number, Ending ending) {
    return new Faults() {
      @Override
      public void before(Call call) {
        if (call.number() == number) {
          switch (ending) {
            case DIES_BEFORE -> throw new Crash(call);
            case ANSWER_LOST_BEFORE -> throw AwsErrors.callTimeout();
            case CUT_OFF_BEFORE -> aws.advance(Duration.ofSeconds(181));
            case DIES_AFTER, ANSWER_LOST_AFTER, CUT_OFF_AFTER -> {}
          }
        }
      }

      @Override
      public void after(Call call) {
        if (call.number() == number) {
          switch (ending) {
            case DIES_AFTER -> throw new Crash(call);
            case ANSWER_LOST_AFTER -> throw AwsErrors.callTimeout();
            case CUT_OFF_AFTER -> aws.advance(Duration.ofSeconds(181));
            case DIES_BEFORE, ANSWER_LOST_BEFORE, CUT_OFF_BEFORE -> {}
          }
        }
      }
    };
  }
}
