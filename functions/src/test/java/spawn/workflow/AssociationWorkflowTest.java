package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsRequest;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenInstance;
import spawn.aws.ProfileAssociation;
import spawn.aws.SimulatedAws;
import spawn.aws.SimulatedInstance;
import spawn.role.RoleRequests;

/** Roles for instances that are there already, through the real definition and functions. */
class AssociationWorkflowTest {
  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  @Test
  void aRunningInstanceWithoutAProfileGetsOne() {
    String instance = GivenInstance.running(aws);

    Outcome outcome = associate("first", instance);

    assertThat(profileOf(instance)).contains(output(outcome, "/instanceProfile/arn"));
    assertThat(outcome.output().orElseThrow().path("previousInstanceProfile").isNull()).isTrue();
    assertThat(output(outcome, "/instances/0/instanceId")).isEqualTo(instance);
    assertThat(output(outcome, "/role/outcome")).isEqualTo("created");
    assertThat(aws.operations())
        .containsExactly(
            "DescribeInstances",
            "DescribeIamInstanceProfileAssociations",
            "GetRole",
            "CreateRole",
            "PutRolePolicy",
            "TagRole",
            "CreateInstanceProfile",
            "AddRoleToInstanceProfile",
            "DescribeInstances",
            "DescribeIamInstanceProfileAssociations",
            "AssociateIamInstanceProfile");
  }

  @Test
  void aRunningInstanceWithAProfileGetsAnotherInOneStep() {
    String instance = GivenInstance.runningWith(aws, "old");
    String old = profileOf(instance).orElseThrow();

    Outcome outcome = associate("second", instance);

    assertThat(profileOf(instance)).contains(output(outcome, "/instanceProfile/arn"));
    assertThat(output(outcome, "/previousInstanceProfile/arn")).isEqualTo(old);
    assertThat(ec2Writes()).containsExactly("ReplaceIamInstanceProfileAssociation");
  }

  @Test
  void aStoppedInstanceKeepsItsProfileUntilEc2HasShownThatItSeesTheNewOne() {
    String instance = GivenInstance.stoppedWith(aws, "old");
    aws.ec2SeesIamWithin(Duration.ofMinutes(1));

    Outcome outcome = associate("stopped", instance);

    assertThat(profileOf(instance)).contains(output(outcome, "/instanceProfile/arn"));
    assertThat(ec2Writes())
        .containsExactly("DisassociateIamInstanceProfile", "AssociateIamInstanceProfile");
    assertThat(outcome.states()).containsSubsequence("WaitForPropagation", "AssociateProfile");
    assertThat(outcome.entered("Pause")).isPositive();
    assertThat(aws.instances()).hasSize(1);
  }

