package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.aws.Errors.assertRefused;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Region;
import software.amazon.awssdk.services.iam.IamClient;

/** The rules, and those that want capacity, quotas, regions and hours to be set. */
class SimulatedEc2Test extends Ec2Rules {
  private final SimulatedAws aws =
      SimulatedAws.create()
          .knownImages(IMAGE)
          .doesNotOffer(ZONE_WITHOUT_THE_TYPE, TYPE)
          .keyOutOfReach(KEY);

  @Override
  IamClient iam() {
    return aws.iam("/spawn/");
  }

  @Override
  Ec2Client ec2(String region) {
    return aws.ec2(region);
  }

  @Override
  void untilSettled() {
    aws.advance(Duration.ofMinutes(1));
  }

  // Launching

  @Test
  void aDryRunIsNoWriteAndDoesNotAskForCapacity() {
    aws.capacity("us-east-1a", 0).forgetCalls();

    assertRefused(() -> launch(request -> request.dryRun(true)), "DryRunOperation", 412);
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void anyImageIsThereUnlessTheTestSaysWhichAre() {
    SimulatedAws other = SimulatedAws.create();

    other.ec2(HOME).runInstances(request -> request.imageId(ABSENT_IMAGE).minCount(1).maxCount(1));
    assertThat(other.instances()).hasSize(1);
  }

  @Test
  void aLaunchThatFailedDoesNotUseUpItsToken() {
    aws.refuseLaunches("VcpuLimitExceeded");
    assertRefused(() -> launch(request -> request.clientToken("t")), "VcpuLimitExceeded", 400);
    aws.acceptLaunches();

    assertThat(launch(request -> request.clientToken("t")).instances()).hasSize(1);
  }

  @Test
  void asManyInstancesAsFitAreLaunchedOrNone() {
    aws.capacity("us-east-1a", 3);

    assertThat(launch(request -> request.minCount(2).maxCount(5)).instances()).hasSize(3);
    assertRefused(
        () -> launch(request -> request.minCount(4).maxCount(5)),
        "InsufficientInstanceCapacity",
        500,
        "us-east-1a");
  }

  @Test
  void capacityMayBeMissingInOneSubnetOnly() {
    aws.givenSubnet("subnet-b", "us-east-1b").capacity("us-east-1b", 0);
    aws.capacity("subnet-c", 0);

    assertRefused(
        () -> launch(request -> request.subnetId("subnet-b")), "InsufficientInstanceCapacity", 500);
    assertRefused(
        () -> launch(request -> request.subnetId("subnet-c")), "InsufficientInstanceCapacity", 500);
    assertThat(launch(request -> request.subnetId("subnet-a")).instances().get(0).placement())
        .satisfies(at -> assertThat(at.availabilityZone()).isEqualTo("us-east-1a"));
  }

  @Test
  void aSubnetIsInAZoneThatOffersATypeOrNot() {
    aws.givenSubnet("subnet-e", ZONE_WITHOUT_THE_TYPE).givenSubnet("subnet-b", "us-east-1b");

    assertRefused(
        () -> launch(request -> request.subnetId("subnet-e").instanceType(TYPE)),
        "Unsupported",
        400,
        ZONE_WITHOUT_THE_TYPE);
    launch(request -> request.subnetId("subnet-e").instanceType("t2.micro"));
    launch(request -> request.subnetId("subnet-b").instanceType(TYPE));
    launch(request -> request.instanceType(TYPE));
  }

  @Test
  void aRegionHasAQuotaOfInstancesThatAreNotTerminated() {
    aws.instanceQuota(1);
    String id = running();
    assertRefused(() -> launch(request -> {}), "InstanceLimitExceeded", 400);
    aws.terminate(id);
    untilSettled();

    launch(request -> {});
  }

  @Test
  void launchingWithAProfileNeedsPassRole() {
    aws.deny("iam:PassRole");

    assertRefused(() -> launch(request -> {}), "UnauthorizedOperation", 403, "iam:PassRole");
  }

  @Test
  void puttingAProfileOnAnInstanceNeedsPassRole() {
    String id = running();
    String association = associations().get(0).associationId();
    aws.deny("iam:PassRole");

    assertRefused(
        () ->
            ec2()
                .replaceIamInstanceProfileAssociation(
                    request ->
                        request
                            .associationId(association)
                            .iamInstanceProfile(profile -> profile.name("worker"))),
        "UnauthorizedOperation",
        403,
        "iam:PassRole");
    ec2().disassociateIamInstanceProfile(request -> request.associationId(association));
    assertRefused(
        () ->
            ec2()
                .associateIamInstanceProfile(
                    request ->
                        request
                            .instanceId(id)
                            .iamInstanceProfile(profile -> profile.name("worker"))),
        "UnauthorizedOperation",
        403,
        "iam:PassRole");
  }

  // The life of an instance

  @Test
  void aTerminatedInstanceIsGoneAnHourAfterItsEnd() {
    String id = terminated();
    aws.advance(Duration.ofHours(1));

    assertRefused(() -> state(id), "InvalidInstanceID.NotFound", 400);
  }

  @Test
  void aTokenOutlivesItsInstances() {
    String id = ids(launch(request -> request.clientToken("t"))).get(0);
    aws.terminate(id);
    aws.advance(Duration.ofHours(23));

    assertThat(launch(request -> request.clientToken("t")).instances())
        .singleElement()
        .satisfies(
            again -> {
              assertThat(again.instanceId()).isEqualTo(id);
              assertThat(again.state().name()).isEqualTo(InstanceStateName.TERMINATED);
            });
  }

  @Test
  void aTerminatedInstanceShowsItsProfileOrNot() {
    String id = terminated();

    assertThat(described(id).iamInstanceProfile()).isNull();
    aws.terminatedInstancesShowTheirProfile();
    assertThat(described(id).iamInstanceProfile()).isNotNull();
  }

  @Test
  void aPendingInstanceMayEndWithAReason() {
    String id = ids(launch(request -> {})).get(0);
    aws.failStart(id, "Server.InsufficientInstanceCapacity");

    assertThat(state(id)).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(described(id).stateReason().code()).isEqualTo("Server.InsufficientInstanceCapacity");
  }

  // Reading

  @Test
  void pagesMayBeShortOrEmptyAndStillAllIsShownOnce() {
    List<String> ids =
        IntStream.range(0, 20).mapToObj(number -> aws.givenInstance("worker")).toList();
    aws.shortPages(2);

    assertThat(
            ec2().describeInstancesPaginator().reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .map(Instance::instanceId))
        .containsExactlyElementsOf(ids);
    assertThat(
            ec2()
                .describeIamInstanceProfileAssociationsPaginator(request -> request.maxResults(5))
                .iamInstanceProfileAssociations()
                .stream()
                .map(IamInstanceProfileAssociation::instanceId))
        .containsExactlyElementsOf(ids);
  }

  @Test
  void theRegionsAreThoseThatTheTestEnables() {
    assertThat(ec2().describeRegions().regions())
        .extracting(Region::regionName)
        .containsExactly("eu-west-1", "us-east-1", "us-west-2");
    aws.enabledRegions("us-east-1");

    assertThat(ec2().describeRegions().regions())
        .extracting(Region::regionName)
        .containsExactly("us-east-1");
  }
}
