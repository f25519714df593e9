package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static spawn.aws.Errors.assertRefused;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.FleetData;
import software.amazon.awssdk.services.ec2.model.FleetLaunchTemplateConfigRequest;
import software.amazon.awssdk.services.ec2.model.FleetLaunchTemplateSpecification;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateChange;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.Region;
import software.amazon.awssdk.services.ec2.model.RequestLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.ec2.model.SpotFleetLaunchSpecification;
import software.amazon.awssdk.services.ec2.model.SpotFleetRequestConfig;
import software.amazon.awssdk.services.ec2.model.SpotInstanceRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.InstanceProfile;

/** EC2's rules as sentences that hold for any EC2 whose reads show each write at once. */
abstract class Ec2Rules {
  /** An image that is there in {@code us-east-1} and {@code eu-west-1}. */
  static final String IMAGE = "ami-12c6146b";

  /** An image that is not there. */
  static final String ABSENT_IMAGE = "ami-0123456789abcdef0";

  static final String HOME = "us-east-1";

  /** A type that {@link #HOME} offers, but not in {@link #ZONE_WITHOUT_THE_TYPE}. */
  static final String TYPE = "t3.micro";

  /** The zone that most accounts know by this name has none of the newer types. */
  static final String ZONE_WITHOUT_THE_TYPE = "us-east-1e";

  /** A key that launches may not use. */
  static final String KEY =
      "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

  abstract IamClient iam();

  abstract Ec2Client ec2(String region);

  /** Lets so much time pass that EC2 has ended what it is at: starts, stops, associations. */
  abstract void untilSettled();

  private InstanceProfile worker;

  @BeforeEach
  void aRoleInItsProfile() {
    worker = profile("worker");
  }

  // Launching

  @Test
  void instancesOfOneLaunchAreNumberedFromZeroAndCarryTheProfile() {
    RunInstancesResponse launch = launch(request -> request.maxCount(3));

    assertThat(launch.instances()).extracting(Instance::amiLaunchIndex).containsExactly(0, 1, 2);
    for (Instance instance : launch.instances()) {
      for (Instance shown : List.of(instance, described(instance.instanceId()))) {
        assertThat(shown.iamInstanceProfile().arn()).isEqualTo(worker.arn());
        assertThat(shown.iamInstanceProfile().id()).isEqualTo(worker.instanceProfileId());
      }
    }
  }

  @Test
  void aProfileIsNamedByItsArnToo() {
    Instance instance =
        launch(request -> request.iamInstanceProfile(profile -> profile.arn(worker.arn())))
            .instances()
            .get(0);

    assertThat(instance.iamInstanceProfile().id()).isEqualTo(worker.instanceProfileId());
  }

