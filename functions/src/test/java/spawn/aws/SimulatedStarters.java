package spawn.aws;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BatchState;
import software.amazon.awssdk.services.ec2.model.CancelSpotFleetRequestsRequest;
import software.amazon.awssdk.services.ec2.model.CancelSpotFleetRequestsResponse;
import software.amazon.awssdk.services.ec2.model.CancelSpotInstanceRequestsRequest;
import software.amazon.awssdk.services.ec2.model.CancelSpotInstanceRequestsResponse;
import software.amazon.awssdk.services.ec2.model.CreateFleetRequest;
import software.amazon.awssdk.services.ec2.model.CreateFleetResponse;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateRequest;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateResponse;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateVersionRequest;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateVersionResponse;
import software.amazon.awssdk.services.ec2.model.DeleteFleetsRequest;
import software.amazon.awssdk.services.ec2.model.DeleteFleetsResponse;
import software.amazon.awssdk.services.ec2.model.DeleteLaunchTemplateRequest;
import software.amazon.awssdk.services.ec2.model.DeleteLaunchTemplateResponse;
import software.amazon.awssdk.services.ec2.model.DescribeFleetsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeFleetsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSpotFleetRequestsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSpotFleetRequestsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSpotInstanceRequestsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSpotInstanceRequestsResponse;
import software.amazon.awssdk.services.ec2.model.FleetData;
import software.amazon.awssdk.services.ec2.model.FleetLaunchTemplateConfig;
import software.amazon.awssdk.services.ec2.model.FleetLaunchTemplateSpecification;
import software.amazon.awssdk.services.ec2.model.FleetLaunchTemplateSpecificationRequest;
import software.amazon.awssdk.services.ec2.model.FleetStateCode;
import software.amazon.awssdk.services.ec2.model.FleetType;
import software.amazon.awssdk.services.ec2.model.LaunchSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateIamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateIamInstanceProfileSpecificationRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.ModifyLaunchTemplateRequest;
import software.amazon.awssdk.services.ec2.model.ModifyLaunchTemplateResponse;
import software.amazon.awssdk.services.ec2.model.RequestLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.RequestSpotFleetRequest;
import software.amazon.awssdk.services.ec2.model.RequestSpotFleetResponse;
import software.amazon.awssdk.services.ec2.model.RequestSpotInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RequestSpotInstancesResponse;
import software.amazon.awssdk.services.ec2.model.ResponseLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.SpotFleetRequestConfig;
import software.amazon.awssdk.services.ec2.model.SpotInstanceRequest;
import software.amazon.awssdk.services.ec2.model.SpotInstanceState;
import software.amazon.awssdk.services.ec2.model.SpotInstanceType;
import software.amazon.awssdk.services.ec2.model.SpotMarketOptions;

/**
 * What can start instances later in one region of EC2: launch templates, Spot requests and fleets.
 * It shows what they say of a profile; it starts nothing by itself.
 */
abstract class SimulatedStarters extends SimulatedService implements Ec2Client {
  private static final int MOST_VERSIONS = 200;
  private static final int MOST = 1_000;

  final Ec2Region region;

  SimulatedStarters(
      SimulatedAws aws,
      IamEntities entities,
      Ec2Region region,
      String regionName,
      boolean observed) {
    super(aws, entities, SERVICE_NAME, regionName, observed);
    this.region = region;
  }

  // Launch templates

  /**
   * A name is a template's alone in its region (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html">
   * CreateLaunchTemplate</a>). Whether its profile exists is not looked at before a launch.
   */
  @Override
  public CreateLaunchTemplateResponse createLaunchTemplate(CreateLaunchTemplateRequest request) {
    return call(
        "CreateLaunchTemplate",
        request,
        () -> {
          if (region.templates().current().stream()
              .anyMatch(each -> each.name().equals(request.launchTemplateName()))) {
            throw AwsErrors.ec2(
                "InvalidLaunchTemplateName.AlreadyExistsException",
                400,
                "Launch template name already in use.");
          }
          SimulatedTemplate empty =
              new SimulatedTemplate(aws.nextId("lt-"), request.launchTemplateName(), 1, List.of());
          SimulatedTemplate made = empty.with(version(empty, request.launchTemplateData()));
          region.templates().put(made.id(), made);
          return CreateLaunchTemplateResponse.builder().launchTemplate(made.shown()).build();
        });
  }

