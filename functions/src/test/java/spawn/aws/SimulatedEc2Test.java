package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.aws.Errors.assertRefused;

import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Region;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

class SimulatedEc2Test {
  private final SimulatedAws aws = SimulatedAws.create();
  private final Ec2Client ec2 = aws.ec2("us-east-1");

  @BeforeEach
  void aRoleInItsProfile() {
    aws.givenRole("worker", role -> role.path("/spawn/").inProfile("worker"));
  }

  // Launching

  @Test
  void instancesOfOneLaunchAreNumberedFromZeroAndCarryTheProfile() {
    RunInstancesResponse launch = launch(request -> request.maxCount(3));

    assertThat(launch.instances()).extracting(Instance::amiLaunchIndex).containsExactly(0, 1, 2);
    assertThat(launch.instances())
        .allSatisfy(
            instance -> {
              assertThat(instance.iamInstanceProfile().arn()).endsWith("/spawn/worker");
              assertThat(instance.iamInstanceProfile().id())
                  .isEqualTo(aws.profile("worker").orElseThrow().id());
              assertThat(instance.state().name()).isEqualTo(InstanceStateName.PENDING);
            });
  }

  @Test
  void aProfileIsNamedByItsArnToo() {
    String arn = aws.profile("worker").orElseThrow().arn();

    assertThat(
            launch(request -> request.iamInstanceProfile(profile -> profile.arn(arn))).instances())
        .hasSize(1);
    assertRefused(
        () -> launch(request -> request.iamInstanceProfile(p -> p.arn(arn).name("worker"))),
        "InvalidParameterCombination",
        400);
  }

  @Test
  void anUnknownProfileIsRefusedInWordsThatTellNameFromArn() {
    assertRefused(
        () -> launch(request -> request.iamInstanceProfile(profile -> profile.name("absent"))),
        "InvalidParameterValue",
        400,
        "Value (absent) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance"
            + " Profile name");
    String arn = "arn:aws:iam::123456789012:instance-profile/worker";
    assertRefused(
        () -> launch(request -> request.iamInstanceProfile(profile -> profile.arn(arn))),
        "InvalidParameterValue",
        400,
        "Value ("
            + arn
            + ") for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance"
            + " Profile ARN");
  }

  @Test
  void anEmptyProfileHasNoAssociatedRoles() {
    SimulatedProfile empty = aws.givenProfile("empty", "/");

    assertRefused(
        () -> launch(request -> request.iamInstanceProfile(profile -> profile.name("empty"))),
        "InvalidParameterValue",
        400,
        "IAM Instance Profile \"" + empty.arn() + "\" has no associated IAM Roles");
  }

  @Test
  void aDryRunThatWouldSucceedIsAnErrorAndLaunchesNothing() {
    aws.capacity("us-east-1a", 0);

    assertRefused(() -> launch(request -> request.dryRun(true)), "DryRunOperation", 412);
    assertThat(aws.instances()).isEmpty();
    assertThat(aws.writes()).isEmpty();
  }

  @Test
  void aDryRunLooksAtTheProfileAndTheImage() {
    assertRefused(
        () -> launch(request -> request.dryRun(true).iamInstanceProfile(p -> p.name("absent"))),
        "InvalidParameterValue",
        400);
    aws.knownImages("ami-2");
    assertRefused(() -> launch(request -> request.dryRun(true)), "InvalidAMIID.NotFound", 400);
  }

  @Test
  void aDryRunDoesNotUseUpItsToken() {
    assertRefused(
        () -> launch(request -> request.dryRun(true).clientToken("t")), "DryRunOperation", 412);

    assertThat(launch(request -> request.clientToken("t")).instances()).hasSize(1);
    assertRefused(
        () -> launch(request -> request.dryRun(true).clientToken("t")), "DryRunOperation", 412);
  }

  @Test
  void theSameTokenWithTheSameParametersGivesTheFirstLaunchAgain() {
    RunInstancesResponse first = launch(request -> request.clientToken("t").maxCount(2));
    aws.terminate(first.instances().get(0).instanceId());
    aws.advance(Duration.ofHours(3));
    RunInstancesResponse second = launch(request -> request.clientToken("t").maxCount(2));

    assertThat(second.reservationId()).isEqualTo(first.reservationId());
    assertThat(second.instances())
        .extracting(instance -> instance.state().name())
        .containsExactly(InstanceStateName.TERMINATED, InstanceStateName.RUNNING);
    assertThat(aws.instances()).hasSize(2);
  }

  @Test
  void theSameTokenWithOtherParametersIsRefused() {
    launch(request -> request.clientToken("t"));

    assertRefused(
        () -> launch(request -> request.clientToken("t").maxCount(2)),
        "IdempotentParameterMismatch",
        400);
  }

