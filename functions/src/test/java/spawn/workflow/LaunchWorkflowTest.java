package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Crash;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedRole;
import spawn.role.RoleRequests;
import spawn.role.Tags;

/** Launches through the real definition and the real functions, on a simulated AWS. */
class LaunchWorkflowTest {
  private static final JsonNode LAUNCH = Stack.event("launch");
  private static final String ROLE = "spawn-instance-";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  // The calls that a launch makes

  @Test
  void aFirstLaunchMakesExactlyTheCallsThatItNeeds() {
    Outcome outcome = stack.launch("first", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.operations())
        .containsExactly(
            "GetRole",
            "CreateRole",
            "PutRolePolicy",
            "TagRole",
            "CreateInstanceProfile",
            "AddRoleToInstanceProfile",
            "RunInstances",
            "RunInstances",
            "DescribeInstances");
    assertThat(aws.calls("RunInstances").stream().filter(Call::isWrite)).hasSize(1);
    assertThat(outcome.states())
        .containsExactly(
            "ResolvePolicies",
            "AnythingFirst?",
            "EnsureRole",
            "EnsureProfile",
            "ProfileSettled?",
            "WaitForPropagation",
            "Visible?",
            "RunInstance",
            "Launched?",
            "PauseForInstances",
            "WaitForInstances",
            "Started?",
            "Done");
  }

  /** Counted until EC2 answers the launch; what comes after it only looks at the instances. */
  @ParameterizedTest
  @CsvSource({"0, 8, 8", "1, 8, 4", "11, 6, 3"})
  void aLaunchEntersAndCallsNoMoreThanThisUntilEc2Answers(
      int minutesAfterTheFirst, int states, int calls) {
    if (minutesAfterTheFirst > 0) {
      stack.launch("first", LAUNCH);
      aws.advance(Duration.ofMinutes(minutesAfterTheFirst));
      aws.forgetCalls();
    }

    Outcome outcome = stack.launch("counted", LAUNCH);

    assertThat(outcome.states().indexOf("RunInstance") + 1).isEqualTo(states);
    assertThat(aws.operations().lastIndexOf("RunInstances") + 1).isEqualTo(calls);
    assertThat(aws.writes()).hasSize(minutesAfterTheFirst > 0 ? 1 : 6);
  }

  @Test
  void theSamePermissionsAgainMakeFourCallsAndNoIamWrite() {
    stack.launch("first", LAUNCH);
    aws.advance(Duration.ofMinutes(11));
    aws.forgetCalls();

    Outcome outcome = stack.launch("second", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.operations())
        .containsExactly("GetRole", "GetInstanceProfile", "RunInstances", "DescribeInstances");
    assertThat(aws.writes()).extracting(Call::service).containsExactly("ec2");
    assertThat(output(outcome, "/role/outcome")).isEqualTo("reused");
  }

  @Test
  void aLeaseOfWhichLessThanHalfIsLeftIsRenewedByOneWrite() {
    stack.launch("first", LAUNCH);
    aws.advance(Duration.ofMinutes(31));
    aws.forgetCalls();

    stack.launch("second", LAUNCH);

    assertThat(aws.operations())
        .containsExactly(
            "GetRole",
            "TagRole",
            "GetRole",
            "GetInstanceProfile",
            "RunInstances",
            "DescribeInstances");
  }

  @Test
  void aPlanOfARoleThatIsNotThereMakesFiveReads() {
    Outcome outcome = stack.launch("plan", Stack.event("plan"));

    assertThat(aws.operations())
        .containsExactly(
            "GetRole", "GetPolicy", "GetPolicyVersion", "GetInstanceProfile", "GetAccountSummary");
    assertThat(output(outcome, "/role/name")).startsWith(ROLE);
    assertThat(output(outcome, "/role/outcome")).isEqualTo("create");
    assertThat(outcome.states())
        .containsExactly("ResolvePolicies", "AnythingFirst?", "PlanLaunch", "MustAsk?", "Planned");
  }

  @Test
  void aPlanOfARoleWithASettledProfileAsksEc2AndWritesNothing() {
    stack.launch("first", LAUNCH);
    aws.advance(Duration.ofMinutes(11));
    aws.forgetCalls();

    Outcome outcome = stack.launch("plan", Stack.event("plan"));

    assertThat(aws.writes()).isEmpty();
    assertThat(aws.operations())
        .containsExactly(
            "GetRole",
            "GetPolicy",
            "GetPolicyVersion",
            "ListInstanceProfilesForRole",
            "ListRolePolicies",
            "GetRolePolicy",
            "ListAttachedRolePolicies",
            "GetInstanceProfile",
            "DescribeRegions",
            "DescribeInstances",
            "DescribeInstances",
            "DescribeInstances",
            "GetAccountSummary",
            "RunInstances");
    assertThat(output(outcome, "/role/outcome")).isEqualTo("reuse");
    assertThat(output(outcome, "/ec2/message")).isEqualTo("EC2 would launch this.");
    assertThat(outcome.states())
        .containsExactly(
            "ResolvePolicies", "AnythingFirst?", "PlanLaunch", "MustAsk?", "AskEc2", "Planned");
  }

