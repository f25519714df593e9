package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;

class SimulatedAwsTest {
  private final SimulatedAws aws = SimulatedAws.create();

  @Test
  void aLaunchGoesFromRoleToInstance() {
    aws.iamOnEveryPath()
        .createRole(role -> role.roleName("worker").assumeRolePolicyDocument(GivenRole.TRUSTS_EC2));
    aws.iamOnEveryPath().createInstanceProfile(profile -> profile.instanceProfileName("worker"));
    aws.iamOnEveryPath()
        .addRoleToInstanceProfile(
            request -> request.instanceProfileName("worker").roleName("worker"));
    RunInstancesResponse launch =
        aws.ec2("us-east-1")
            .runInstances(
                request ->
                    request
                        .imageId("ami-1")
                        .minCount(1)
                        .maxCount(2)
                        .iamInstanceProfile(profile -> profile.name("worker")));

    assertThat(launch.instances()).hasSize(2);
    assertThat(aws.instances()).allSatisfy(each -> assertThat(aws.roleOf(each)).isPresent());
    assertThat(aws.operations())
        .containsExactly(
            "CreateRole", "CreateInstanceProfile", "AddRoleToInstanceProfile", "RunInstances");
    assertThat(aws.writes()).hasSize(4);
    aws.forgetCalls();
    assertThat(aws.calls()).isEmpty();
  }

  @Test
  void whatATestGivesIsNoCallOfTheProgram() {
    aws.givenRole("worker", role -> role.inProfile("worker"));
    String instance = aws.givenInstance("worker");
    aws.terminate(instance);
    aws.deleteRole("worker");

    assertThat(aws.calls()).isEmpty();
    assertThat(aws.role("worker")).isEmpty();
  }

  @Test
  void whatATestGivesIsVisibleToAllAndNothingElseBecomesSo() {
    SimulatedAws lagging =
        SimulatedAws.seeded(1)
            .iamReadsLagUpTo(Duration.ofDays(1))
            .ec2SeesIamWithin(Duration.ofDays(1))
            .ec2ReadsLagUpTo(Duration.ofDays(1));
    lagging.personsIam().createInstanceProfile(request -> request.instanceProfileName("late"));
    lagging.givenRole("worker", role -> role.inProfile("worker"));
    lagging.givenInstance("worker");

    boolean lateIsMissed = false;
    for (int read = 0; read < 50; read++) {
      List<String> seen =
          lagging.iamOnEveryPath().listInstanceProfiles().instanceProfiles().stream()
              .map(profile -> profile.instanceProfileName())
              .toList();
      assertThat(seen).contains("worker");
      lateIsMissed |= !seen.contains("late");
      assertThat(lagging.ec2("us-east-1").describeInstances().reservations()).hasSize(1);
    }
    assertThat(lateIsMissed).isTrue();
  }

  @Test
  void aPersonMayDoWhatTheProgramMayNot() {
    aws.deny("iam:PassRole").deny("ec2:RunInstances");
    aws.givenRole("worker", role -> role.inProfile("worker"));
    aws.givenInstance("worker");

    assertThat(aws.aliveInstances()).hasSize(1);
  }

  @Test
  void anInstanceWhoseRoleWasDeletedIsFound() {
    aws.givenRole("worker", role -> role.inProfile("worker"));
    String instance = aws.givenInstance("worker");
    assertThat(aws.instancesWithoutCredentials()).isEmpty();

    aws.deleteRole("worker");
    assertThat(aws.instancesWithoutCredentials())
        .extracting(SimulatedInstance::id)
        .containsExactly(instance);

    aws.terminate(instance);
    aws.advance(Duration.ofMinutes(1));
    assertThat(aws.instancesWithoutCredentials()).isEmpty();
  }