  @Test
  void aTokenHoldsInItsRegionOnly() {
    launch(request -> request.clientToken("t"));
    aws.ec2("eu-west-1").runInstances(request(request -> request.clientToken("t").maxCount(2)));

    assertThat(aws.instances()).hasSize(3);
  }

  @Test
  void aLaunchThatFailedDoesNotUseUpItsToken() {
    aws.refuseLaunches("VcpuLimitExceeded");
    assertRefused(() -> launch(request -> request.clientToken("t")), "VcpuLimitExceeded", 400);
    aws.acceptLaunches();

    assertThat(launch(request -> request.clientToken("t")).instances()).hasSize(1);
  }

  @Test
  void aTokenHasAtMostSixtyFourAsciiCharacters() {
    launch(request -> request.clientToken("t".repeat(64)));

    assertRefused(
        () -> launch(request -> request.clientToken("t".repeat(65))), "InvalidParameterValue", 400);
    assertRefused(() -> launch(request -> request.clientToken("é")), "InvalidParameterValue", 400);
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
    assertRefused(
        () -> launch(request -> request.minCount(2).maxCount(1)), "InvalidParameterValue", 400);
    assertRefused(() -> launch(request -> request.minCount(0)), "InvalidParameterValue", 400);
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
  void aRegionHasAQuotaOfInstancesThatAreNotTerminated() {
    aws.instanceQuota(1);
    String id = launch(request -> {}).instances().get(0).instanceId();
    assertRefused(() -> launch(request -> {}), "InstanceLimitExceeded", 400);
    aws.terminate(id);
    aws.advance(Duration.ofMinutes(1));

    launch(request -> {});
  }

  @Test
  void anImageIsAnAmiOrAnSsmParameter() {
    launch(request -> request.imageId("resolve:ssm:/aws/service/any"));

    assertRefused(() -> launch(request -> request.imageId("img-1")), "InvalidAMIID.Malformed", 400);
    assertRefused(() -> launch(request -> request.imageId(null)), "MissingParameter", 400);
  }

  @Test
  void userDataAreBase64OfAtMostSixteenKilobytes() {
    launch(request -> request.userData(base64(16_384)));

    assertRefused(
        () -> launch(request -> request.userData(base64(16_385))),
        "InvalidUserData.Malformed",
        400,
        "User data is limited to");
    assertRefused(
        () -> launch(request -> request.userData("#!/bin/sh")), "InvalidParameterValue", 400);
  }

  @Test
  void aLaunchTagsOnlyWhatItMakes() {
    launch(request -> request.tagSpecifications(tags(ResourceType.INSTANCE, "a b/")));

    assertThat(aws.instances().get(0).tags()).containsEntry("a b/", "value");
    assertRefused(
        () -> launch(request -> request.tagSpecifications(tags(ResourceType.IMAGE, "a"))),
        "InvalidParameterValue",
        400);
    assertRefused(
        () -> launch(request -> request.tagSpecifications(tags(ResourceType.INSTANCE, "aws:a"))),
        "InvalidParameterValue",
        400);
  }

  @Test
  void tagsThatTheInstanceCanReadHavePlainerKeys() {
    assertRefused(
        () ->
            launch(
                request ->
                    request
                        .metadataOptions(options -> options.instanceMetadataTags("enabled"))
                        .tagSpecifications(tags(ResourceType.INSTANCE, "a b"))),
        "InvalidParameterValue",
        400,
        "not a valid tag key");
  }

  @Test
  void launchingWithAProfileNeedsPassRole() {
    aws.deny("iam:PassRole");

    assertRefused(() -> launch(request -> {}), "UnauthorizedOperation", 403, "iam:PassRole");
  }

  // The life of an instance

  @Test
  void anInstanceRunsAfterAWhileAndIsGoneAnHourAfterItsEnd() {
    String id = launch(request -> {}).instances().get(0).instanceId();
    assertThat(state(id)).isEqualTo(InstanceStateName.PENDING);
    aws.advance(Duration.ofMinutes(1));
    assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
    aws.terminate(id);
    aws.terminate(id);
    assertThat(state(id)).isEqualTo(InstanceStateName.SHUTTING_DOWN);
    aws.advance(Duration.ofMinutes(1));
    assertThat(state(id)).isEqualTo(InstanceStateName.TERMINATED);
    aws.advance(Duration.ofHours(1));
    assertRefused(() -> state(id), "InvalidInstanceID.NotFound", 400);
  }

  @Test
  void aTerminatedInstanceHasLostItsAssociationAndShowsItsProfileOrNot() {
    String id = aws.givenInstance("worker");
    aws.terminate(id);
    assertThat(associations()).hasSize(1);
    aws.advance(Duration.ofMinutes(1));

    assertThat(associations()).isEmpty();
    assertThat(described(id).iamInstanceProfile()).isNull();
    aws.terminatedInstancesShowTheirProfile();
    assertThat(described(id).iamInstanceProfile()).isNotNull();
  }

  @Test
  void anInstanceStopsAndStarts() {
    String id = aws.givenInstance("worker");
    ec2.stopInstances(request -> request.instanceIds(id));
    assertThat(state(id)).isEqualTo(InstanceStateName.STOPPING);
    assertRefused(
        () -> ec2.startInstances(request -> request.instanceIds(id)),
        "IncorrectInstanceState",
        400);
    aws.advance(Duration.ofMinutes(1));
    assertThat(state(id)).isEqualTo(InstanceStateName.STOPPED);
    ec2.startInstances(request -> request.instanceIds(id));
    assertThat(described(id).launchTime()).isEqualTo(aws.clock().instant());
  }

  @Test
  void aPendingInstanceMayEndWithAReason() {
    String id = launch(request -> {}).instances().get(0).instanceId();
    aws.failStart(id, "Server.InsufficientInstanceCapacity");

    assertThat(state(id)).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(described(id).stateReason().code()).isEqualTo("Server.InsufficientInstanceCapacity");
  }

  @Test
  void oneBadIdFailsTheWholeTermination() {
    String id = aws.givenInstance("worker");

    assertRefused(
        () -> ec2.terminateInstances(request -> request.instanceIds(id, "i-absent")),
        "InvalidInstanceID.NotFound",
        400);
    assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
  }

  // Reading

  @Test
  void allFiltersMustMatchEachByAnyOfItsValues() {
    String worker = aws.givenInstance("worker");
    aws.givenRole("other", role -> role.inProfile("other"));
    String other = aws.givenInstance("other");
    aws.stop(other);
    String arn = aws.profile("worker").orElseThrow().arn();

    assertThat(found(filter("iam-instance-profile.arn", arn))).containsExactly(worker);
    assertThat(found(filter("iam-instance-profile.arn", arn.replace("worker", "*"))))
        .containsExactly(worker);
    assertThat(found(filter("instance-state-name", "running", "stopping"))).hasSize(2);
    assertThat(found(filter("instance-state-name", "running"), filter("instance-id", other)))
        .isEmpty();
    assertRefused(
        () -> found(filter("iam-instance-profile.name", "x")), "InvalidParameterValue", 400);
  }

  @Test
  void instancesAreFoundByTagAndToken() {
    launch(
        request ->
            request.clientToken("t").tagSpecifications(tags(ResourceType.INSTANCE, "spawn:role")));

    assertThat(found(filter("tag:spawn:role", "value"))).hasSize(1);
    assertThat(found(filter("tag:spawn:role", "Value"))).isEmpty();
    assertThat(found(filter("client-token", "t"))).hasSize(1);
  }

  @Test
  void aCallHoldsAtMostTwoHundredFilterValues() {
    String[] values = Collections.nCopies(201, "x").toArray(String[]::new);

    assertRefused(
        () -> found(filter("instance-id", values)),
        "FilterLimitExceeded",
        400,
        "The maximum number of filter values specified on a single call is 200");
  }

  @Test
  void idsAndMaxResultsExcludeEachOther() {
    String id = aws.givenInstance("worker");

    assertRefused(
        () -> ec2.describeInstances(request -> request.instanceIds(id).maxResults(5)),
        "InvalidParameterCombination",
        400);
    assertRefused(
        () -> ec2.describeInstances(request -> request.maxResults(4)),
        "InvalidParameterValue",
        400);
  }

  @Test
  void pagesMayBeShortOrEmptyAndStillAllIsShownOnce() {
    List<String> ids =
        IntStream.range(0, 20).mapToObj(number -> aws.givenInstance("worker")).toList();
    aws.shortPages(2);

    assertThat(
            ec2.describeInstancesPaginator().reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .map(Instance::instanceId))
        .containsExactlyElementsOf(ids);
    assertThat(
            ec2
                .describeIamInstanceProfileAssociationsPaginator(request -> request.maxResults(5))
                .iamInstanceProfileAssociations()
                .stream()
                .map(IamInstanceProfileAssociation::instanceId))
        .containsExactlyElementsOf(ids);
  }

  @Test
  void regionsThatAreNotEnabledAreListedOnDemand() {
    assertThat(ec2.describeRegions().regions())
        .extracting(Region::regionName)
        .containsExactly("eu-west-1", "us-east-1", "us-west-2");
    assertThat(ec2.describeRegions(request -> request.allRegions(true)).regions())
        .extracting(Region::optInStatus)
        .contains("not-opted-in");
  }

  // Associations

  @Test
  void anInstanceTakesOneProfileWhileItRunsOrIsStopped() {
    String id = launchBare();
    assertRefused(() -> associate(id), "IncorrectInstanceState", 400, "'running' or 'stopped'");
    aws.advance(Duration.ofMinutes(1));
    associate(id);

    assertRefused(
        () -> associate(id),
        "IncorrectState",
        400,
        "There is an existing association for instance");
    assertThat(associations().get(0).stateAsString()).isEqualTo("associating");
    aws.advance(Duration.ofMinutes(1));
    assertThat(associations().get(0).stateAsString()).isEqualTo("associated");
  }

  @Test
  void aReplacementIsANewAssociationBesideTheOldOneForAWhile() {
    String id = aws.givenInstance("worker");
    aws.givenRole("other", role -> role.inProfile("other"));
    String old = associations().get(0).associationId();
    String replacement =
        ec2.replaceIamInstanceProfileAssociation(
                request ->
                    request.associationId(old).iamInstanceProfile(profile -> profile.name("other")))
            .iamInstanceProfileAssociation()
            .associationId();

    assertThat(replacement).isNotEqualTo(old);
    assertThat(associations())
        .extracting(IamInstanceProfileAssociation::stateAsString)
        .containsExactly("disassociating", "associating");
    assertThat(described(id).iamInstanceProfile().arn()).endsWith("/other");
    aws.advance(Duration.ofMinutes(1));
    assertThat(associations())
        .extracting(IamInstanceProfileAssociation::associationId)
        .containsExactly(replacement);
  }

  @Test
  void aStoppedInstanceKeepsItsAssociationWhichCannotBeReplacedButTakenOff() {
    String id = aws.givenInstance("worker");
    aws.stop(id);
    aws.advance(Duration.ofMinutes(1));
    String association = associations().get(0).associationId();

    assertRefused(
        () ->
            ec2.replaceIamInstanceProfileAssociation(
                request ->
                    request
                        .associationId(association)
                        .iamInstanceProfile(profile -> profile.name("worker"))),
        "IncorrectState",
        400,
        "is not the active association");
    ec2.disassociateIamInstanceProfile(request -> request.associationId(association));
    associate(id);
  }

  @Test
  void anUnknownAssociationIsNotFound() {
    assertRefused(
        () -> ec2.disassociateIamInstanceProfile(request -> request.associationId("iip-assoc-1")),
        "InvalidAssociationID.NotFound",
        400);
    assertRefused(
        () -> ec2.disassociateIamInstanceProfile(request -> request.associationId("x")),
        "InvalidParameterValue",
        400);
  }

  @Test
  void associationsAreFilteredByInstanceAndStateOnly() {
    String id = aws.givenInstance("worker");
    aws.givenInstance("worker");

    assertThat(
            ec2.describeIamInstanceProfileAssociations(
                    request ->
                        request.filters(filter("instance-id", id), filter("state", "associated")))
                .iamInstanceProfileAssociations())
        .hasSize(1);
    assertRefused(
        () ->
            ec2.describeIamInstanceProfileAssociations(
                request -> request.filters(filter("iam-instance-profile.arn", "x"))),
        "InvalidParameterValue",
        400);
  }

  private RunInstancesResponse launch(Consumer<RunInstancesRequest.Builder> change) {
    return ec2.runInstances(request(change));
  }

  private static RunInstancesRequest request(Consumer<RunInstancesRequest.Builder> change) {
    return RunInstancesRequest.builder()
        .imageId("ami-1")
        .minCount(1)
        .maxCount(1)
        .iamInstanceProfile(profile -> profile.name("worker"))
        .applyMutation(change)
        .build();
  }

  private String launchBare() {
    return ec2.runInstances(request -> request.imageId("ami-1").minCount(1).maxCount(1))
        .instances()
        .get(0)
        .instanceId();
  }

  private void associate(String id) {
    ec2.associateIamInstanceProfile(
        request -> request.instanceId(id).iamInstanceProfile(profile -> profile.name("worker")));
  }

  private Instance described(String id) {
    return ec2.describeInstances(request -> request.instanceIds(id))
        .reservations()
        .get(0)
        .instances()
        .get(0);
  }

  private InstanceStateName state(String id) {
    return described(id).state().name();
  }

  private List<String> found(Filter... filters) {
    return ec2.describeInstances(request -> request.filters(filters)).reservations().stream()
        .flatMap(reservation -> reservation.instances().stream())
        .map(Instance::instanceId)
        .toList();
  }

  private List<IamInstanceProfileAssociation> associations() {
    return ec2.describeIamInstanceProfileAssociations().iamInstanceProfileAssociations();
  }

  private static Filter filter(String name, String... values) {
    return Filter.builder().name(name).values(values).build();
  }

  private static TagSpecification tags(ResourceType type, String key) {
    return TagSpecification.builder()
        .resourceType(type)
        .tags(Tag.builder().key(key).value("value").build())
        .build();
  }

  private static String base64(int bytes) {
    return Base64.getEncoder().encodeToString(new byte[bytes]);
  }
}
