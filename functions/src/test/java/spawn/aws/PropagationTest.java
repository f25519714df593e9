package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/** How EC2 learns of roles and profiles, and readers of instances. */
class PropagationTest {
  private static final Duration TWO_MINUTES = Duration.ofMinutes(2);

  @Test
  void ec2LearnsOfANewProfileAndItsRoleInItsOwnTime() {
    Set<String> answers = new TreeSet<>();
    for (long seed = 0; seed < 50; seed++) {
      SimulatedAws aws = SimulatedAws.seeded(seed).ec2SeesIamWithin(TWO_MINUTES);
      makeProfile(aws);
      for (int probe = 0; probe < 10; probe++) {
        answers.add(probe(aws));
      }
    }

    assertThat(answers)
        .hasSize(3)
        .anyMatch(answer -> answer.contains("Invalid IAM Instance Profile name"))
        .anyMatch(answer -> answer.contains("has no associated IAM Roles"))
        .anyMatch(answer -> answer.contains("DryRunOperation"));
  }

  @Test
  void oneGoodAnswerDoesNotProveTheNext() {
    boolean wentBack = false;
    for (long seed = 0; seed < 50; seed++) {
      SimulatedAws aws = SimulatedAws.seeded(seed).ec2SeesIamWithin(TWO_MINUTES);
      makeProfile(aws);
      List<Boolean> proofs = new ArrayList<>();
      for (int probe = 0; probe < 10; probe++) {
        proofs.add(probe(aws).contains("DryRunOperation"));
      }
      wentBack |= proofs.contains(true) && proofs.lastIndexOf(false) > proofs.indexOf(true);
    }

    assertThat(wentBack).isTrue();
  }

  @Test
  void afterTheLongestDelayEc2SeesTheProfileForGood() {
    for (long seed = 0; seed < 50; seed++) {
      SimulatedAws aws = SimulatedAws.seeded(seed).ec2SeesIamWithin(TWO_MINUTES);
      makeProfile(aws);
      aws.advance(TWO_MINUTES);

      assertThat(probe(aws)).contains("DryRunOperation");
    }
  }

  @Test
  void ec2MayStillLaunchWithAProfileThatWasJustDeleted() {
    boolean launched = false;
    for (long seed = 0; seed < 50; seed++) {
      SimulatedAws aws = SimulatedAws.seeded(seed).ec2SeesIamWithin(TWO_MINUTES);
      aws.givenRole("worker", role -> role.inProfile("worker"));
      aws.deleteRole("worker");
      launched |= probe(aws).contains("DryRunOperation");
    }

    assertThat(launched).isTrue();
  }

  @Test
  void aNewInstanceMayBeMissingFromReadsForAWhile() {
    Set<Integer> counts = new TreeSet<>();
    for (long seed = 0; seed < 50; seed++) {
      SimulatedAws aws = SimulatedAws.seeded(seed).ec2ReadsLagUpTo(Duration.ofSeconds(30));
      aws.personsEc2("us-east-1")
          .runInstances(request -> request.imageId("ami-1").minCount(1).maxCount(1));
      counts.add(aws.ec2("us-east-1").describeInstances().reservations().size());
      assertThat(aws.instances()).hasSize(1);
      aws.advance(Duration.ofSeconds(30));
      assertThat(aws.ec2("us-east-1").describeInstances().reservations()).hasSize(1);
    }

    assertThat(counts).containsExactly(0, 1);
  }

  @Test
  void aNewInstanceMayNotBeFoundByItsIdForAWhile() {
    Set<String> answers = new TreeSet<>();
    for (long seed = 0; seed < 50; seed++) {
      SimulatedAws aws = SimulatedAws.seeded(seed).ec2ReadsLagUpTo(Duration.ofSeconds(30));
      String id =
          aws.personsEc2("us-east-1")
              .runInstances(request -> request.imageId("ami-1").minCount(1).maxCount(1))
              .instances()
              .get(0)
              .instanceId();
      try {
        aws.ec2("us-east-1").describeInstances(request -> request.instanceIds(id));
        answers.add("found");
      } catch (Ec2Exception answer) {
        answers.add(answer.awsErrorDetails().errorCode());
      }
      aws.advance(Duration.ofSeconds(30));
      aws.ec2("us-east-1").describeInstances(request -> request.instanceIds(id));
    }

    assertThat(answers).containsExactly("InvalidInstanceID.NotFound", "found");
  }

  private static void makeProfile(SimulatedAws aws) {
    aws.iamOnEveryPath()
        .createRole(
            request -> request.roleName("worker").assumeRolePolicyDocument(GivenRole.TRUSTS_EC2));
    aws.iamOnEveryPath().createInstanceProfile(request -> request.instanceProfileName("worker"));
    aws.iamOnEveryPath()
        .addRoleToInstanceProfile(
            request -> request.instanceProfileName("worker").roleName("worker"));
  }

  private static String probe(SimulatedAws aws) {
    RunInstancesRequest dryRun =
        RunInstancesRequest.builder()
            .dryRun(true)
            .imageId("ami-1")
            .minCount(1)
            .maxCount(1)
            .iamInstanceProfile(profile -> profile.name("worker"))
            .build();
    try {
      aws.ec2("us-east-1").runInstances(dryRun);
      throw new AssertionError("A dry run is always answered with an error.");
    } catch (Ec2Exception answer) {
      return answer.awsErrorDetails().errorCode() + ": " + answer.awsErrorDetails().errorMessage();
    }
  }
}