  @Override
  public CreateLaunchTemplateVersionResponse createLaunchTemplateVersion(
      CreateLaunchTemplateVersionRequest request) {
    return call(
        "CreateLaunchTemplateVersion",
        request,
        () -> {
          SimulatedTemplate before =
              template(request.launchTemplateId(), request.launchTemplateName());
          LaunchTemplateVersion added = version(before, request.launchTemplateData());
          region.templates().put(before.id(), before.with(added));
          return CreateLaunchTemplateVersionResponse.builder().launchTemplateVersion(added).build();
        });
  }

  @Override
  public ModifyLaunchTemplateResponse modifyLaunchTemplate(ModifyLaunchTemplateRequest request) {
    return call(
        "ModifyLaunchTemplate",
        request,
        () -> {
          SimulatedTemplate before =
              template(request.launchTemplateId(), request.launchTemplateName());
          LaunchTemplateVersion wanted = version(before, request.defaultVersion());
          SimulatedTemplate after = before.withDefault(wanted.versionNumber());
          region.templates().put(after.id(), after);
          return ModifyLaunchTemplateResponse.builder().launchTemplate(after.shown()).build();
        });
  }

  @Override
  public DeleteLaunchTemplateResponse deleteLaunchTemplate(DeleteLaunchTemplateRequest request) {
    return call(
        "DeleteLaunchTemplate",
        request,
        () -> {
          SimulatedTemplate gone =
              template(request.launchTemplateId(), request.launchTemplateName());
          region.templates().remove(gone.id());
          return DeleteLaunchTemplateResponse.builder().launchTemplate(gone.shown()).build();
        });
  }

  /**
   * Of one template the versions that are named, or all; of all templates the latest, the default
   * one, or both, and no numbers. A page holds 1 to 200 (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html">
   * DescribeLaunchTemplateVersions</a>).
   */
  @Override
  public DescribeLaunchTemplateVersionsResponse describeLaunchTemplateVersions(
      DescribeLaunchTemplateVersionsRequest request) {
    return call(
        "DescribeLaunchTemplateVersions",
        request,
        () -> {
          boolean ofOne =
              request.launchTemplateId() != null || request.launchTemplateName() != null;
          List<LaunchTemplateVersion> found = ofOne ? versionsOfOne(request) : ofAll(request);
          Page<LaunchTemplateVersion> page =
              page(
                  found,
                  version ->
                      "%s/%05d".formatted(version.launchTemplateId(), version.versionNumber()),
                  request.nextToken(),
                  request.maxResults(),
                  1,
                  MOST_VERSIONS);
          return DescribeLaunchTemplateVersionsResponse.builder()
              .launchTemplateVersions(page.items())
              .nextToken(page.next().orElse(null))
              .build();
        });
  }

  private List<LaunchTemplateVersion> versionsOfOne(DescribeLaunchTemplateVersionsRequest request) {
    SimulatedTemplate template =
        region.templates().seenBy(View.EC2).stream()
            .filter(each -> isNamed(each, request.launchTemplateId(), request.launchTemplateName()))
            .findFirst()
            .orElseThrow(() -> noSuchTemplate(request.launchTemplateId()));
    return request.versions().isEmpty()
        ? template.versions()
        : request.versions().stream()
            .map(number -> version(template, number))
            .distinct()
            .sorted(Comparator.comparing(LaunchTemplateVersion::versionNumber))
            .toList();
  }

  private List<LaunchTemplateVersion> ofAll(DescribeLaunchTemplateVersionsRequest request) {
    if (!List.of("$Latest", "$Default").containsAll(request.versions())
        || request.versions().isEmpty()) {
      throw AwsErrors.ec2(
          request.versions().isEmpty() ? "MissingParameter" : "InvalidParameterValue",
          400,
          "To describe the launch template data for all your launch templates, for ‘--versions’"
              + " specify ‘$Latest’, ‘$Default’, or both, and omit ‘--launch-template-id’,"
              + " ‘--launch-template-name’, and version numbers.");
    }
    return region.templates().seenBy(View.EC2).stream()
        .flatMap(
            template ->
                request.versions().stream()
                    .map(number -> version(template, number))
                    .distinct()
                    .sorted(Comparator.comparing(LaunchTemplateVersion::versionNumber)))
        .toList();
  }