  @Test
  void aPayloadWithThreeMistakesIsRefusedWithAllThreeBeforeAnyCall() {
    Outcome outcome = stack.launch("wrong", Stack.event("three-mistakes"));

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow())
        .contains("$.instance.InstanceTypo", "$.iam.policies[0]", "$.iam.maxSessionDuration");
    assertThat(aws.calls()).isEmpty();
  }

  // What comes out

  @Test
  void theOutputNamesInstancesRoleProfileAndHash() {
    Outcome outcome = stack.launch("first", LAUNCH);

    SimulatedRole role = aws.roles().get(0);
    SimulatedInstance instance = aws.instances().get(0);
    assertThat(output(outcome, "/instances/0/instanceId")).isEqualTo(instance.id());
    assertThat(output(outcome, "/role/name")).isEqualTo(role.name());
    assertThat(output(outcome, "/role/arn")).isEqualTo(role.arn());
    assertThat(output(outcome, "/role/outcome")).isEqualTo("created");
    assertThat(output(outcome, "/instanceProfile/arn")).isEqualTo(aws.profiles().get(0).arn());
    assertThat(output(outcome, "/policyHash")).isEqualTo(role.tag(Tags.POLICIES).orElseThrow());
    assertThat(role.permissionsBoundary()).contains(Stack.BOUNDARY);
    assertThat(instance.tags())
        .containsEntry(Tags.MANAGED, "true")
        .containsEntry(Tags.ROLE, role.name())
        .containsEntry(Tags.EXECUTION, "first");
  }

  @Test
  void aJobArrayIsOneLaunchOfEightInstancesWithOneRole() {
    Outcome outcome = stack.launch("array", Stack.event("job-array"));

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.instances())
        .extracting(SimulatedInstance::launchIndex)
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(aws.calls("RunInstances").stream().filter(Call::isWrite)).hasSize(1);
    assertThat(aws.roles()).hasSize(1);
  }

  @Test
  void aPayloadWithoutAnInstanceEndsWithItsRoleAndProfile() {
    ObjectNode payload = LAUNCH.deepCopy();
    payload.remove("instance");
    payload.withObject("/iam").put("role", "reader");

    Outcome outcome = stack.launch("role-only", payload);

    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    assertThat(outcome.output().orElseThrow().at("/instances")).isEmpty();
    assertThat(aws.calls("RunInstances")).isEmpty();
    assertThat(aws.profiles()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"batch, AWSBatchServiceRole", "spotfleet, AmazonEC2SpotFleetTaggingRole"})
  void aRoleOfAServiceIsMadeBehindItsOwnBoundaryAndReused(String service, String policy) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    ObjectNode iam = payload.putObject("iam").put("role", "of-" + service);
    iam.putArray("trustServices").add(service);
    iam.putArray("managedPolicies").add(policy);

    Outcome first = stack.launch("first", payload);
    Outcome second = stack.launch("second", payload);

    assertThat(first.error()).as(() -> first.cause().orElse("")).isEmpty();
    assertThat(output(first, "/role/outcome")).isEqualTo("created");
    assertThat(output(second, "/role/outcome")).isEqualTo("reused");
    assertThat(aws.role("of-" + service).orElseThrow().permissionsBoundary())
        .contains(Stack.SERVICE_BOUNDARY);
    assertThat(aws.profiles()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"custom-policy", "default-role", "managed-policies", "job-array", "run"})
  void eachOfTheProjectsOwnPayloadsLaunches(String event) {
    Outcome outcome = stack.launch("launch", Stack.event(event));

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.aliveInstances()).isNotEmpty();
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
  }

  @Test
  void aRoleOfTheUsersOwnIsLaunchedWithAndLeftAsItIs() {
    SimulatedRole own = aws.givenRole("my-own-role", role -> role.inProfile("my-own-role"));

    Outcome outcome = stack.launch("own", Stack.event("existing-role"));

    assertThat(output(outcome, "/role/outcome")).isEqualTo("existing");
    assertThat(aws.role("my-own-role")).contains(own);
    assertThat(aws.writes()).extracting(Call::service).containsOnly("ec2");
  }

  // Once and only once

  @Test
  void sixteenLaunchesOneAfterAnotherShareOneRoleAndOneProfile() {
    for (int i = 0; i < 16; i++) {
      assertThat(stack.launch("launch-" + i, LAUNCH).error()).isEmpty();
    }

    assertThat(aws.roles()).hasSize(1);
    assertThat(aws.profiles()).hasSize(1);
    assertThat(aws.instances()).hasSize(16);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void sixteenLaunchesAtOnceShareOneRoleAndOneProfile(long seed) {
    aws.iamReadsLagUpTo(Duration.ofSeconds(5)).ec2SeesIamWithin(Duration.ofSeconds(20));
    List<Execution> running = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      running.add(stack.execution("launch-" + i, LAUNCH));
      running.get(i).begin();
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<Outcome> outcomes = new ArrayList<>();
    while (!running.isEmpty()) {
      int which = random.nextInt(running.size());
      running
          .get(which)
          .advance()
          .ifPresent(
              end -> {
                outcomes.add(end);
                running.remove(which);
              });
    }

    assertThat(outcomes).hasSize(16).allSatisfy(end -> assertThat(end.error()).isEmpty());
    assertThat(aws.roles()).hasSize(1);
    assertThat(aws.profiles()).hasSize(1);
    assertThat(aws.instances()).hasSize(16);
  }

  @Test
  void theSameExecutionStartedAgainLaunchesNothingMore() {
    Outcome first = stack.launch("once", LAUNCH);
    aws.advance(Duration.ofHours(3));

    Outcome second = stack.launch("once", LAUNCH);

    assertThat(aws.instances()).hasSize(1);
    assertThat(output(second, "/instances/0/instanceId"))
        .isEqualTo(output(first, "/instances/0/instanceId"));
  }

  @Test
  void anExecutionWhoseInstancesHaveEndedSaysSoAndLaunchesNothingMore() {
    stack.launch("once", LAUNCH);
    aws.terminate(aws.instances().get(0).id());
    aws.advance(Duration.ofMinutes(5));

    Outcome second = stack.launch("once", LAUNCH);

    assertThat(second.error()).contains("spawn.error.LaunchFailed");
    assertThat(second.cause().orElseThrow())
        .contains("has launched before", aws.instances().get(0).id())
        .contains("Client.UserInitiatedShutdown");
    assertThat(aws.instances()).hasSize(1);
  }

  @Test
  void anExecutionThatWasStoppedBeforeItsLaunchAndRedrivenNextDayLeasesAgain() {
    Execution execution = execution("redriven", new StopAt(aws, "RunInstance", 1));

    assertThatThrownBy(execution::run).isInstanceOf(StopAt.Stopped.class);
    aws.advance(Duration.ofDays(1));
    Outcome outcome = execution.run();

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("EnsureRole")).isEqualTo(2);
    assertThat(aws.instances()).hasSize(1);
  }

  // Waiting

  @Test
  void aProfileThatEc2DoesNotSeeYetIsWaitedFor() {
    aws.ec2SeesIamWithin(Duration.ofMinutes(1));

    Outcome outcome = stack.launch("slow", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("Pause")).isPositive();
  }

  @Test
  void aProfileThatEc2NeverSeesEndsTheLaunchAfterFiveMinutes() {
    faults(always("RunInstances", LaunchWorkflowTest::unknownProfile));
    var before = aws.clock().instant();

    Outcome outcome = stack.launch("never", LAUNCH);

    assertThat(outcome.error()).contains("spawn.error.PropagationTimeout");
    assertThat(outcome.cause().orElseThrow()).contains("within 300 seconds");
    assertThat(Duration.between(before, aws.clock().instant()))
        .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
    assertThat(aws.instances()).isEmpty();
  }

  @Test
  void aLaunchThatIsDeniedTheProfileAfterTheProofGoesBackToWaiting() {
    faults(times(2, "RunInstances", Call::isWrite, LaunchWorkflowTest::unknownProfile));

    Outcome outcome = stack.launch("flickering", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("WaitAgain")).isEqualTo(2);
    assertThat(aws.instances()).hasSize(1);
  }

  @Test
  void aRefusedLaunchWaitsLongerEachTimeThanEc2NeedsToSeeAProfileAtWorst() {
    faults(times(9, "RunInstances", Call::isWrite, LaunchWorkflowTest::unknownProfile));
    Instant before = aws.clock().instant();

    Outcome outcome = stack.launch("flickering", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.instances()).hasSize(1);
    assertThat(outcome.entered("WaitAgain")).isEqualTo(9);
    assertThat(Duration.between(before, aws.clock().instant()))
        .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
  }

  @Test
  void aLaunchThatOnlySomeOfEc2sHostsRefuseIsMadeOnce() {
    aws.ec2SeesIamWithin(Duration.ofMinutes(2));

    for (int seed = 0; seed < 20; seed++) {
      ObjectNode payload = LAUNCH.deepCopy();
      payload.withObject("/iam").put("role", "worker-" + seed);
      Outcome outcome = stack.launch("launch-" + seed, payload);

      assertThat(outcome.error()).isEmpty();
      assertThat(aws.instances()).hasSize(seed + 1);
    }
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
    assertThat(aws.calls("RunInstances").stream().filter(Call::isWrite)).hasSizeGreaterThan(20);
  }

  @Test
  void aLaunchThatIsDeniedTheProfileAgainAndAgainEndsByName() {
    faults(times(10, "RunInstances", Call::isWrite, LaunchWorkflowTest::unknownProfile));

    Outcome outcome = stack.launch("flickering", LAUNCH);

    assertThat(outcome.error()).contains("spawn.error.PropagationTimeout");
    assertThat(outcome.cause().orElseThrow()).contains("denied it to the launch ten times");
  }

  // Back to EnsureRole

  @Test
  void aRoleThatVanishesBeforeItsProfileIsMadeAnew() {
    Execution execution = execution("vanished", deletingTheRole("EnsureProfile", 1));

    Outcome outcome = execution.run();

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("EnsureRole")).isEqualTo(2);
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
  }

  @Test
  void aRoleThatVanishesWhileItsProfileIsWaitedForIsMadeAnew() {
    Execution execution = execution("vanished", deletingTheRole("WaitForPropagation", 1));

    Outcome outcome = execution.run();

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("EnsureRole")).isEqualTo(2);
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
  }

  @Test
  void aRoleThatVanishesBetweenProofAndLaunchIsMadeAnew() {
    Execution execution = execution("vanished", deletingTheRole("RunInstance", 1));

    Outcome outcome = execution.run();

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("EnsureRole")).isEqualTo(2);
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
  }

  @Test
  void aRoleThatVanishesThreeTimesIsMadeAnewThreeTimes() {
    Outcome outcome = execution("vanished", deletingTheRole("EnsureProfile", 3)).run();

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("EnsureRole")).isEqualTo(4);
  }

  @Test
  void aRoleThatVanishesAFourthTimeEndsTheLaunch() {
    Outcome outcome = execution("vanished", deletingTheRole("EnsureProfile", 4)).run();

    assertThat(outcome.error()).contains("spawn.error.RoleVanished");
    assertThat(outcome.cause().orElseThrow()).contains("is gone");
  }

  @Test
  void aLeaseThatIsNearlyOverIsRenewedThreeTimesAndNotAFourth() {
    Execution execution = execution("late", new StopAt(aws, "RunInstance", 4));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(execution::run).isInstanceOf(StopAt.Stopped.class);
      aws.advance(Duration.ofMinutes(58));
    }
    assertThatThrownBy(execution::run).isInstanceOf(StopAt.Stopped.class);
    aws.advance(Duration.ofMinutes(58));

    Outcome outcome = execution.run();

    assertThat(outcome.error()).contains("spawn.error.LeaseEnding");
    assertThat(outcome.entered("EnsureRole")).isEqualTo(4);
    assertThat(aws.instances()).isEmpty();
  }

  // Other people's roles and profiles

  @Test
  void aNameThatIsTakenByAnothersRoleIsNeverAdopted() {
    SimulatedRole another = aws.givenRole("report-writer");

    Outcome outcome = stack.launch("taken", Stack.event("custom-policy"));

    assertThat(outcome.error()).contains("spawn.error.RoleConflict");
    assertThat(outcome.cause().orElseThrow())
        .contains("report-writer", "was not made by this stack");
    assertThat(aws.role("report-writer")).contains(another);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aProfileThatHoldsAnothersRoleIsNeverTouched() {
    aws.givenRole("another", role -> role.inProfile("report-writer"));

    Outcome outcome = stack.launch("taken", Stack.event("custom-policy"));

    assertThat(outcome.error()).contains("spawn.error.ProfileConflict");
    assertThat(outcome.cause().orElseThrow()).contains("holds role \"another\"");
    assertThat(aws.profile("report-writer").orElseThrow().roleName()).contains("another");
  }

  @Test
  void anEmptyProfileOfAnothersIsNeverFilled() {
    aws.givenProfile("report-writer", "/");

    Outcome outcome = stack.launch("taken", Stack.event("custom-policy"));

    assertThat(outcome.error()).contains("spawn.error.ProfileConflict");
    assertThat(aws.profile("report-writer").orElseThrow().roleName()).isEmpty();
  }

  /** Names are the account's: another stack may have this one, or whoever knows it. */
  @ParameterizedTest
  @ValueSource(strings = {"/", "/spawn/research/us-east-1/"})
  void aLaunchWithoutPermissionsWorksWhoeverHasItsProfilesName(String path) {
    aws.givenProfile("spored-instance-role", path);
    JsonNode payload = Stack.event("default-role");

    JsonNode first = stack.launch("first", payload).output().orElseThrow();
    JsonNode second = stack.launch("second", payload).output().orElseThrow();

    assertThat(first.at("/role/name").asText()).isEqualTo("spored-instance-role");
    assertThat(first.at("/instanceProfile/name").asText())
        .matches("spored-instance-role-[0-9a-f]{8}");
    assertThat(second.path("instanceProfile")).isEqualTo(first.path("instanceProfile"));
    assertThat(aws.profile("spored-instance-role").orElseThrow().roleName()).isEmpty();
  }

  @Test
  void aGeneratedNameThatIsTakenByOtherPermissionsGetsMoreDigits() {
    String taken = planned();
    aws.givenRole(
        taken,
        role ->
            role.path(RoleRequests.OWNER.path())
                .tag(Tags.MANAGED, "true")
                .tag(Tags.POLICIES, "0".repeat(64))
                .tag(Tags.LEASE_UNTIL, "2026-01-01T09:00:00Z"));

    Outcome outcome = stack.launch("collision", LAUNCH);

    assertThat(output(outcome, "/role/name")).startsWith(taken).hasSize(ROLE.length() + 16);
  }

  @Test
  void aRoleThatTheSweepHasMarkedIsLeftAndTheNextNameTaken() {
    stack.launch("first", LAUNCH);
    mark(planned());

    Outcome outcome = stack.launch("second", LAUNCH);

    assertThat(output(outcome, "/role/name")).hasSize(ROLE.length() + 16);
    assertThat(aws.roles()).hasSize(2);
  }

  @Test
  void aRoleThatTheUserNamedAndTheSweepHasMarkedIsWaitedForAWhile() {
    stack.launch("first", Stack.event("custom-policy"));
    mark("report-writer");
    aws.forgetCalls();

    Outcome outcome = stack.launch("second", Stack.event("custom-policy"));

    assertThat(outcome.error()).contains("spawn.error.RoleBeingDeleted");
    assertThat(aws.operations()).hasSize(5).containsOnly("GetRole");
  }

  // A named role whose policies IAM refuses

  private static ObjectNode reports(String iam) {
    ObjectNode payload = LAUNCH.deepCopy();
    payload.set("iam", RoleRequests.json(iam));
    return payload;
  }

  @Test
  void aMisspeltManagedPolicyLeavesNoRoleBehind() {
    aws.missingPolicy("arn:aws:iam::123456789012:policy/repots-read");

    Outcome refused =
        stack.launch(
            "first",
            reports(
                "{\"role\": \"reports\", \"managedPolicies\": [\"arn:aws:iam::123456789012:policy/repots-read\"]}"));

    assertThat(refused.error()).contains("spawn.error.InvalidRequest");
    assertThat(aws.writes()).isEmpty();
    assertThat(
            stack.launch(
                "mended",
                reports(
                    "{\"role\": \"reports\", \"managedPolicies\": [\"arn:aws:iam::123456789012:policy/reports-read\"]}")))
        .matches(Outcome::succeeded);
  }

  @Test
  void aPayloadThatIamRefusesIsMendedAndLaunchedUnderTheSameName() {
    aws.refusesPoliciesWith("data-in-us-east-1");
    String statement =
        "{\"role\": \"reports\", \"statements\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::%s/*\"}]}";

    Outcome refused = stack.launch("first", reports(statement.formatted("data-in-us-east-1")));
    Instant began = aws.clock().instant();
    Outcome mended = stack.launch("mended", reports(statement.formatted("data")));
    Duration took = Duration.between(began, aws.clock().instant());
    Outcome byName = stack.launch("byName", reports("{\"role\": \"reports\"}"));

    assertThat(refused.error()).contains("spawn.error.InvalidRequest");
    assertThat(mended).matches(Outcome::succeeded);
    assertThat(took).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(7));
    assertThat(output(mended, "/policyHash"))
        .isEqualTo(aws.role("reports").orElseThrow().tag(Tags.POLICIES).orElseThrow());
    assertThat(byName).matches(Outcome::succeeded);
    assertThat(aws.role("reports").orElseThrow().inlinePolicies().toString())
        .contains("arn:aws:s3:::data/*")
        .doesNotContain("us-east-1");
  }

  @Test
  void aDeniedPolicyIsAnsweredWithASmallerOneUnderTheSameName() {
    aws.deny("iam:AttachRolePolicy");

    Outcome denied =
        stack.launch(
            "denied",
            reports(
                "{\"role\": \"reports\", \"policies\": [\"s3:ReadOnly\"], \"managedPolicies\": [\"ReadOnlyAccess\"]}"));
    Outcome smaller =
        stack.launch(
            "smaller", reports("{\"role\": \"reports\", \"policies\": [\"s3:ReadOnly\"]}"));

    assertThat(denied.error()).contains("spawn.error.AccessDenied");
    assertThat(denied.cause().orElseThrow()).contains("iam:AttachRolePolicy");
    assertThat(smaller).matches(Outcome::succeeded);
  }

  // What is gone

  @ParameterizedTest
  @ValueSource(strings = {"PutRolePolicy", "TagRole", "AddRoleToInstanceProfile"})
  void aRoleThatIsDeletedUnderALaunchIsMadeAgain(String operation) {
    faults(once(operation, () -> aws.deleteRole(planned())));

    Outcome outcome = stack.launch("lost", LAUNCH);

    assertThat(outcome).matches(Outcome::succeeded);
    assertThat(aws.role(planned()).orElseThrow().inlinePolicies()).hasSize(1);
  }

  @Test
  void aProfileThatIsDeletedUnderALaunchIsMadeAgain() {
    faults(once("AddRoleToInstanceProfile", () -> aws.deleteProfile(planned())));

    assertThat(stack.launch("lost", LAUNCH)).matches(Outcome::succeeded);
  }

  private static Faults once(String operation, Runnable happening) {
    return new Faults() {
      private boolean happened;

      @Override
      public void before(Call call) {
        if (call.operation().equals(operation) && !happened) {
          happened = true;
          happening.run();
        }
      }
    };
  }

  // Functions that die

  @Test
  void aFunctionThatDiesIsRunAgain() {
    faults(crashAtFirst("CreateRole"));

    Outcome outcome = stack.launch("crashed", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.calls("CreateRole")).hasSize(1);
    assertThat(aws.role(planned()).orElseThrow().inlinePolicies()).isNotEmpty();
  }

  @Test
  void aFunctionThatDiesEveryTimeEndsTheLaunchWithWhatLambdaSays() {
    faults(
        new Faults() {
          @Override
          public void before(Call call) {
            throw new Crash(call);
          }
        });

    Outcome outcome = stack.launch("crashed", LAUNCH);

    assertThat(outcome.error()).contains("Lambda.Unknown");
    assertThat(outcome.cause().orElseThrow()).contains("Process exited");
    assertThat(aws.calls()).hasSize(13);
  }

  @Test
  void aFunctionThatRunsOutOfItsTimeIsRunAgain() {
    faults(
        new Faults() {
          private boolean slow = true;

          @Override
          public void after(Call call) {
            if (slow && call.operation().equals("CreateRole")) {
              slow = false;
              aws.advance(Duration.ofSeconds(61));
            }
          }
        });

    Outcome outcome = stack.launch("slow", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.calls("GetRole")).hasSize(2);
  }

  @Test
  void aLaunchWhoseAnswerIsLostIsFoundAgainByItsToken() {
    faults(
        new Faults() {
          private boolean lost;

          @Override
          public void after(Call call) {
            if (call.operation().equals("RunInstances") && call.isWrite() && !lost) {
              lost = true;
              throw AwsErrors.callTimeout();
            }
          }
        });

    Outcome outcome = stack.launch("lost", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.instances()).hasSize(1);
    assertThat(output(outcome, "/instances/0/instanceId")).isEqualTo(aws.instances().get(0).id());
  }

  @Test
  void aLaunchWhoseAnswerIsLostIsFoundEvenIfItsRoleHasBeenMadeAnewUnderAnotherName() {
    Execution execution = execution("lost", new StopAt(aws, "Launched?", 1));
    assertThatThrownBy(execution::run).isInstanceOf(StopAt.Stopped.class);
    mark(planned());
    Outcome outcome = stack.launch("lost", LAUNCH);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.instances()).hasSize(1);
    assertThat(aws.calls("DescribeInstances")).hasSize(2);
  }

  // Each failure from what AWS answers

  static Stream<Arguments> answersAndFailures() {
    return Stream.of(
        refused("CreateRole", AwsErrors.throttling(), "Throttled", "IAM answered Throttling: Rate"),
        refused(
            "RunInstances",
            AwsErrors.requestLimitExceeded(),
            "Throttled",
            "EC2 answered RequestLimitExceeded: Request limit exceeded."),
        refused(
            "GetRole", AwsErrors.serviceFailure(), "AwsUnavailable", "IAM answered ServiceFailure"),
        refused(
            "TagRole",
            AwsErrors.concurrentModification(),
            "AwsUnavailable",
            "IAM answered ConcurrentModification"),
        refused(
            "TagRole",
            AwsErrors.iam("EntityTemporarilyUnmodifiable", 409, "try again later"),
            "AwsUnavailable",
            "IAM answered EntityTemporarilyUnmodifiable: try again later"),
        refused(
            "CreateInstanceProfile", AwsErrors.callTimeout(), "AwsUnavailable", "did not answer"),
        refused(
            "RunInstances",
            AwsErrors.internalError(),
            "AwsUnavailable",
            "EC2 answered InternalError"),
        refused("RunInstances", AwsErrors.unavailable(), "AwsUnavailable", "EC2 answered Unavail"),
        refused("RunInstances", AwsErrors.connectionLost(), "AwsUnavailable", "did not answer"),
        refused(
            "CreateRole",
            AwsErrors.limitExceeded("roles"),
            "QuotaExceeded",
            "The account has 0 of 1000 roles. Ask AWS for a higher quota, or remove some."),
        refused(
            "PutRolePolicy",
            AwsErrors.limitExceeded("Maximum policy size of 10240 bytes exceeded for role x"),
            "QuotaExceeded",
            "IAM answered LimitExceeded: Maximum policy size of 10240 bytes exceeded for role x"),
        refused(
            "CreateInstanceProfile",
            AwsErrors.limitExceeded("profiles"),
            "QuotaExceeded",
            "The account has 0 of 1000 instance profiles."),
        refused(
            "RunInstances",
            AwsErrors.ec2("VcpuLimitExceeded", 400, "You have requested more vCPU capacity"),
            "QuotaExceeded",
            "EC2 answered VcpuLimitExceeded: You have requested more vCPU capacity"),
        refused(
            "RunInstances",
            AwsErrors.ec2("InstanceLimitExceeded", 400, "more instances (9) than your limit"),
            "QuotaExceeded",
            "EC2 answered InstanceLimitExceeded: more instances (9) than your limit"),
        refused(
            "RunInstances",
            AwsErrors.ec2("InsufficientInstanceCapacity", 500, "no m7i.large in us-east-1a"),
            "CapacityUnavailable",
            "EC2 answered InsufficientInstanceCapacity: no m7i.large in us-east-1a"),
        refused(
            "RunInstances",
            AwsErrors.ec2("InsufficientFreeAddressesInSubnet", 400, "no addresses"),
            "CapacityUnavailable",
            "EC2 answered InsufficientFreeAddressesInSubnet: no addresses"),
        refused(
            "RunInstances",
            AwsErrors.ec2("InvalidAMIID.NotFound", 400, "The image id '[ami-1]' does not exist"),
            "LaunchRejected",
            "EC2 answered InvalidAMIID.NotFound: The image id '[ami-1]' does not exist"),
        refused(
            "RunInstances",
            AwsErrors.ec2("InvalidParameterValue", 400, "another parameter"),
            "LaunchRejected",
            "EC2 answered InvalidParameterValue: another parameter"),
        refused(
            "RunInstances",
            AwsErrors.ec2("PendingVerification", 400, "Your account is pending verification."),
            "AwsRefused",
            "EC2 answered PendingVerification: Your account is pending verification."),
        refused(
            "CreateRole",
            AwsErrors.noSuchEntity("Scope ARN: arn:aws:iam::1:policy/b does not exist."),
            "AwsRefused",
            "IAM answered NoSuchEntity: Scope ARN"),
        refused(
            "CreateRole",
            AwsErrors.iam("RequestExpiredForGood", 400, "an answer that nobody knows"),
            "AwsRefused",
            "IAM answered RequestExpiredForGood: an answer that nobody knows"),
        refused(
            "CreateRole",
            AwsErrors.accessDenied("iam:CreateRole"),
            "AccessDenied",
            "is not authorized to perform: iam:CreateRole"),
        refused(
            "RunInstances",
            AwsErrors.unauthorizedOperation("ec2:RunInstances"),
            "AccessDenied",
            "EC2 answered UnauthorizedOperation"),
        refused(
            "PutRolePolicy",
            AwsErrors.malformedPolicyDocument("grammar"),
            "InvalidRequest",
            "IAM refuses the policy: grammar"));
  }

  private static Arguments refused(
      String operation, RuntimeException answer, String failure, String message) {
    return arguments(operation, answer, failure, message);
  }

  @ParameterizedTest(name = "{0} answering {1} is {2}")
  @MethodSource("answersAndFailures")
  void eachAnswerOfAwsEndsTheLaunchByItsNameAndSaysWhatAwsSaid(
      String operation, RuntimeException answer, String failure, String message) {
    faults(always(operation, () -> answer));

    Outcome outcome = stack.launch("refused", LAUNCH);

    assertThat(outcome.error()).contains("spawn.error." + failure);
    assertThat(outcome.cause().orElseThrow()).contains(message).doesNotContain("\tat ");
    assertThat(aws.instances()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Throttling, 7",
    "AccessDenied, 1",
  })
  void onlyWhatPassesIsRetried(String code, int calls) {
    faults(always("CreateRole", () -> AwsErrors.iam(code, 400, "said")));

    stack.launch("refused", LAUNCH);

    assertThat(aws.calls("CreateRole")).hasSize(calls);
  }

  @Test
  void aRoleThatIamSaysIsTakenButNeverShowsEndsTheLaunchByName() {
    stack.launch("first", LAUNCH);
    faults(always("GetRole", () -> AwsErrors.noSuchEntity("not shown")));

    Outcome outcome = stack.launch("second", LAUNCH);

    assertThat(outcome.error()).contains("spawn.error.NotVisibleYet");
    assertThat(aws.calls("CreateRole")).hasSize(1 + 13);
  }

  private static final JsonNode TWO_SUBNETS =
      RoleRequests.json(
          "{'instance': {'ImageId': 'ami-1'}, 'iam': {'policies': ['s3:ReadOnly']},"
              + " 'options': {'subnetIds': ['subnet-0000000a', 'subnet-0000000b']}}");

  @Test
  void wantOfCapacityInOneSubnetLeadsToTheNextUnderATokenOfItsOwn() {
    aws.givenSubnet("subnet-0000000a", "us-east-1a").givenSubnet("subnet-0000000b", "us-east-1b");
    aws.capacity("us-east-1a", 0);

    Outcome outcome = stack.launch("two-subnets", TWO_SUBNETS);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.instances()).hasSize(1);
    assertThat(aws.calls("RunInstances").stream().filter(Call::isWrite))
        .extracting(call -> ((RunInstancesRequest) call.request()).subnetId())
        .containsExactly("subnet-0000000a", "subnet-0000000b");
    assertThat(aws.calls("RunInstances").stream().filter(Call::isWrite))
        .extracting(call -> ((RunInstancesRequest) call.request()).clientToken())
        .doesNotHaveDuplicates();
  }

  @Test
  void aLostAnswerInTheSecondSubnetLaunchesNothingMoreThoughTheFirstHasRoomAgain() {
    aws.givenSubnet("subnet-0000000a", "us-east-1a").givenSubnet("subnet-0000000b", "us-east-1b");
    aws.capacity("us-east-1a", 0);
    faults(
        new Faults() {
          private int launches;

          @Override
          public void after(Call call) {
            if (call.operation().equals("RunInstances") && call.isWrite() && ++launches == 2) {
              aws.capacity("us-east-1a", 100);
              throw AwsErrors.callTimeout();
            }
          }
        });

    Outcome outcome = stack.launch("two-subnets", TWO_SUBNETS);

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.instances()).hasSize(1);
  }

  @Test
  void aCallWhoseAnswerIsMissingMayLaunchLateAndIsFoundBeforeTheNextSubnetIsTried() {
    aws.givenSubnet("subnet-0000000a", "us-east-1a").givenSubnet("subnet-0000000b", "us-east-1b");
    aws.capacity("us-east-1a", 0);
    List<Runnable> late = new ArrayList<>();
    Timeline losingTheFirstLaunch =
        new Timeline() {
          private boolean launching;

          @Override
          public void entering(String state) {
            launching = state.equals("RunInstance");
          }

          @Override
          public boolean losing(Runnable call) {
            return launching && late.isEmpty() && late.add(call);
          }

          @Override
          public void pause(Duration length) {
            aws.advance(length);
            if (length.equals(Duration.ofSeconds(70))) {
              aws.capacity("us-east-1a", 100);
              late.get(0).run();
            }
          }
        };

    Outcome outcome = stack.execution("late", TWO_SUBNETS, losingTheFirstLaunch).run();

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.instances()).hasSize(1);
    assertThat(output(outcome, "/instances/0/availabilityZone")).isEqualTo("us-east-1a");
  }

  @Test
  void wantOfCapacityIsTriedAgainAFewTimes() {
    aws.capacity("us-east-1a", 0);

    Outcome outcome = stack.launch("full", LAUNCH);

    assertThat(outcome.error()).contains("spawn.error.CapacityUnavailable");
    assertThat(outcome.cause().orElseThrow()).contains("us-east-1a");
    assertThat(aws.calls("RunInstances").stream().filter(Call::isWrite)).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iam:GetRole",
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:TagRole",
        "iam:CreateInstanceProfile",
        "iam:AddRoleToInstanceProfile",
        "iam:PassRole",
        "ec2:RunInstances"
      })
  void aPermissionThatTheStackLacksIsNamed(String action) {
    aws.deny(action);

    Outcome outcome = stack.launch("denied", LAUNCH);

    assertThat(outcome.error()).contains("spawn.error.AccessDenied");
    assertThat(outcome.cause().orElseThrow()).contains(action);
  }

  private String planned() {
    ObjectNode input = (ObjectNode) RoleRequests.json("{}");
    input.set("payload", LAUNCH);
    input.putObject("execution").put("id", "arn").put("name", "one");
    try {
      return stack.invoke("ResolvePolicies", input).at("/role/names/0").asText();
    } catch (TaskFailure failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void aSweepThatComesWhileAnotherDeletesIsThrottledAndTheRoleThatIsMadeAgainStays() {
    stack.launch("one", LAUNCH);
    aws.terminate(aws.instances().get(0).id());
    aws.advance(Duration.ofMinutes(70));
    stack.sweep(Stack.event("nightly"));
    aws.advance(Duration.ofMinutes(16));
    List<Boolean> second = new ArrayList<>();
    faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("UntagRole")) {
              second.add(stack.sweep(Stack.event("nightly")).isPresent());
            }
          }
        });

    assertThat(stack.sweep(Stack.event("nightly"))).isPresent();
    assertThat(second).containsExactly(false);
    assertThat(stack.launch("two", LAUNCH).error()).isEmpty();
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
  }

  private void mark(String role) {
    aws.personsIam()
        .tagRole(
            request ->
                request
                    .roleName(role)
                    .tags(
                        Tag.builder()
                            .key(Tags.DELETING)
                            .value(aws.clock().instant().toString())
                            .build()));
  }

  private static String output(Outcome outcome, String pointer) {
    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    return outcome.output().orElseThrow().at(pointer).asText();
  }

  private void faults(Faults faults) {
    aws.faults(stack.limited(faults));
  }

  private Execution execution(String name, Timeline timeline) {
    return stack.execution(name, LAUNCH, timeline);
  }

  private static Faults always(String operation, Supplier<RuntimeException> failure) {
    return times(Integer.MAX_VALUE, operation, call -> true, failure);
  }

  private static Faults times(
      int times, String operation, Predicate<Call> where, Supplier<RuntimeException> failure) {
    return new Faults() {
      private int left = times;

      @Override
      public void before(Call call) {
        if (call.operation().equals(operation) && where.test(call) && left > 0) {
          left--;
          throw failure.get();
        }
      }
    };
  }

  private static Faults crashAtFirst(String operation) {
    return new Faults() {
      private boolean crashed;

      @Override
      public void after(Call call) {
        if (call.operation().equals(operation) && !crashed) {
          crashed = true;
          throw new Crash(call);
        }
      }
    };
  }

  private static RuntimeException unknownProfile() {
    return AwsErrors.ec2(
        "InvalidParameterValue",
        400,
        "Value (x) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name");
  }

  private Timeline deletingTheRole(String state, int times) {
    return new Timeline() {
      private int left = times;

      @Override
      public void pause(Duration length) {
        aws.advance(length);
      }

      @Override
      public void entering(String entered) {
        if (entered.equals(state) && left > 0) {
          left--;
          String role = aws.roles().get(0).name();
          aws.deleteRole(role);
          if (aws.profile(role).isPresent()) {
            aws.deleteProfile(role);
          }
        }
      }
    };
  }
}