  @Test
  void aProfileIsNotNamedTwice() {
    assertRefused(
        () ->
            launch(request -> request.iamInstanceProfile(p -> p.arn(worker.arn()).name("worker"))),
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
    String arn = worker.arn().replace("/spawn/", "/");
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
    InstanceProfile empty = emptyProfile("empty");

    assertRefused(
        () -> launch(request -> request.iamInstanceProfile(profile -> profile.name("empty"))),
        "InvalidParameterValue",
        400,
        "IAM Instance Profile \"" + empty.arn() + "\" has no associated IAM Roles");
  }

  @Test
  void aDryRunThatWouldSucceedIsAnErrorAndLaunchesNothing() {
    assertRefused(() -> launch(request -> request.dryRun(true)), "DryRunOperation", 412);
    assertThat(found()).isEmpty();
  }

  @Test
  void aDryRunLooksAtTheProfile() {
    assertRefused(
        () -> launch(request -> request.dryRun(true).iamInstanceProfile(p -> p.name("absent"))),
        "InvalidParameterValue",
        400,
        "Invalid IAM Instance Profile name");
  }

  @Test
  void aDryRunLooksAtTheImage() {
    assertRefused(
        () -> launch(request -> request.dryRun(true).imageId(ABSENT_IMAGE)),
        "InvalidAMIID.NotFound",
        400);
  }

  @Test
  void aTypeIsUnsupportedInAZoneThatDoesNotOfferIt() {
    assertRefused(
        () ->
            launch(
                request ->
                    request
                        .instanceType(TYPE)
                        .placement(place -> place.availabilityZone(ZONE_WITHOUT_THE_TYPE))),
        "Unsupported",
        400,
        "Your requested instance type (t3.micro) is not supported in your requested Availability"
            + " Zone (us-east-1e).");
    assertThat(found()).isEmpty();
  }

  @Test
  void aDryRunLooksAtTheZone() {
    assertRefused(
        () ->
            launch(
                request ->
                    request
                        .dryRun(true)
                        .instanceType(TYPE)
                        .placement(place -> place.availabilityZone(ZONE_WITHOUT_THE_TYPE))),
        "Unsupported",
        400);
  }

  @Test
  void aDryRunDoesNotUseUpItsToken() {
    assertRefused(
        () -> launch(request -> request.dryRun(true).clientToken("t")), "DryRunOperation", 412);

    assertThat(launch(request -> request.clientToken("t")).instances()).hasSize(1);
    assertRefused(
        () -> launch(request -> request.dryRun(true).clientToken("t")), "DryRunOperation", 412);
  }

  /** A volume's key is looked at only when the instance starts. */
  @Test
  void aVolumeUnderAKeyThatMayNotBeUsedIsLaunchedAndEndsItsInstance() {
    RunInstancesResponse launch =
        launch(
            request ->
                request.blockDeviceMappings(
                    BlockDeviceMapping.builder()
                        .deviceName("/dev/xvdb")
                        .ebs(volume -> volume.volumeSize(1).encrypted(true).kmsKeyId(KEY))
                        .build()));
    untilSettled();

    Instance ended = described(ids(launch).get(0));
    assertThat(ended.state().name()).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(ended.stateReason().code()).isEqualTo("Client.InternalError");
    assertThat(ended.stateReason().message())
        .isEqualTo("Client.InternalError: Client error on launch");
  }

  @Test
  void whatRunsHasNoReasonAndWhatAUserEndedHasOne() {
    String id = ids(launch(request -> {})).get(0);
    untilSettled();
    Instance running = described(id);
    ec2().terminateInstances(request -> request.instanceIds(id));
    untilSettled();

    assertThat(running.state().name()).isEqualTo(InstanceStateName.RUNNING);
    assertThat(running.stateReason() == null || running.stateReason().code().isEmpty()).isTrue();
    assertThat(described(id).stateReason().code()).isEqualTo("Client.UserInitiatedShutdown");
  }

  /** One that ends while it starts is still what its token stands for. */
  @Test
  void theTokenOfALaunchWhoseInstancesHaveEndedLaunchesNothing() {
    RunInstancesResponse first = launch(request -> request.clientToken("t"));
    ec2().terminateInstances(request -> request.instanceIds(ids(first)));
    untilSettled();

    RunInstancesResponse second = launch(request -> request.clientToken("t"));

    assertThat(ids(second)).isEqualTo(ids(first));
    assertThat(second.instances().get(0).state().name()).isEqualTo(InstanceStateName.TERMINATED);
  }

  @Test
  void theSameTokenWithTheSameParametersGivesTheFirstLaunchAgain() {
    RunInstancesResponse first = launch(request -> request.clientToken("t").maxCount(2));
    ec2().terminateInstances(request -> request.instanceIds(ids(first).get(0)));
    untilSettled();
    RunInstancesResponse second = launch(request -> request.clientToken("t").maxCount(2));

    assertThat(second.reservationId()).isEqualTo(first.reservationId());
    assertThat(second.instances())
        .extracting(instance -> instance.state().name())
        .containsExactly(InstanceStateName.TERMINATED, InstanceStateName.RUNNING);
    assertThat(found()).hasSize(2);
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
    ec2("eu-west-1").runInstances(request(request -> request.clientToken("t").maxCount(2)));

    assertThat(found()).hasSize(1);
    assertThat(instances(ec2("eu-west-1").describeInstances())).hasSize(2);
  }

  @Test
  void aLaunchThatWasRefusedDoesNotUseUpItsToken() {
    assertRefused(
        () -> launch(request -> request.clientToken("t").imageId(ABSENT_IMAGE)),
        "InvalidAMIID.NotFound",
        400);

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
  void theSmallestCountIsAtLeastOneAndNotAboveTheLargest() {
    assertRefused(
        () -> launch(request -> request.minCount(2).maxCount(1)), "InvalidParameterValue", 400);
    assertRefused(() -> launch(request -> request.minCount(0)), "InvalidParameterValue", 400);
  }

  @Test
  void asManyInstancesAsFitAreLaunched() {
    assertThat(launch(request -> request.minCount(2).maxCount(5)).instances()).hasSize(5);
  }

  @Test
  void anImageIsAnAmiOrAnSsmParameter() {
    launch(
        request ->
            request.imageId(
                "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"));

    assertRefused(() -> launch(request -> request.imageId("img-1")), "InvalidAMIID.Malformed", 400);
    assertRefused(() -> launch(request -> request.imageId(null)), "MissingParameter", 400);
  }

  @Test
  void userDataHoldAtMostSixteenKilobytes() {
    launch(request -> request.userData(base64(16_384)));

    assertRefused(
        () -> launch(request -> request.userData(base64(16_385))),
        "InvalidUserData.Malformed",
        400,
        "User data is limited to");
  }

  @Test
  void userDataComeInBase64() {
    for (String plain : List.of("#!/bin/sh", "é")) {
      assertRefused(() -> launch(request -> request.userData(plain)), "InvalidParameterValue", 400);
    }
  }

  @Test
  void aLaunchTagsWhatItMakes() {
    launch(
        request ->
            request.tagSpecifications(
                tags(ResourceType.INSTANCE, "a b/"), tags(ResourceType.VOLUME, "c")));

    assertThat(instances(ec2().describeInstances()).get(0).tags()).containsExactly(tag("a b/"));
  }

  @Test
  void aLaunchTagsNothingElse() {
    assertRefused(
        () -> launch(request -> request.tagSpecifications(tags(ResourceType.IMAGE, "a"))),
        "InvalidParameterValue",
        400);
  }

  @Test
  void tagsOfALaunchKeepToTheirLengthsAndNumber() {
    launch(
        request ->
            request.tagSpecifications(
                tags(ResourceType.INSTANCE, numbered("tag-", 50).toArray(String[]::new))));

    assertRefused(
        () ->
            launch(
                request ->
                    request.tagSpecifications(
                        tags(ResourceType.INSTANCE, numbered("tag-", 51).toArray(String[]::new)))),
        "TagLimitExceeded",
        400);
    assertRefused(
        () ->
            launch(
                request -> request.tagSpecifications(tags(ResourceType.INSTANCE, "a".repeat(129)))),
        "InvalidParameterValue",
        400);
    assertRefused(
        () -> launch(request -> request.tagSpecifications(tagged(tag("a", "b".repeat(257))))),
        "InvalidParameterValue",
        400);
  }

  @Test
  void keysThatBeginWithAwsAreNotForUsers() {
    assertRefused(
        () -> launch(request -> request.tagSpecifications(tags(ResourceType.INSTANCE, "aws:a"))),
        "InvalidParameterValue",
        400);
  }

  @Test
  void tagsThatTheInstanceCanReadHavePlainerKeys() {
    launch(
        request ->
            request
                .metadataOptions(options -> options.instanceMetadataTags("enabled"))
                .tagSpecifications(tags(ResourceType.INSTANCE, "a+-=._:@")));

    for (String key : List.of("a b", "a/b", "_index")) {
      assertRefused(
          () ->
              launch(
                  request ->
                      request
                          .metadataOptions(options -> options.instanceMetadataTags("enabled"))
                          .tagSpecifications(tags(ResourceType.INSTANCE, key))),
          "InvalidParameterValue",
          400,
          "not a valid tag key");
    }
  }

  // The life of an instance

  @Test
  void anInstanceIsPendingAtFirst() {
    Instance answered = launch(request -> {}).instances().get(0);

    assertThat(answered.state().name()).isEqualTo(InstanceStateName.PENDING);
    assertThat(state(answered.instanceId())).isEqualTo(InstanceStateName.PENDING);
  }

  @Test
  void anInstanceRunsAfterAWhile() {
    String id = running();

    assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
    assertThat(described(id).state().code() & 0xFF).isEqualTo(16);
  }

  @Test
  void anInstanceShutsDownBeforeItIsTerminated() {
    String id = running();
    InstanceStateChange change =
        ec2().terminateInstances(request -> request.instanceIds(id)).terminatingInstances().get(0);

    assertThat(change.previousState().name()).isEqualTo(InstanceStateName.RUNNING);
    assertThat(change.currentState().name()).isEqualTo(InstanceStateName.SHUTTING_DOWN);
    assertThat(state(id)).isEqualTo(InstanceStateName.SHUTTING_DOWN);
  }

  @Test
  void aTerminatedInstanceIsShownForAWhileAndTerminatedAgainWithoutError() {
    String id = terminated();

    assertThat(state(id)).isEqualTo(InstanceStateName.TERMINATED);
    ec2().terminateInstances(request -> request.instanceIds(id));
    assertThat(state(id)).isEqualTo(InstanceStateName.TERMINATED);
  }

  @Test
  void oneBadIdFailsTheWholeTermination() {
    String id = running();

    assertRefused(
        () -> ec2().terminateInstances(request -> request.instanceIds(id, "i-0123456789abcdef0")),
        "InvalidInstanceID.NotFound",
        400);
    assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
  }

  @Test
  void atMostAThousandInstancesAreTerminatedAtOnce() {
    String id = running();
    List<String> ids = Collections.nCopies(1_001, id);

    assertThatThrownBy(() -> ec2().terminateInstances(request -> request.instanceIds(ids)))
        .isInstanceOf(Ec2Exception.class);
    assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
  }

  @Test
  void anInstanceStopsAndStartsAgain() {
    String id = stopped();
    assertThat(state(id)).isEqualTo(InstanceStateName.STOPPED);
    ec2().startInstances(request -> request.instanceIds(id));
    untilSettled();

    assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
  }

  @Test
  void anInstanceThatIsStoppingIsNotStarted() {
    String id = running();
    ec2().stopInstances(request -> request.instanceIds(id));

    assertThat(state(id)).isEqualTo(InstanceStateName.STOPPING);
    assertRefused(
        () -> ec2().startInstances(request -> request.instanceIds(id)),
        "IncorrectInstanceState",
        400);
  }

  @Test
  void aPendingInstanceIsNotStopped() {
    String id = ids(launch(request -> {})).get(0);

    assertRefused(
        () -> ec2().stopInstances(request -> request.instanceIds(id)),
        "IncorrectInstanceState",
        400);
  }

  @Test
  void whatIsSoAlreadyIsNoErrorToAskFor() {
    String running = running();
    String stopped = stopped();
    ec2().startInstances(request -> request.instanceIds(running));
    ec2().stopInstances(request -> request.instanceIds(stopped));

    assertThat(state(running)).isEqualTo(InstanceStateName.RUNNING);
    assertThat(state(stopped)).isEqualTo(InstanceStateName.STOPPED);
  }

  @Test
  void aTerminatedInstanceIsNeitherStartedNorStopped() {
    String id = terminated();

    assertRefused(
        () -> ec2().startInstances(request -> request.instanceIds(id)),
        "IncorrectInstanceState",
        400);
    assertRefused(
        () -> ec2().stopInstances(request -> request.instanceIds(id)),
        "IncorrectInstanceState",
        400);
  }

  @Test
  void aStartSetsTheLaunchTimeAnew() {
    String id = running();
    Instant launched = described(id).launchTime();
    ec2().stopInstances(request -> request.instanceIds(id));
    untilSettled();
    ec2().startInstances(request -> request.instanceIds(id));

    assertThat(described(id).launchTime()).isAfter(launched);
  }

  // Reading

  @Test
  void allFiltersMustMatchEachByAnyOfItsValues() {
    String one = running();
    InstanceProfile other = profile("other");
    String two = ids(launch(request -> request.iamInstanceProfile(p -> p.arn(other.arn())))).get(0);
    untilSettled();
    ec2().stopInstances(request -> request.instanceIds(two));
    untilSettled();

    assertThat(found(filter("iam-instance-profile.arn", worker.arn()))).containsExactly(one);
    assertThat(found(filter("iam-instance-profile.id", other.instanceProfileId())))
        .containsExactly(two);
    assertThat(found(filter("iam-instance-profile.arn", worker.arn(), other.arn())))
        .containsExactlyInAnyOrder(one, two);
    assertThat(found(filter("instance-state-name", "running", "stopped"))).hasSize(2);
    assertThat(found(filter("instance-state-name", "running"), filter("instance-id", two)))
        .isEmpty();
  }

  @Test
  void aFilterValueMayHoldWildcardsAndMeanThemByABackslash() {
    iam().createInstanceProfile(request -> request.instanceProfileName("odd").path("/spawn/a*c/"));
    inProfile("odd");
    InstanceProfile odd =
        iam().getInstanceProfile(request -> request.instanceProfileName("odd")).instanceProfile();
    String id = ids(launch(request -> request.iamInstanceProfile(p -> p.arn(odd.arn())))).get(0);
    String other = running();

    assertThat(found(filter("iam-instance-profile.arn", "*/spawn/*")))
        .containsExactlyInAnyOrder(id, other);
    assertThat(found(filter("iam-instance-profile.arn", odd.arn().replace("a*c", "a?c"))))
        .containsExactly(id);
    assertThat(found(filter("iam-instance-profile.arn", odd.arn().replace("*", "\\*"))))
        .containsExactly(id);
    assertThat(found(filter("iam-instance-profile.arn", worker.arn().replace("worker", "w\\*"))))
        .isEmpty();
  }

  @Test
  void instancesAreNotFoundByTheNameOfTheirProfile() {
    assertRefused(
        () -> found(filter("iam-instance-profile.name", "worker")), "InvalidParameterValue", 400);
  }

  @Test
  void instancesAreFoundByTagAndToken() {
    launch(
        request ->
            request.clientToken("t").tagSpecifications(tags(ResourceType.INSTANCE, "spawn:role")));

    assertThat(found(filter("tag:spawn:role", "value"))).hasSize(1);
    assertThat(found(filter("tag:spawn:role", "Value"))).isEmpty();
    assertThat(found(filter("client-token", "t"))).hasSize(1);
    assertThat(found(filter("client-token", "T"))).isEmpty();
  }

  @Test
  void aCallHoldsAtMostTwoHundredFilterValues() {
    assertThat(found(filter("instance-id", numbered("i-", 200).toArray(String[]::new)))).isEmpty();

    assertRefused(
        () -> found(filter("instance-id", numbered("i-", 201).toArray(String[]::new))),
        "FilterLimitExceeded",
        400,
        "The maximum number of filter values specified on a single call is 200");
  }

  @Test
  void instancesAreDescribedByTheirIds() {
    List<String> ids = ids(launch(request -> request.maxCount(3)));

    assertThat(
            instances(
                ec2().describeInstances(request -> request.instanceIds(ids.get(0), ids.get(2)))))
        .extracting(Instance::instanceId)
        .containsExactlyInAnyOrder(ids.get(0), ids.get(2));
  }

  @Test
  void oneBadIdFailsTheWholeDescription() {
    String id = running();

    assertRefused(
        () -> ec2().describeInstances(request -> request.instanceIds(id, "i-0123456789abcdef0")),
        "InvalidInstanceID.NotFound",
        400);
  }

  @Test
  void anInstanceIdHasItsForm() {
    assertRefused(
        () -> ec2().describeInstances(request -> request.instanceIds("worker")),
        "InvalidInstanceID.Malformed",
        400);
  }

  @Test
  void idsAndMaxResultsExcludeEachOther() {
    String id = running();

    assertRefused(
        () -> ec2().describeInstances(request -> request.instanceIds(id).maxResults(5)),
        "InvalidParameterCombination",
        400);
  }

  @Test
  void instancesComeInPages() {
    List<String> ids =
        IntStream.range(0, 7).mapToObj(number -> ids(launch(request -> {})).get(0)).toList();
    List<String> listed = new ArrayList<>();
    for (DescribeInstancesResponse page :
        ec2().describeInstancesPaginator(request -> request.maxResults(5))) {
      assertThat(instances(page)).hasSizeLessThanOrEqualTo(5);
      instances(page).forEach(instance -> listed.add(instance.instanceId()));
    }

    assertThat(listed).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void instancesOfOneLaunchShareAReservation() {
    RunInstancesResponse launch = launch(request -> request.maxCount(2));
    launch(request -> {});

    assertThat(ec2().describeInstances().reservations())
        .hasSize(2)
        .anySatisfy(
            reservation -> {
              assertThat(reservation.reservationId()).isEqualTo(launch.reservationId());
              assertThat(reservation.instances()).hasSize(2);
            });
  }

  @Test
  void aRegionShowsItsOwnInstancesOnly() {
    String id = running();

    assertThat(instances(ec2("eu-west-1").describeInstances())).isEmpty();
    assertThat(ec2("eu-west-1").describeIamInstanceProfileAssociations())
        .satisfies(none -> assertThat(none.iamInstanceProfileAssociations()).isEmpty());
    assertRefused(
        () -> ec2("eu-west-1").describeInstances(request -> request.instanceIds(id)),
        "InvalidInstanceID.NotFound",
        400);
  }

  @Test
  void regionsThatAreNotEnabledAreListedOnDemand() {
    List<Region> enabled = ec2().describeRegions().regions();

    assertThat(enabled).extracting(Region::regionName).contains("us-east-1", "eu-west-1");
    assertThat(enabled).extracting(Region::optInStatus).doesNotContain("not-opted-in");
    assertThat(ec2().describeRegions(request -> request.allRegions(true)).regions())
        .hasSizeGreaterThan(enabled.size())
        .extracting(Region::optInStatus)
        .contains("not-opted-in");
  }

  // Associations

  @Test
  void aLaunchWithAProfileMakesAnAssociation() {
    String id = running();

    assertThat(associations())
        .singleElement()
        .satisfies(
            association -> {
              assertThat(association.associationId()).startsWith("iip-assoc-");
              assertThat(association.instanceId()).isEqualTo(id);
              assertThat(association.iamInstanceProfile().arn()).isEqualTo(worker.arn());
              assertThat(association.iamInstanceProfile().id())
                  .isEqualTo(worker.instanceProfileId());
              assertThat(association.state())
                  .isEqualTo(IamInstanceProfileAssociationState.ASSOCIATED);
            });
  }

  @Test
  void aRunningInstanceTakesAProfile() {
    String id = bare();
    assertThat(described(id).iamInstanceProfile()).isNull();
    associate(id, "worker");
    untilSettled();

    assertThat(described(id).iamInstanceProfile().id()).isEqualTo(worker.instanceProfileId());
    assertThat(associations())
        .extracting(IamInstanceProfileAssociation::instanceId)
        .containsExactly(id);
  }

  @Test
  void aStoppedInstanceTakesAProfile() {
    String id = bare();
    ec2().stopInstances(request -> request.instanceIds(id));
    untilSettled();
    associate(id, "worker");

    assertThat(described(id).iamInstanceProfile().id()).isEqualTo(worker.instanceProfileId());
  }

  @Test
  void anInstanceOnItsWayTakesNoProfile() {
    String starting =
        ids(ec2()
                .runInstances(
                    request(
                        request ->
                            request.iamInstanceProfile((IamInstanceProfileSpecification) null))))
            .get(0);
    assertNoProfileIsTakenBy(starting);
    untilSettled();
    ec2().stopInstances(request -> request.instanceIds(starting));
    assertNoProfileIsTakenBy(starting);
    untilSettled();
    ec2().terminateInstances(request -> request.instanceIds(starting));
    assertNoProfileIsTakenBy(starting);
  }

  @Test
  void aTerminatedInstanceTakesNoProfile() {
    String id = bare();
    ec2().terminateInstances(request -> request.instanceIds(id));
    untilSettled();

    assertNoProfileIsTakenBy(id);
  }

  @Test
  void anInstanceTakesOneProfileOnly() {
    String id = running();
    profile("other");

    for (String name : List.of("worker", "other")) {
      assertRefused(
          () -> associate(id, name),
          "IncorrectState",
          400,
          "There is an existing association for instance");
    }
  }

  @Test
  void anInstanceThatIsNotThereTakesNoProfile() {
    assertRefused(
        () -> associate("i-0123456789abcdef0", "worker"), "InvalidInstanceID.NotFound", 400);
  }

  @Test
  void anAssociationIsMadeAfterAWhile() {
    String id = bare();
    associate(id, "worker");
    assertThat(associations())
        .extracting(IamInstanceProfileAssociation::state)
        .containsExactly(IamInstanceProfileAssociationState.ASSOCIATING);
    untilSettled();

    assertThat(associations())
        .extracting(IamInstanceProfileAssociation::state)
        .containsExactly(IamInstanceProfileAssociationState.ASSOCIATED);
  }

  @Test
  void anAssociationMeetsTheSameWordsAsALaunch() {
    String bare = bare();
    running();
    String association = onlyAssociation();
    InstanceProfile empty = emptyProfile("empty");

    for (Consumer<IamInstanceProfileSpecification> ask :
        List.<Consumer<IamInstanceProfileSpecification>>of(
            wanted ->
                ec2()
                    .associateIamInstanceProfile(
                        request -> request.instanceId(bare).iamInstanceProfile(wanted)),
            wanted -> replace(association, wanted))) {
      assertRefused(
          () -> ask.accept(named("absent")),
          "InvalidParameterValue",
          400,
          "Value (absent) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance"
              + " Profile name");
      assertRefused(
          () -> ask.accept(named("empty")),
          "InvalidParameterValue",
          400,
          "IAM Instance Profile \"" + empty.arn() + "\" has no associated IAM Roles");
    }
  }

  @Test
  void aReplacementIsANewAssociation() {
    String id = running();
    InstanceProfile other = profile("other");
    String old = onlyAssociation();
    String replacement = replace(old, named("other")).associationId();
    untilSettled();

    assertThat(replacement).isNotEqualTo(old);
    assertThat(onlyAssociation()).isEqualTo(replacement);
    assertThat(described(id).iamInstanceProfile().arn()).isEqualTo(other.arn());
  }

  @Test
  void aReplacedProfileIsShownByTheInstance() {
    String id = running();
    InstanceProfile other = profile("other");
    replace(onlyAssociation(), named("other"));
    untilSettled();

    assertThat(associations())
        .extracting(association -> association.iamInstanceProfile().id())
        .containsExactly(other.instanceProfileId());
    assertThat(described(id).iamInstanceProfile().id()).isEqualTo(other.instanceProfileId());
  }

  @Test
  void whileAProfileIsReplacedThereAreTwoAssociations() {
    running();
    profile("other");
    replace(onlyAssociation(), named("other"));

    assertThat(associations())
        .extracting(IamInstanceProfileAssociation::state)
        .containsExactlyInAnyOrder(
            IamInstanceProfileAssociationState.DISASSOCIATING,
            IamInstanceProfileAssociationState.ASSOCIATING);
  }

  @Test
  void aStoppedInstanceKeepsItsAssociation() {
    String id = stopped();

    assertThat(associations())
        .singleElement()
        .satisfies(
            association -> {
              assertThat(association.instanceId()).isEqualTo(id);
              assertThat(association.state())
                  .isEqualTo(IamInstanceProfileAssociationState.ASSOCIATED);
            });
    assertThat(described(id).iamInstanceProfile().id()).isEqualTo(worker.instanceProfileId());
  }

  @Test
  void onlyARunningInstancesProfileIsReplaced() {
    stopped();
    profile("other");
    String association = onlyAssociation();

    assertRefused(
        () -> replace(association, named("other")),
        "IncorrectState",
        400,
        "is not the active association");
  }

  @Test
  void aProfileIsTakenOffAStoppedInstanceAndAnotherPutOn() {
    String id = stopped();
    InstanceProfile other = profile("other");
    disassociate(onlyAssociation());
    untilSettled();
    assertThat(associations()).isEmpty();
    associate(id, "other");

    assertThat(described(id).iamInstanceProfile().id()).isEqualTo(other.instanceProfileId());
  }

  @Test
  void aProfileIsTakenOffARunningInstance() {
    String id = running();
    disassociate(onlyAssociation());
    untilSettled();

    assertThat(associations()).isEmpty();
    assertThat(described(id).iamInstanceProfile()).isNull();
  }

  @Test
  void noProfileIsTakenOffAnInstanceOnItsWay() {
    String id = ids(launch(request -> {})).get(0);
    String association = onlyAssociation();

    assertThatThrownBy(() -> disassociate(association)).isInstanceOf(Ec2Exception.class);
    untilSettled();
    assertThat(described(id).iamInstanceProfile()).isNotNull();
  }

  @Test
  void anAssociationIsTakenOffAfterAWhile() {
    running();

    assertThat(disassociate(onlyAssociation()).state())
        .isEqualTo(IamInstanceProfileAssociationState.DISASSOCIATING);
    assertThat(associations())
        .extracting(IamInstanceProfileAssociation::state)
        .containsExactly(IamInstanceProfileAssociationState.DISASSOCIATING);
  }

  @Test
  void anAssociationIsTakenOffOnce() {
    running();
    String association = onlyAssociation();
    disassociate(association);
    untilSettled();

    assertThatThrownBy(() -> disassociate(association)).isInstanceOf(Ec2Exception.class);
    assertThatThrownBy(() -> replace(association, named("worker")))
        .isInstanceOf(Ec2Exception.class);
  }

  @Test
  void aTerminatedInstanceHasNoAssociation() {
    terminated();

    assertThat(associations()).isEmpty();
  }

  @Test
  void anUnknownAssociationIsNotFound() {
    String unknown = "iip-assoc-0123456789abcdef0";

    assertRefused(() -> disassociate(unknown), "InvalidAssociationID.NotFound", 400);
    assertRefused(() -> replace(unknown, named("worker")), "InvalidAssociationID.NotFound", 400);
  }

  @Test
  void anAssociationIdHasItsForm() {
    assertRefused(() -> disassociate("worker"), "InvalidParameterValue", 400);
    assertRefused(() -> replace("worker", named("worker")), "InvalidParameterValue", 400);
  }

  @Test
  void associationsAreFilteredByInstanceAndState() {
    String id = running();
    running();

    assertThat(associations(filter("instance-id", id), filter("state", "associated"))).hasSize(1);
    assertThat(associations(filter("state", "associated", "associating"))).hasSize(2);
    assertThat(associations(filter("instance-id", id), filter("state", "disassociating")))
        .isEmpty();
  }

  @Test
  void associationsAreNotFilteredByProfile() {
    assertRefused(
        () -> associations(filter("iam-instance-profile.arn", worker.arn())),
        "InvalidParameterValue",
        400);
  }

  @Test
  void associationsAreDescribedByTheirIds() {
    running();
    String first = onlyAssociation();
    running();

    assertThat(
            ec2()
                .describeIamInstanceProfileAssociations(request -> request.associationIds(first))
                .iamInstanceProfileAssociations())
        .extracting(IamInstanceProfileAssociation::associationId)
        .containsExactly(first);
  }

  @Test
  void associationsComeInPages() {
    List<String> ids = ids(launch(request -> request.maxCount(7)));
    List<String> listed = new ArrayList<>();
    for (DescribeIamInstanceProfileAssociationsResponse page :
        ec2().describeIamInstanceProfileAssociationsPaginator(request -> request.maxResults(5))) {
      assertThat(page.iamInstanceProfileAssociations()).hasSizeLessThanOrEqualTo(5);
      page.iamInstanceProfileAssociations()
          .forEach(association -> listed.add(association.instanceId()));
    }

    assertThat(listed).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void aPageOfAssociationsHoldsFiveToAThousand() {
    for (int size : List.of(4, 1_001)) {
      assertRefused(
          () -> ec2().describeIamInstanceProfileAssociations(request -> request.maxResults(size)),
          "InvalidParameterValue",
          400);
    }
  }

  // IAM does not look at EC2

  @Test
  void iamDeletesWhatARunningInstanceUses() {
    String id = running();
    takeApart("worker");

    assertThat(described(id).iamInstanceProfile().id()).isEqualTo(worker.instanceProfileId());
    assertThat(associations())
        .extracting(association -> association.iamInstanceProfile().id())
        .containsExactly(worker.instanceProfileId());
  }

  @Test
  void anInstanceKeepsTheIdOfItsProfileWhenAnotherTakesTheName() {
    String id = running();
    takeApart("worker");
    InstanceProfile second = profile("worker");

    assertThat(second.arn()).isEqualTo(worker.arn());
    assertThat(second.instanceProfileId()).isNotEqualTo(worker.instanceProfileId());
    assertThat(described(id).iamInstanceProfile().id()).isEqualTo(worker.instanceProfileId());
    assertThat(ids(launch(request -> {})))
        .allSatisfy(
            later ->
                assertThat(described(later).iamInstanceProfile().id())
                    .isEqualTo(second.instanceProfileId()));
  }

  // What can start instances later

  @Test
  void aTemplateShowsTheProfileOfEachVersion() {
    String template = template("web", data -> data.instanceType(TYPE));
    version(template, data -> data.iamInstanceProfile(profile -> profile.name("worker")));
    version(template, data -> data.iamInstanceProfile(profile -> profile.arn(worker.arn())));

    assertThat(version(template, "1").launchTemplateData().iamInstanceProfile()).isNull();
    assertThat(version(template, "2").launchTemplateData().iamInstanceProfile().name())
        .isEqualTo("worker");
    assertThat(version(template, "3").launchTemplateData().iamInstanceProfile().arn())
        .isEqualTo(worker.arn());
  }

  @Test
  void aTemplateMayNameAProfileThatIsNotThere() {
    String template =
        template("web", data -> data.iamInstanceProfile(profile -> profile.name("absent")));

    assertThat(version(template, "1").launchTemplateData().iamInstanceProfile().name())
        .isEqualTo("absent");
  }

  @Test
  void allTemplatesAreShownByTheirLatestAndDefaultVersions() {
    String web = template("web", data -> data.instanceType(TYPE));
    version(web, data -> data.instanceType(TYPE));
    version(web, data -> data.instanceType(TYPE));
    String batch = template("batch", data -> data.instanceType(TYPE));

    assertThat(versions()).containsExactlyInAnyOrder(web + " 1", web + " 3", batch + " 1");
    ec2().modifyLaunchTemplate(set -> set.launchTemplateId(web).defaultVersion("2"));
    assertThat(versions()).containsExactlyInAnyOrder(web + " 2", web + " 3", batch + " 1");
  }

  @Test
  void ofAllTemplatesNoVersionIsShownByItsNumber() {
    assertRefused(
        () -> ec2().describeLaunchTemplateVersions(list -> list.versions("1")),
        "InvalidParameterValue",
        400);
    assertRefused(() -> ec2().describeLaunchTemplateVersions(list -> {}), "MissingParameter", 400);
  }

  @Test
  void aTemplateThatIsDeletedIsNotFound() {
    String template = template("web", data -> data.instanceType(TYPE));
    ec2().deleteLaunchTemplate(gone -> gone.launchTemplateId(template));

    assertThat(versions()).isEmpty();
    assertRefused(() -> version(template, "1"), "InvalidLaunchTemplateId.NotFound", 400);
    assertRefused(
        () -> ec2().describeLaunchTemplateVersions(list -> list.launchTemplateName("web")),
        "InvalidLaunchTemplateName.NotFoundException",
        400);
  }

  @Test
  void aVersionThatIsNotThereIsNotFound() {
    String template = template("web", data -> data.instanceType(TYPE));

    assertRefused(() -> version(template, "2"), "InvalidLaunchTemplateId.VersionNotFound", 400);
  }

  @Test
  void aTemplatesNameIsItsOwn() {
    template("web", data -> data.instanceType(TYPE));

    assertRefused(
        () -> template("web", data -> data.instanceType(TYPE)),
        "InvalidLaunchTemplateName.AlreadyExistsException",
        400);
  }

  @Test
  void templatesComeInPages() {
    for (String name : numbered("template-", 5)) {
      template(name, data -> data.instanceType(TYPE));
    }

    List<Integer> sizes = new ArrayList<>();
    ec2()
        .describeLaunchTemplateVersionsPaginator(list -> list.versions("$Default").maxResults(2))
        .forEach(page -> sizes.add(page.launchTemplateVersions().size()));
    assertThat(sizes).containsExactly(2, 2, 1);
  }

  @Test
  void aPageOfTemplateVersionsHoldsOneToTwoHundred() {
    for (int size : List.of(0, 201)) {
      assertRefused(
          () ->
              ec2()
                  .describeLaunchTemplateVersions(
                      list -> list.versions("$Latest").maxResults(size)),
          "InvalidParameterValue",
          400);
    }
  }

  @Test
  void aSpotLaunchShowsItsRequestWithTheProfile() {
    launch(spot("one-time", "terminate"));

    assertThat(spotRequests())
        .extracting(request -> request.launchSpecification().iamInstanceProfile().arn())
        .containsExactly(worker.arn());
    assertThat(spotRequests())
        .extracting(SpotInstanceRequest::stateAsString)
        .containsExactly("active");
  }

  @Test
  void aOneTimeSpotRequestEndsWithItsInstance() {
    endSpot(launch(spot("one-time", "terminate")));

    assertThat(spotRequests())
        .extracting(SpotInstanceRequest::stateAsString)
        .containsExactly("closed");
  }

  @Test
  void aPersistentSpotRequestOutlivesItsInstance() {
    endSpot(launch(spot("persistent", "stop")));

    assertThat(spotRequests())
        .extracting(SpotInstanceRequest::stateAsString)
        .containsExactly("open");
  }

  @Test
  void aPersistentSpotInstanceIsStoppedOrHibernatedWhenInterrupted() {
    assertRefused(
        () -> launch(spot("persistent", "terminate")), "InvalidParameterCombination", 400);
  }

  @Test
  void aSpotRequestThatIsCancelledStartsNothing() {
    ec2()
        .requestSpotInstances(
            request -> request.launchSpecification(launch -> launch.imageId(IMAGE)));
    String id = spotRequests().get(0).spotInstanceRequestId();
    assertThat(spotRequests())
        .extracting(SpotInstanceRequest::stateAsString)
        .containsAnyOf("open", "active");
    ec2().cancelSpotInstanceRequests(cancel -> cancel.spotInstanceRequestIds(id));

    assertThat(spotRequests())
        .extracting(SpotInstanceRequest::stateAsString)
        .isSubsetOf("cancelled");
  }

  @Test
  void aFleetShowsItsTemplateAndVersionUntilItIsDeleted() {
    String template = template("web", data -> data.instanceType(TYPE).imageId(IMAGE));
    String fleet =
        ec2()
            .createFleet(
                make ->
                    make.launchTemplateConfigs(
                            FleetLaunchTemplateConfigRequest.builder()
                                .launchTemplateSpecification(
                                    named -> named.launchTemplateId(template).version("1"))
                                .build())
                        .targetCapacitySpecification(
                            target ->
                                target
                                    .totalTargetCapacity(0)
                                    .defaultTargetCapacityType("on-demand")))
            .fleetId();

    FleetData shown = ec2().describeFleets().fleets().get(0);
    FleetLaunchTemplateSpecification named =
        shown.launchTemplateConfigs().get(0).launchTemplateSpecification();
    assertThat(shown.fleetStateAsString()).isIn("submitted", "active");
    assertThat(named.launchTemplateId() + " " + named.version()).isEqualTo(template + " 1");
    ec2().deleteFleets(gone -> gone.fleetIds(fleet).terminateInstances(false));
    assertThat(ec2().describeFleets().fleets())
        .extracting(FleetData::fleetStateAsString)
        .allMatch(state -> state.startsWith("deleted"));
  }

  @Test
  void aSpotFleetShowsTheProfileOfItsLaunchesUntilItIsCancelled() {
    String fleet =
        ec2()
            .requestSpotFleet(
                request ->
                    request.spotFleetRequestConfig(
                        config ->
                            config
                                .iamFleetRole("arn:aws:iam::123456789012:role/spot-fleet")
                                .targetCapacity(0)
                                .allocationStrategy("lowestPrice")
                                .launchSpecifications(
                                    SpotFleetLaunchSpecification.builder()
                                        .imageId(IMAGE)
                                        .instanceType(TYPE)
                                        .iamInstanceProfile(held -> held.arn(worker.arn()))
                                        .build())))
            .spotFleetRequestId();

    SpotFleetRequestConfig shown =
        ec2().describeSpotFleetRequests().spotFleetRequestConfigs().get(0);
    assertThat(shown.spotFleetRequestStateAsString()).isIn("submitted", "active");
    assertThat(shown.spotFleetRequestConfig().launchSpecifications())
        .extracting(launch -> launch.iamInstanceProfile().arn())
        .containsExactly(worker.arn());
    ec2()
        .cancelSpotFleetRequests(
            cancel -> cancel.spotFleetRequestIds(fleet).terminateInstances(false));
    assertThat(ec2().describeSpotFleetRequests().spotFleetRequestConfigs())
        .extracting(SpotFleetRequestConfig::spotFleetRequestStateAsString)
        .allMatch(state -> state.startsWith("cancelled"));
  }

  // Tags

  @Test
  void aTagIsFoundByTheIdOfItsResourceAndByItsKey() {
    String web = template("web", data -> data.instanceType(TYPE));
    String batch = template("batch", data -> data.instanceType(TYPE));
    tag(web, "spawn:launch", "true");
    tag(web, "team", "web");
    tag(batch, "spawn:launch", "team-b");

    assertThat(tags("spawn:launch", web, batch, "lt-0123456789abcdef0"))
        .containsExactlyInAnyOrder(web + "=true", batch + "=team-b");
    assertThat(tags("spawn:launch", web)).containsExactly(web + "=true");
    assertThat(tags("spawn:launch", "lt-*")).hasSize(2);

    tag(web, "spawn:launch", "false");
    assertThat(tags("spawn:launch", web)).containsExactly(web + "=false");
    ec2().deleteTags(gone -> gone.resources(web).tags(Tag.builder().key("spawn:launch").build()));
    assertThat(tags("spawn:launch", web)).isEmpty();
  }

  private void tag(String id, String key, String value) {
    ec2().createTags(make -> make.resources(id).tags(Tag.builder().key(key).value(value).build()));
  }

  private List<String> tags(String key, String... ids) {
    return ec2()
        .describeTagsPaginator(
            list ->
                list.filters(
                    Filter.builder().name("key").values(key).build(),
                    Filter.builder().name("resource-id").values(ids).build()))
        .tags()
        .stream()
        .map(tag -> tag.resourceId() + "=" + tag.value())
        .toList();
  }

  private String template(String name, Consumer<RequestLaunchTemplateData.Builder> data) {
    return ec2()
        .createLaunchTemplate(make -> make.launchTemplateName(name).launchTemplateData(data))
        .launchTemplate()
        .launchTemplateId();
  }

  private void version(String template, Consumer<RequestLaunchTemplateData.Builder> data) {
    ec2()
        .createLaunchTemplateVersion(
            make -> make.launchTemplateId(template).launchTemplateData(data));
  }

  private LaunchTemplateVersion version(String template, String number) {
    return ec2()
        .describeLaunchTemplateVersions(list -> list.launchTemplateId(template).versions(number))
        .launchTemplateVersions()
        .get(0);
  }

  /** Whether a version that is both the latest and the default one is shown twice is not said. */
  private Set<String> versions() {
    return ec2()
        .describeLaunchTemplateVersions(list -> list.versions("$Latest", "$Default"))
        .launchTemplateVersions()
        .stream()
        .map(version -> version.launchTemplateId() + " " + version.versionNumber())
        .collect(Collectors.toSet());
  }

  private static Consumer<RunInstancesRequest.Builder> spot(String type, String interruption) {
    return request ->
        request.instanceMarketOptions(
            market ->
                market
                    .marketType("spot")
                    .spotOptions(
                        options ->
                            options
                                .spotInstanceType(type)
                                .instanceInterruptionBehavior(interruption)));
  }

  private void endSpot(RunInstancesResponse launch) {
    untilSettled();
    ec2().terminateInstances(request -> request.instanceIds(ids(launch)));
    untilSettled();
  }

  private List<SpotInstanceRequest> spotRequests() {
    return ec2().describeSpotInstanceRequests().spotInstanceRequests();
  }

  // What the sentences are made of

  final Ec2Client ec2() {
    return ec2(HOME);
  }

  /** Makes a profile that holds a role of its name, both under {@code /spawn/}. */
  final InstanceProfile profile(String name) {
    emptyProfile(name);
    inProfile(name);
    return iam().getInstanceProfile(request -> request.instanceProfileName(name)).instanceProfile();
  }

  private void inProfile(String name) {
    iam()
        .createRole(
            request ->
                request
                    .roleName(name)
                    .path("/spawn/")
                    .assumeRolePolicyDocument(GivenRole.TRUSTS_EC2));
    iam().addRoleToInstanceProfile(request -> request.instanceProfileName(name).roleName(name));
  }

  private InstanceProfile emptyProfile(String name) {
    return iam()
        .createInstanceProfile(request -> request.instanceProfileName(name).path("/spawn/"))
        .instanceProfile();
  }

  private void takeApart(String name) {
    iam()
        .removeRoleFromInstanceProfile(request -> request.instanceProfileName(name).roleName(name));
    iam().deleteInstanceProfile(request -> request.instanceProfileName(name));
    iam().deleteRole(request -> request.roleName(name));
  }

  final RunInstancesResponse launch(Consumer<RunInstancesRequest.Builder> change) {
    return ec2().runInstances(request(change));
  }

  static RunInstancesRequest request(Consumer<RunInstancesRequest.Builder> change) {
    return RunInstancesRequest.builder()
        .imageId(IMAGE)
        .minCount(1)
        .maxCount(1)
        .iamInstanceProfile(profile -> profile.name("worker"))
        .applyMutation(change)
        .build();
  }

  final String running() {
    String id = ids(launch(request -> {})).get(0);
    untilSettled();
    return id;
  }

  private String stopped() {
    String id = running();
    ec2().stopInstances(request -> request.instanceIds(id));
    untilSettled();
    return id;
  }

  final String terminated() {
    String id = running();
    ec2().terminateInstances(request -> request.instanceIds(id));
    untilSettled();
    return id;
  }

  /** Launches an instance without a profile, and waits until it runs. */
  private String bare() {
    String id =
        ids(launch(request -> request.iamInstanceProfile((IamInstanceProfileSpecification) null)))
            .get(0);
    untilSettled();
    return id;
  }

  private void associate(String instance, String profile) {
    ec2()
        .associateIamInstanceProfile(
            request -> request.instanceId(instance).iamInstanceProfile(named(profile)));
  }

  private void assertNoProfileIsTakenBy(String instance) {
    assertRefused(
        () -> associate(instance, "worker"),
        "IncorrectInstanceState",
        400,
        "is not in the 'running' or 'stopped' states");
  }

  private IamInstanceProfileAssociation replace(
      String association, IamInstanceProfileSpecification profile) {
    return ec2()
        .replaceIamInstanceProfileAssociation(
            request -> request.associationId(association).iamInstanceProfile(profile))
        .iamInstanceProfileAssociation();
  }

  private IamInstanceProfileAssociation disassociate(String association) {
    return ec2()
        .disassociateIamInstanceProfile(request -> request.associationId(association))
        .iamInstanceProfileAssociation();
  }

  private static IamInstanceProfileSpecification named(String profile) {
    return IamInstanceProfileSpecification.builder().name(profile).build();
  }

  final Instance described(String id) {
    return instances(ec2().describeInstances(request -> request.instanceIds(id))).get(0);
  }

  final InstanceStateName state(String id) {
    return described(id).state().name();
  }

  final List<String> found(Filter... filters) {
    return instances(ec2().describeInstances(request -> request.filters(filters))).stream()
        .map(Instance::instanceId)
        .toList();
  }

  private static List<Instance> instances(DescribeInstancesResponse response) {
    return response.reservations().stream()
        .flatMap(reservation -> reservation.instances().stream())
        .toList();
  }

  static List<String> ids(RunInstancesResponse launch) {
    return launch.instances().stream().map(Instance::instanceId).toList();
  }

  final List<IamInstanceProfileAssociation> associations(Filter... filters) {
    return ec2()
        .describeIamInstanceProfileAssociations(request -> request.filters(filters))
        .iamInstanceProfileAssociations();
  }

  private String onlyAssociation() {
    List<IamInstanceProfileAssociation> all = associations();
    assertThat(all).hasSize(1);
    return all.get(0).associationId();
  }

  static Filter filter(String name, String... values) {
    return Filter.builder().name(name).values(values).build();
  }

  private static TagSpecification tags(ResourceType type, String... keys) {
    List<Tag> tags = Stream.of(keys).map(Ec2Rules::tag).toList();
    return TagSpecification.builder().resourceType(type).tags(tags).build();
  }

  private static TagSpecification tagged(Tag tag) {
    return TagSpecification.builder().resourceType(ResourceType.INSTANCE).tags(tag).build();
  }

  private static Tag tag(String key) {
    return tag(key, "value");
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  private static List<String> numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(number -> prefix + number).toList();
  }

  private static String base64(int bytes) {
    return Base64.getEncoder().encodeToString(new byte[bytes]);
  }
}