  @Test
  void aFaultBeforeACallLeavesEverythingAsItWas() {
    aws.faults(Faults.beforeFirst("CreateInstanceProfile", AwsErrors::throttling));

    assertThatThrownBy(
            () ->
                aws.iamOnEveryPath()
                    .createInstanceProfile(request -> request.instanceProfileName("a")))
        .hasMessageContaining("Rate exceeded");
    assertThat(aws.profile("a")).isEmpty();
    assertThat(aws.calls()).hasSize(1);

    aws.iamOnEveryPath().createInstanceProfile(request -> request.instanceProfileName("a"));
    assertThat(aws.profile("a")).isPresent();
  }

  @Test
  void aFaultAfterACallLosesOnlyItsAnswer() {
    aws.faults(Faults.afterFirst("CreateInstanceProfile", AwsErrors::callTimeout));

    assertThatThrownBy(
            () ->
                aws.iamOnEveryPath()
                    .createInstanceProfile(request -> request.instanceProfileName("a")))
        .hasMessageContaining("timeout");
    assertThat(aws.profile("a")).isPresent();
  }

  @Test
  void aCallerCrashesBeforeOrAfterItsNthCall() {
    aws.faults(Faults.crashAfter(2));
    aws.iamOnEveryPath().createInstanceProfile(request -> request.instanceProfileName("a"));
    assertThatThrownBy(
            () ->
                aws.iamOnEveryPath()
                    .createInstanceProfile(request -> request.instanceProfileName("b")))
        .isInstanceOf(Crash.class);
    aws.faults(Faults.crashBefore(3));
    assertThatThrownBy(
            () ->
                aws.iamOnEveryPath()
                    .createInstanceProfile(request -> request.instanceProfileName("c")))
        .isInstanceOf(Crash.class);

    assertThat(aws.profiles()).extracting(SimulatedProfile::name).containsExactly("a", "b");
  }

  @Test
  void faultsRunOutsideTheLock() {
    List<String> seen = new ArrayList<>();
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            Thread other = new Thread(() -> aws.role("worker").ifPresent(r -> seen.add(r.name())));
            other.start();
            try {
              other.join();
            } catch (InterruptedException interrupted) {
              throw new IllegalStateException(interrupted);
            }
          }
        });
    aws.givenRole("worker");
    aws.iamOnEveryPath().getRole(request -> request.roleName("worker"));

    assertThat(seen).containsExactly("worker");
  }

  @Test
  void aDeniedActionIsRefusedInTheWordsOfItsService() {
    aws.deny("iam:GetRole").deny("ec2:DescribeInstances");

    assertThatThrownBy(() -> aws.iamOnEveryPath().getRole(request -> request.roleName("worker")))
        .satisfies(refusal -> Errors.assertCode(refusal, "AccessDenied", 403));
    assertThatThrownBy(() -> aws.ec2("us-east-1").describeInstances())
        .satisfies(refusal -> Errors.assertCode(refusal, "UnauthorizedOperation", 403));
    aws.allow("iam:GetRole");
    assertThatThrownBy(() -> aws.iamOnEveryPath().getRole(request -> request.roleName("worker")))
        .isInstanceOf(NoSuchEntityException.class);
  }

  @Test
  void aBrokenRegionAnswersNothingButTheOthersDo() {
    aws.breakRegion("eu-west-1");

    assertThatThrownBy(() -> aws.ec2("eu-west-1").describeInstances())
        .isInstanceOf(Ec2Exception.class);
    aws.ec2("us-east-1").describeInstances();
    aws.mendRegion("eu-west-1");
    aws.ec2("eu-west-1").describeInstances();
  }

  @Test
  void aRegionThatIsNotEnabledKnowsNoCredentials() {
    assertThatThrownBy(() -> aws.ec2("ap-east-1").describeInstances())
        .satisfies(refusal -> Errors.assertCode(refusal, "AuthFailure", 401));
  }

  @Test
  void anOperationThatTheSimulationLacksFailsLoudly() {
    assertThatThrownBy(() -> aws.iamOnEveryPath().listUsers())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