  private LaunchTemplateVersion version(SimulatedTemplate of, RequestLaunchTemplateData asked) {
    LaunchTemplateIamInstanceProfileSpecificationRequest profile = asked.iamInstanceProfile();
    ResponseLaunchTemplateData data =
        ResponseLaunchTemplateData.builder()
            .imageId(asked.imageId())
            .instanceType(asked.instanceType())
            .iamInstanceProfile(
                profile == null
                    ? null
                    : LaunchTemplateIamInstanceProfileSpecification.builder()
                        .name(profile.name())
                        .arn(profile.arn())
                        .build())
            .build();
    return LaunchTemplateVersion.builder()
        .launchTemplateId(of.id())
        .launchTemplateName(of.name())
        .versionNumber(of.latestVersion() + 1)
        .createTime(now())
        .launchTemplateData(data)
        .build();
  }

  private SimulatedTemplate template(String id, String name) {
    return region.templates().current().stream()
        .filter(each -> isNamed(each, id, name))
        .findFirst()
        .orElseThrow(() -> noSuchTemplate(id));
  }

  private static boolean isNamed(SimulatedTemplate template, String id, String name) {
    return id == null ? template.name().equals(name) : template.id().equals(id);
  }

  /**
   * An id and a name that are not there have codes of their own (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html">EC2 error
   * codes</a>).
   */
  private static RuntimeException noSuchTemplate(String id) {
    return AwsErrors.ec2(
        id == null
            ? "InvalidLaunchTemplateName.NotFoundException"
            : "InvalidLaunchTemplateId.NotFound",
        400,
        "The specified launch template does not exist.");
  }

  private static LaunchTemplateVersion version(SimulatedTemplate template, String number) {
    return template
        .version(number)
        .orElseThrow(
            () ->
                AwsErrors.ec2(
                    "InvalidLaunchTemplateId.VersionNotFound",
                    400,
                    "Could not find launch template version"));
  }

  // Spot requests

  /**
   * A launch of Spot instances makes a request for each (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-spot-instances-work.html">how
   * Spot Instances work</a>). A persistent one is possible only where an interruption stops or
   * hibernates the instance (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html">
   * SpotMarketOptions</a>).
   */
  void requestSpot(RunInstancesRequest launch, String instanceId, Optional<String> profileArn) {
    if (launch.instanceMarketOptions() == null
        || !"spot".equals(launch.instanceMarketOptions().marketTypeAsString())) {
      return;
    }
    SpotInstanceType type =
        Optional.ofNullable(launch.instanceMarketOptions().spotOptions())
            .map(SpotMarketOptions::spotInstanceType)
            .orElse(SpotInstanceType.ONE_TIME);
    String id = aws.nextId("sir-");
    region
        .spotRequests()
        .put(
            id,
            SpotInstanceRequest.builder()
                .spotInstanceRequestId(id)
                .instanceId(instanceId)
                .type(type)
                .state(SpotInstanceState.ACTIVE)
                .launchSpecification(
                    specification ->
                        profileArn.ifPresent(
                            arn -> specification.iamInstanceProfile(held -> held.arn(arn))))
                .build());
  }

  static void checkSpot(RunInstancesRequest launch) {
    SpotMarketOptions spot =
        launch.instanceMarketOptions() == null
            ? null
            : launch.instanceMarketOptions().spotOptions();
    if (spot != null
        && spot.spotInstanceType() == SpotInstanceType.PERSISTENT
        && !List.of("stop", "hibernate")
            .contains(String.valueOf(spot.instanceInterruptionBehaviorAsString()))) {
      throw AwsErrors.ec2(
          "InvalidParameterCombination",
          400,
          "Persistent Spot requests need an interruption behavior of stop or hibernate.");
    }
  }

  @Override
  public RequestSpotInstancesResponse requestSpotInstances(RequestSpotInstancesRequest request) {
    return call(
        "RequestSpotInstances",
        request,
        () -> {
          String id = aws.nextId("sir-");
          SpotInstanceRequest made =
              SpotInstanceRequest.builder()
                  .spotInstanceRequestId(id)
                  .type(Optional.ofNullable(request.type()).orElse(SpotInstanceType.ONE_TIME))
                  .state(SpotInstanceState.OPEN)
                  .launchSpecification(
                      LaunchSpecification.builder()
                          .imageId(request.launchSpecification().imageId())
                          .iamInstanceProfile(request.launchSpecification().iamInstanceProfile())
                          .build())
                  .build();
          region.spotRequests().put(id, made);
          return RequestSpotInstancesResponse.builder().spotInstanceRequests(made).build();
        });
  }