  @Test
  void aStoppedInstanceWhoseImageIsGoneWaitsForTheProfilesAge() {
    String instance = GivenInstance.stoppedWith(aws, "old");
    aws.knownImages("ami-2");
    var before = aws.clock().instant();

    Outcome outcome = associate("image-gone", instance);

    assertThat(profileOf(instance)).contains(output(outcome, "/instanceProfile/arn"));
    assertThat(Duration.between(before, aws.clock().instant()))
        .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(12));
  }

  @Test
  void aStoppedInstanceWithoutAProfileNeedsNoProof() {
    String instance = GivenInstance.stopped(aws);

    Outcome outcome = associate("stopped", instance);

    assertThat(profileOf(instance)).contains(output(outcome, "/instanceProfile/arn"));
    assertThat(outcome.entered("WaitForPropagation")).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anInstanceLosesItsProfileAndNoRoleIsMade(boolean running) {
    String instance =
        running ? GivenInstance.runningWith(aws, "old") : GivenInstance.stoppedWith(aws, "old");

    Outcome outcome = takeOff("off", instance);

    assertThat(profileOf(instance)).isEmpty();
    assertThat(output(outcome, "/previousInstanceProfile/arn")).endsWith("/old");
    assertThat(outcome.output().orElseThrow().path("role").isNull()).isTrue();
    assertThat(outcome.output().orElseThrow().path("instanceProfile").isNull()).isTrue();
    assertThat(aws.roles()).extracting(role -> role.name()).containsExactly("old");
  }

  @Test
  void anInstanceThatAllowsImdsv1IsWarnedOfWhereItGetsARole() {
    String instance = GivenInstance.running(aws, launch -> launch.metadataOptions(v1()));

    JsonNode warnings = associate("on", instance).output().orElseThrow().path("warnings");

    assertThat(warnings.findValuesAsText("code")).containsExactly("IMDSV1_ALLOWED");
    assertThat(warnings.findValuesAsText("path")).containsExactly("$.instanceId");
    assertThat(takeOff("off", instance).output().orElseThrow().path("warnings")).isEmpty();
  }

  private static InstanceMetadataOptionsRequest v1() {
    return InstanceMetadataOptionsRequest.builder().httpTokens("optional").build();
  }

  @Test
  void anInstanceWithImdsv2OnlyIsNotWarnedOf() {
    Outcome outcome = associate("on", GivenInstance.running(aws));

    assertThat(outcome.output().orElseThrow().path("warnings").isArray()).isTrue();
    assertThat(outcome.output().orElseThrow().path("warnings")).isEmpty();
  }

  @Test
  void whatIsRightAlreadyIsLeftAsItIs() {
    String running = GivenInstance.runningWith(aws, "old");
    String stopped = GivenInstance.stoppedWith(aws, "old");
    String bare = GivenInstance.runningWith(aws, "old");
    associate("one", running);
    associate("two", stopped);
    takeOff("three", bare);
    aws.advance(Duration.ofMinutes(12));
    aws.forgetCalls();

    Outcome again = associate("four", running);
    associate("five", stopped);
    takeOff("six", bare);

    assertThat(aws.writes()).isEmpty();
    assertThat(output(again, "/previousInstanceProfile/arn"))
        .isEqualTo(output(again, "/instanceProfile/arn"));
  }

  // Waiting

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whileEc2DoesNotSeeTheNewProfileTheOldOneStays(long seed) {
    SimulatedAws lagging =
        SimulatedAws.seeded(seed)
            .iamReadsLagUpTo(Duration.ofSeconds(10))
            .ec2SeesIamWithin(Duration.ofMinutes(2))
            .ec2ReadsLagUpTo(Duration.ofSeconds(30));
    String instance =
        seed % 2 == 0
            ? GivenInstance.runningWith(lagging, "old")
            : GivenInstance.stoppedWith(lagging, "old");
    Stack slow = Stack.on(lagging);
    List<String> withoutOne = new ArrayList<>();
    Timeline watching =
        new Timeline() {
          @Override
          public void pause(Duration length) {
            lagging.advance(length);
          }

          @Override
          public void entering(String state) {
            if (lagging.instance(instance).orElseThrow().profile().isEmpty()) {
              withoutOne.add(state);
            }
          }
        };

    Outcome outcome = slow.execution("slow", payload(instance), watching).run();

    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    assertThat(lagging.roleOf(lagging.instance(instance).orElseThrow()).orElseThrow().name())
        .isEqualTo(outcome.output().orElseThrow().at("/role/name").asText());
    assertThat(withoutOne).isEmpty();
  }

  @Test
  void aProfileThatEc2NeverSeesLeavesTheOldOneWhereItIs() {
    String instance = GivenInstance.runningWith(aws, "old");
    faults("ReplaceIamInstanceProfileAssociation", Integer.MAX_VALUE);

    Outcome outcome = stack.launch("never", payload(instance));

    assertThat(outcome.error()).contains("spawn.error.PropagationTimeout");
    assertThat(outcome.cause().orElseThrow()).contains(instance, "within 300 seconds");
    assertThat(profileOf(instance).orElseThrow()).endsWith("/old");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"UnauthorizedOperation", "InvalidParameterValue", "OperationNotPermitted"})
  void aStoppedInstanceThatIsRefusedTheNewProfileForGoodKeepsItsOldOne(String code) {
    String instance = GivenInstance.stoppedWith(aws, "old");
    String old = profileOf(instance).orElseThrow();
    aws.givenRole("my-own-role", role -> role.inProfile("my-own-role"));
    aws.advance(Duration.ofMinutes(11));
    String refused = aws.profile("my-own-role").orElseThrow().arn();
    aws.faults(stack.limited(refusing(refused, code)));

    Outcome outcome =
        stack.launch(
            "refused",
            RoleRequests.json(
                "{'instanceId': '%s', 'iam': {'role': 'my-own-role'}}".formatted(instance)));

    assertThat(outcome.succeeded()).isFalse();
    assertThat(profileOf(instance)).contains(old);
  }

  @Test
  void aRoleThatMayNotBePassedIsRefusedBeforeAStoppedInstanceLosesItsOldOne() {
    String instance = GivenInstance.stoppedWith(aws, "old");
    aws.givenRole("my-own-role", role -> role.inProfile("my-own-role"));
    aws.advance(Duration.ofMinutes(11));
    aws.faults(
        stack.limited(
            Faults.beforeFirst(
                "RunInstances", () -> AwsErrors.unauthorizedOperation("iam:PassRole"))));

    Outcome outcome =
        stack.launch(
            "refused",
            RoleRequests.json(
                "{'instanceId': '%s', 'iam': {'role': 'my-own-role'}}".formatted(instance)));

    assertThat(outcome.error()).contains("spawn.error.AccessDenied");
    assertThat(ec2Writes()).isEmpty();
  }

  private static Faults refusing(String profileArn, String code) {
    return new Faults() {
      @Override
      public void before(Call call) {
        if (call.request() instanceof AssociateIamInstanceProfileRequest associate
            && associate.iamInstanceProfile().arn().equals(profileArn)) {
          throw AwsErrors.ec2(code, 403, "It is refused.");
        }
      }
    };
  }

  @Test
  void aStoppedInstanceThatIsDeniedTheNewProfileAfterTheProofGetsItsOldOneBackFirst() {
    String instance = GivenInstance.stoppedWith(aws, "old");
    faults("AssociateIamInstanceProfile", 1);

    Outcome outcome = associate("flickering", instance);

    assertThat(ec2Writes())
        .containsExactly(
            "DisassociateIamInstanceProfile",
            "AssociateIamInstanceProfile",
            "AssociateIamInstanceProfile",
            "DisassociateIamInstanceProfile",
            "AssociateIamInstanceProfile");
    assertThat(profileOf(instance)).contains(output(outcome, "/instanceProfile/arn"));
  }

  @Test
  void anAssociationThatSomebodyElseHasChangedMeanwhileIsLookedAtAgain() {
    String instance = GivenInstance.runningWith(aws, "old");
    aws.givenRole("other", role -> role.inProfile("other"));
    aws.faults(
        stack.limited(
            new Faults() {
              private boolean changed;

              @Override
              public void before(Call call) {
                if (call.operation().startsWith("Replace") && !changed) {
                  changed = true;
                  GivenInstance.replace(aws, instance, "other");
                }
              }
            }));

    Outcome outcome = associate("raced", instance);

    assertThat(profileOf(instance)).contains(output(outcome, "/instanceProfile/arn"));
    assertThat(outcome.entered("PauseForAssociation")).isPositive();
  }

  // Instances that cannot be served

  @Test
  void aPendingInstanceIsToldToWait() {
    assertRefused(GivenInstance.pending(aws), "is still starting");
  }

  @Test
  void anInstanceThatIsBeingStoppedIsToldToWait() {
    String instance = GivenInstance.running(aws);
    aws.personsEc2("us-east-1").stopInstances(stop -> stop.instanceIds(instance));

    assertRefused(instance, "is just being stopped");
  }

  @Test
  void anInstanceThatIsBeingTerminatedGetsNoRole() {
    String instance = GivenInstance.running(aws);
    aws.personsEc2("us-east-1").terminateInstances(end -> end.instanceIds(instance));

    assertRefused(instance, "is being terminated");
  }

  @Test
  void aTerminatedInstanceGetsNoRole() {
    String instance = GivenInstance.running(aws);
    aws.terminate(instance);
    aws.advance(Duration.ofMinutes(10));

    assertRefused(instance, "is terminated");
  }

  @Test
  void anUnknownInstanceIsNowhere() {
    assertRefused(
        "i-0123456789abcdef0",
        "There is no instance i-0123456789abcdef0 in this account, in any enabled region.");
  }

  @Test
  void anInstanceOfAnotherRegionIsToldWhichOne() {
    assertRefused(GivenInstance.runningIn(aws, "eu-west-1"), "is in eu-west-1");
  }

  @Test
  void aRegionThatCannotBeReadIsNamed() {
    aws.breakRegion("us-west-2");

    assertRefused("i-0123456789abcdef0", "these regions could not be read: us-west-2");
  }

  @Test
  void anInstanceThatItsOwnerHasNotOpenedIsLeftAlone() {
    String instance = aws.givenInstance(givenProfile("closed"));

    assertRefused(instance, "spawn:associate=true");
  }

  private void assertRefused(String instance, String why) {
    aws.forgetCalls();

    Outcome outcome = stack.launch("refused", payload(instance));

    assertThat(outcome.error()).contains("spawn.error.InvalidRequest");
    assertThat(outcome.cause().orElseThrow()).contains("$.instanceId", why);
    assertThat(aws.writes()).isEmpty();
  }

  // Leases

  @Test
  void anExecutionThatIsRedrivenNextDayLeasesAgain() {
    String instance = GivenInstance.running(aws);
    Execution execution =
        stack.execution("redriven", payload(instance), new StopAt(aws, "AssociateProfile", 1));
    assertThatThrownBy(execution::run).isInstanceOf(StopAt.Stopped.class);
    aws.advance(Duration.ofDays(1));

    Outcome outcome = execution.run();

    assertThat(outcome.error()).isEmpty();
    assertThat(outcome.entered("EnsureRole")).isEqualTo(2);
    assertThat(profileOf(instance)).contains(output(outcome, "/instanceProfile/arn"));
  }

  private Outcome associate(String name, String instance) {
    Outcome outcome = stack.launch(name, payload(instance));
    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    return outcome;
  }

  private Outcome takeOff(String name, String instance) {
    Outcome outcome = stack.launch(name, Stack.event("take-off", instance));
    assertThat(outcome.error()).as(() -> outcome.cause().orElse("")).isEmpty();
    return outcome;
  }

  private static JsonNode payload(String instance) {
    return Stack.event("running-instance", instance);
  }

  private String givenProfile(String name) {
    aws.givenRole(name, role -> role.inProfile(name));
    return name;
  }

  private Optional<String> profileOf(String instance) {
    return aws.instance(instance)
        .flatMap(SimulatedInstance::profile)
        .map(ProfileAssociation::profileArn);
  }

  private List<String> ec2Writes() {
    return aws.writes().stream()
        .filter(call -> call.service().equals("ec2"))
        .map(Call::operation)
        .toList();
  }

  /** EC2 does not see the profile, so many times. */
  private void faults(String operation, int times) {
    aws.faults(
        stack.limited(
            new Faults() {
              private int left = times;

              @Override
              public void before(Call call) {
                if (call.operation().equals(operation) && left > 0) {
                  left--;
                  throw AwsErrors.ec2(
                      "InvalidParameterValue",
                      400,
                      "Value (x) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN");
                }
              }
            }));
  }

  private static String output(Outcome outcome, String pointer) {
    return outcome.output().orElseThrow().at(pointer).asText();
  }
}