  @Override
  public CancelSpotInstanceRequestsResponse cancelSpotInstanceRequests(
      CancelSpotInstanceRequestsRequest request) {
    return call(
        "CancelSpotInstanceRequests",
        request,
        () -> {
          for (String id : request.spotInstanceRequestIds()) {
            SpotInstanceRequest before =
                region
                    .spotRequests()
                    .current(id)
                    .orElseThrow(
                        () ->
                            AwsErrors.ec2(
                                "InvalidSpotInstanceRequestID.NotFound",
                                400,
                                "The spot instance request ID '" + id + "' does not exist"));
            region
                .spotRequests()
                .put(id, before.toBuilder().state(SpotInstanceState.CANCELLED).build());
          }
          return CancelSpotInstanceRequestsResponse.builder().build();
        });
  }

  /** A page holds 5 to 1,000, if a number is asked for. */
  @Override
  public DescribeSpotInstanceRequestsResponse describeSpotInstanceRequests(
      DescribeSpotInstanceRequestsRequest request) {
    return call(
        "DescribeSpotInstanceRequests",
        request,
        () -> {
          Page<SpotInstanceRequest> page =
              page(
                  region.spotRequests().seenBy(View.EC2).stream().map(this::shown).toList(),
                  SpotInstanceRequest::spotInstanceRequestId,
                  request.nextToken(),
                  request.maxResults(),
                  5,
                  MOST);
          return DescribeSpotInstanceRequestsResponse.builder()
              .spotInstanceRequests(page.items())
              .nextToken(page.next().orElse(null))
              .build();
        });
  }

  /**
   * When its instance has ended, a one-time request is closed and a persistent one opened again (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html">the life of
   * a Spot request</a>).
   */
  SpotInstanceRequest shown(SpotInstanceRequest request) {
    boolean hasLost =
        request.state() == SpotInstanceState.ACTIVE
            && region
                .instance(request.instanceId())
                .filter(instance -> instance.isAlive(now()))
                .isEmpty();
    if (!hasLost) {
      return request;
    }
    return request.toBuilder()
        .state(
            request.type() == SpotInstanceType.PERSISTENT
                ? SpotInstanceState.OPEN
                : SpotInstanceState.CLOSED)
        .build();
  }

  // Fleets

  @Override
  public RequestSpotFleetResponse requestSpotFleet(RequestSpotFleetRequest request) {
    return call(
        "RequestSpotFleet",
        request,
        () -> {
          String id = aws.nextId("sfr-");
          region
              .spotFleets()
              .put(
                  id,
                  SpotFleetRequestConfig.builder()
                      .spotFleetRequestId(id)
                      .spotFleetRequestState(BatchState.ACTIVE)
                      .spotFleetRequestConfig(request.spotFleetRequestConfig())
                      .build());
          return RequestSpotFleetResponse.builder().spotFleetRequestId(id).build();
        });
  }

  /**
   * What is cancelled starts nothing any more, whether its instances end or run on (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelSpotFleetRequests.html">
   * CancelSpotFleetRequests</a>).
   */
  @Override
  public CancelSpotFleetRequestsResponse cancelSpotFleetRequests(
      CancelSpotFleetRequestsRequest request) {
    return call(
        "CancelSpotFleetRequests",
        request,
        () -> {
          BatchState after =
              Boolean.TRUE.equals(request.terminateInstances())
                  ? BatchState.CANCELLED_TERMINATING
                  : BatchState.CANCELLED_RUNNING;
          for (String id : request.spotFleetRequestIds()) {
            SpotFleetRequestConfig before = region.spotFleets().current(id).orElseThrow();
            region.spotFleets().put(id, before.toBuilder().spotFleetRequestState(after).build());
          }
          return CancelSpotFleetRequestsResponse.builder().build();
        });
  }

  @Override
  public DescribeSpotFleetRequestsResponse describeSpotFleetRequests(
      DescribeSpotFleetRequestsRequest request) {
    return call(
        "DescribeSpotFleetRequests",
        request,
        () -> {
          Page<SpotFleetRequestConfig> page =
              page(
                  region.spotFleets().seenBy(View.EC2),
                  SpotFleetRequestConfig::spotFleetRequestId,
                  request.nextToken(),
                  request.maxResults(),
                  1,
                  MOST);
          return DescribeSpotFleetRequestsResponse.builder()
              .spotFleetRequestConfigs(page.items())
              .nextToken(page.next().orElse(null))
              .build();
        });
  }

  @Override
  public CreateFleetResponse createFleet(CreateFleetRequest request) {
    return call(
        "CreateFleet",
        request,
        () -> {
          String id = aws.nextId("fleet-");
          region
              .fleets()
              .put(
                  id,
                  FleetData.builder()
                      .fleetId(id)
                      .fleetState(FleetStateCode.ACTIVE)
                      .type(Optional.ofNullable(request.type()).orElse(FleetType.MAINTAIN))
                      .launchTemplateConfigs(
                          request.launchTemplateConfigs().stream()
                              .map(
                                  config ->
                                      FleetLaunchTemplateConfig.builder()
                                          .launchTemplateSpecification(
                                              specification(config.launchTemplateSpecification()))
                                          .build())
                              .toList())
                      .build());
          return CreateFleetResponse.builder().fleetId(id).build();
        });
  }

  private static FleetLaunchTemplateSpecification specification(
      FleetLaunchTemplateSpecificationRequest asked) {
    return FleetLaunchTemplateSpecification.builder()
        .launchTemplateId(asked.launchTemplateId())
        .launchTemplateName(asked.launchTemplateName())
        .version(asked.version())
        .build();
  }

  @Override
  public DeleteFleetsResponse deleteFleets(DeleteFleetsRequest request) {
    return call(
        "DeleteFleets",
        request,
        () -> {
          for (String id : request.fleetIds()) {
            FleetData before = region.fleets().current(id).orElseThrow();
            region
                .fleets()
                .put(id, before.toBuilder().fleetState(FleetStateCode.DELETED_RUNNING).build());
          }
          return DeleteFleetsResponse.builder().build();
        });
  }

  /**
   * A fleet of type instant is shown only where it is named (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFleets.html">
   * DescribeFleets</a>).
   */
  @Override
  public DescribeFleetsResponse describeFleets(DescribeFleetsRequest request) {
    return call(
        "DescribeFleets",
        request,
        () -> {
          List<FleetData> found =
              region.fleets().seenBy(View.EC2).stream()
                  .filter(
                      fleet ->
                          request.fleetIds().isEmpty()
                              ? fleet.type() != FleetType.INSTANT
                              : request.fleetIds().contains(fleet.fleetId()))
                  .toList();
          Page<FleetData> page =
              page(found, FleetData::fleetId, request.nextToken(), request.maxResults(), 1, MOST);
          return DescribeFleetsResponse.builder()
              .fleets(page.items())
              .nextToken(page.next().orElse(null))
              .build();
        });
  }

  /** Returns a page, if it may hold as many items as are asked for. */
  <T> Page<T> page(
      List<T> all,
      Function<T, String> key,
      String nextToken,
      Integer maxResults,
      int least,
      int most) {
    if (maxResults != null && (maxResults < least || maxResults > most)) {
      throw AwsErrors.ec2(
          "InvalidParameterValue",
          400,
          "Value ( " + maxResults + " ) for parameter maxResults is invalid.");
    }
    return page(
        all,
        key,
        nextToken,
        Optional.ofNullable(maxResults).orElse(most),
        () -> AwsErrors.ec2("InvalidNextToken", 400, "The token is not valid."));
  }

  /**
   * Returns the names or ARNs of the profiles with which something here can still start instances.
   */
  List<String> profilesToStartWith() {
    List<String> named = new ArrayList<>();
    for (SimulatedTemplate template : region.templates().current()) {
      for (String number : List.of("$Latest", "$Default")) {
        add(version(template, number).launchTemplateData().iamInstanceProfile(), named);
      }
    }
    region.spotRequests().current().stream()
        .map(this::shown)
        .filter(
            request ->
                request.state() == SpotInstanceState.OPEN
                    || (request.state() == SpotInstanceState.ACTIVE
                        && request.type() == SpotInstanceType.PERSISTENT))
        .map(request -> request.launchSpecification().iamInstanceProfile())
        .filter(Objects::nonNull)
        .forEach(profile -> named.add(profile.arn() == null ? profile.name() : profile.arn()));
    return named;
  }

  /** Deletes and cancels all that {@link #profilesToStartWith} looks at. */
  void endStarters() {
    region
        .templates()
        .current()
        .forEach(template -> deleteLaunchTemplate(gone -> gone.launchTemplateId(template.id())));
    region
        .spotRequests()
        .current()
        .forEach(
            request ->
                cancelSpotInstanceRequests(
                    gone -> gone.spotInstanceRequestIds(request.spotInstanceRequestId())));
  }

  private static void add(
      LaunchTemplateIamInstanceProfileSpecification profile, List<String> named) {
    if (profile != null) {
      named.add(profile.arn() == null ? profile.name() : profile.arn());
    }
  }
}
