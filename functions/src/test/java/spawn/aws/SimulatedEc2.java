package spawn.aws;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.AssociateIamInstanceProfileResponse;
import software.amazon.awssdk.services.ec2.model.CreateTagsRequest;
import software.amazon.awssdk.services.ec2.model.CreateTagsResponse;
import software.amazon.awssdk.services.ec2.model.DeleteTagsRequest;
import software.amazon.awssdk.services.ec2.model.DeleteTagsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeRegionsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeRegionsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeTagsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeTagsResponse;
import software.amazon.awssdk.services.ec2.model.DisassociateIamInstanceProfileRequest;
import software.amazon.awssdk.services.ec2.model.DisassociateIamInstanceProfileResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsResponse;
import software.amazon.awssdk.services.ec2.model.InstanceState;
import software.amazon.awssdk.services.ec2.model.InstanceStateChange;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Placement;
import software.amazon.awssdk.services.ec2.model.Region;
import software.amazon.awssdk.services.ec2.model.ReplaceIamInstanceProfileAssociationRequest;
import software.amazon.awssdk.services.ec2.model.ReplaceIamInstanceProfileAssociationResponse;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.ec2.model.StartInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StartInstancesResponse;
import software.amazon.awssdk.services.ec2.model.StopInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StopInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagDescription;
import software.amazon.awssdk.services.ec2.model.TerminateInstancesRequest;
import software.amazon.awssdk.services.ec2.model.TerminateInstancesResponse;

/** EC2 in memory with the rules that launches and sweeps lean on; any operation it lacks throws. */
final class SimulatedEc2 extends SimulatedStarters {
  private static final int MOST = 1_000;

  /**
   * Instances can be filtered by the ARN of their profile or its id, but not by its name (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html">
   * DescribeInstances</a>); filters that AWS has and nothing here asks for are left out.
   */
  private static final Predicate<String> INSTANCE_FILTERS =
      Pattern.compile(
              "instance-id|instance-state-name|client-token|iam-instance-profile\\.(arn|id)|tag:.+")
          .asMatchPredicate();

  /**
   * Associations can be filtered by instance and state, not by profile (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html">
   * DescribeIamInstanceProfileAssociations</a>).
   */
  private static final Predicate<String> ASSOCIATION_FILTERS =
      Set.of("instance-id", "state")::contains;

  private final String regionName;

  /**
   * Creates a client of one region.
   *
   * @param observed whether its calls are recorded and may fail by injected faults
   */
  SimulatedEc2(
      SimulatedAws aws,
      IamEntities entities,
      Ec2Region region,
      String regionName,
      boolean observed) {
    super(aws, entities, region, regionName, observed);
    this.regionName = regionName;
  }

  // Launching and ending

  /**
   * A launch gives as many instances as fit between MinCount and MaxCount, or none (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>).
   * Parameters, zone and profile included, are looked at before a dry run is answered, capacity and
   * quotas after it.
   */
  @Override
  public RunInstancesResponse runInstances(RunInstancesRequest request) {
    return call(
        "RunInstances",
        request,
        () -> {
          LaunchLimits.check(request);
          checkSpot(request);
          boolean dryRun = Boolean.TRUE.equals(request.dryRun());
          if (!dryRun && request.clientToken() != null) {
            Optional<Ec2Region.Launch> before = region.launch(request.clientToken());
            if (before.isPresent()) {
              return repeated(before.get(), request);
            }
          }
          checkImage(request.imageId());
          checkOffered(request);
          Optional<SimulatedProfile> profile =
              Optional.ofNullable(request.iamInstanceProfile())
                  .map(
                      wanted ->
                          dryRun
                              ? visibleProfile(wanted)
                              : aws.onALaunchingHost(() -> visibleProfile(wanted)));
          if (dryRun) {
            throw dryRunOperation();
          }
          return launched(request, profile);
        });
  }

  /**
   * The same token with the same parameters gives the first launch again, with other parameters an
   * error; it is kept in its region only (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html">ensuring
   * idempotency</a>). A dry run neither uses nor reads it; AWS is silent on that.
   */
  private RunInstancesResponse repeated(Ec2Region.Launch launch, RunInstancesRequest request) {
    if (!launch.request().equalsBySdkFields(request)) {
      throw AwsErrors.ec2(
          "IdempotentParameterMismatch",
          400,
          "Arguments on this idempotent request are inconsistent with arguments used in previous"
              + " request(s).");
    }
    return response(
        launch.reservationId(),
        launch.instanceIds().stream().map(id -> region.instance(id).orElseThrow()).toList());
  }

  private RunInstancesResponse launched(
      RunInstancesRequest request, Optional<SimulatedProfile> profile) {
    String reservationId = aws.nextId("r-");
    Instant now = now();
    int count = countThatFits(request);
    List<SimulatedInstance> instances = new ArrayList<>(count);
    for (int index = 0; index < count; index++) {
      List<ProfileAssociation> associations =
          profile
              .map(
                  held ->
                      List.of(
                          new ProfileAssociation(
                              aws.nextId("iip-assoc-"),
                              held.arn(),
                              held.id(),
                              now.minus(ProfileAssociation.CHANGE),
                              Optional.empty())))
              .orElse(List.of());
      SimulatedInstance instance =
          new SimulatedInstance(
              instance(request, index, now),
              regionName,
              reservationId,
              SimulatedInstance.Asked.START,
              now,
              aws.boot(),
              aws.endsStarting(request, index),
              associations);
      region.put(instance);
      instances.add(instance);
      requestSpot(request, instance.id(), profile.map(SimulatedProfile::arn));
    }
    if (request.clientToken() != null) {
      region.remember(
          request.clientToken(),
          new Ec2Region.Launch(
              request, reservationId, instances.stream().map(SimulatedInstance::id).toList()));
    }
    return response(reservationId, instances);
  }

  /**
   * AmiLaunchIndex numbers the instances of one request from 0 (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html">Instance</a>).
   */
  private Instance instance(RunInstancesRequest request, int index, Instant now) {
    List<Tag> tags =
        request.tagSpecifications().stream()
            .filter(specification -> specification.resourceType() == ResourceType.INSTANCE)
            .flatMap(specification -> specification.tags().stream())
            .toList();
    return Instance.builder()
        .instanceId(aws.nextId("i-"))
        .imageId(request.imageId())
        .instanceType(request.instanceType())
        .amiLaunchIndex(index)
        .clientToken(request.clientToken())
        .launchTime(now)
        .privateIpAddress(aws.nextAddress())
        .publicIpAddress(aws.nextAddress())
        .subnetId(request.subnetId())
        .placement(placement -> placement.availabilityZone(zone(request)))
        .tags(tags)
        .metadataOptions(metadataOptions(request))
        .build();
  }

  /**
   * What a launch leaves open is the image's to say (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html">
   * order of precedence</a>): here each image asks for IMDSv2, as Amazon Linux 2023 does.
   */
  private static InstanceMetadataOptionsResponse metadataOptions(RunInstancesRequest request) {
    InstanceMetadataOptionsRequest asked =
        Optional.ofNullable(request.metadataOptions())
            .orElse(InstanceMetadataOptionsRequest.builder().build());
    return InstanceMetadataOptionsResponse.builder()
        .state("applied")
        .httpTokens(Optional.ofNullable(asked.httpTokensAsString()).orElse("required"))
        .httpEndpoint(Optional.ofNullable(asked.httpEndpointAsString()).orElse("enabled"))
        .httpPutResponseHopLimit(Optional.ofNullable(asked.httpPutResponseHopLimit()).orElse(2))
        .build();
  }

  /**
   * Below MinCount nothing launches; capacity is a zone's, quotas the account's in its region (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html">
   * troubleshoot instance launch issues</a>).
   */
  private int countThatFits(RunInstancesRequest request) {
    aws.launchRefusal().ifPresent(code -> refuse(code, zone(request)));
    long alive = region.instances().stream().filter(each -> each.isAlive(now())).count();
    long inQuota = Math.min(request.maxCount(), aws.instanceQuota() - alive);
    if (inQuota < request.minCount()) {
      refuse("InstanceLimitExceeded", zone(request));
    }
    long inZone = Math.min(aws.capacityIn(request.subnetId()), aws.capacityIn(zone(request)));
    if (inZone < request.minCount()) {
      refuse("InsufficientInstanceCapacity", zone(request));
    }
    return Math.toIntExact(Math.min(inQuota, inZone));
  }

  /**
   * A lack of capacity is EC2's fault, a quota the caller's (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html">EC2 error
   * codes</a>).
   */
  private static void refuse(String code, String zone) {
    boolean isServerError =
        code.equals("InsufficientInstanceCapacity") || code.equals("InsufficientCapacity");
    String message =
        switch (code) {
          case "InsufficientInstanceCapacity" ->
              "We currently do not have sufficient capacity in the Availability Zone you requested ("
                  + zone
                  + "). Our system will be working on provisioning additional capacity.";
          case "InstanceLimitExceeded" ->
              "You have requested more instances than your current instance limit allows for the"
                  + " specified instance type.";
          case "VcpuLimitExceeded" ->
              "You have requested more vCPU capacity than your current vCPU limit allows for the"
                  + " instance bucket that the specified instance type belongs to.";
          default -> "The launch was refused: " + code;
        };
    throw AwsErrors.ec2(code, isServerError ? 500 : 400, message);
  }

  /**
   * A termination is safe to repeat; one bad id fails all, and there are at most 1,000 (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html">
   * TerminateInstances</a>).
   */
  @Override
  public TerminateInstancesResponse terminateInstances(TerminateInstancesRequest request) {
    return call(
        "TerminateInstances",
        request,
        () -> {
          List<InstanceStateChange> changes = new ArrayList<>();
          for (SimulatedInstance instance : instances(request.instanceIds())) {
            changes.add(ask(instance, SimulatedInstance.Asked.TERMINATE));
          }
          return TerminateInstancesResponse.builder().terminatingInstances(changes).build();
        });
  }

  /**
   * A running instance stops; a stopping or stopped one stays as it is (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html">
   * StopInstances</a>).
   */
  @Override
  public StopInstancesResponse stopInstances(StopInstancesRequest request) {
    return call(
        "StopInstances",
        request,
        () -> {
          List<SimulatedInstance> instances = instances(request.instanceIds());
          instances.forEach(
              instance ->
                  require(
                      instance,
                      "from which it can be stopped",
                      InstanceStateName.RUNNING,
                      InstanceStateName.STOPPING,
                      InstanceStateName.STOPPED));
          List<InstanceStateChange> changes = new ArrayList<>();
          for (SimulatedInstance instance : instances) {
            changes.add(ask(instance, SimulatedInstance.Asked.STOP));
          }
          return StopInstancesResponse.builder().stoppingInstances(changes).build();
        });
  }

  /**
   * A stopped instance starts; a pending or running one stays as it is (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html">
   * StartInstances</a>).
   */
  @Override
  public StartInstancesResponse startInstances(StartInstancesRequest request) {
    return call(
        "StartInstances",
        request,
        () -> {
          List<SimulatedInstance> instances = instances(request.instanceIds());
          instances.forEach(
              instance ->
                  require(
                      instance,
                      "from which it can be started",
                      InstanceStateName.STOPPED,
                      InstanceStateName.PENDING,
                      InstanceStateName.RUNNING));
          List<InstanceStateChange> changes = new ArrayList<>();
          for (SimulatedInstance instance : instances) {
            changes.add(ask(instance, SimulatedInstance.Asked.START));
          }
          return StartInstancesResponse.builder().startingInstances(changes).build();
        });
  }

  // Reading

  /**
   * Instances come by launch, in pages that may be short or empty; ids and MaxResults exclude each
   * other (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html">
   * DescribeInstances</a>).
   */
  @Override
  public DescribeInstancesResponse describeInstances(DescribeInstancesRequest request) {
    return call(
        "DescribeInstances",
        request,
        () -> {
          Ec2Filters.check(request.filters(), INSTANCE_FILTERS);
          Instant now = now();
          List<SimulatedInstance> found =
              (request.instanceIds().isEmpty()
                      ? region.instancesSeen()
                      : seen(request.instanceIds(), request.maxResults()))
                  .stream()
                      .filter(instance -> instance.isShown(now))
                      .filter(
                          instance ->
                              Ec2Filters.match(
                                  request.filters(),
                                  instance,
                                  (each, name) -> property(each, name, now)))
                      .toList();
          Page<SimulatedInstance> page =
              page(found, SimulatedInstance::id, request.nextToken(), request.maxResults());
          return DescribeInstancesResponse.builder()
              .reservations(reservations(page.items(), now))
              .nextToken(page.next().orElse(null))
              .build();
        });
  }

  /**
   * Associations are shown from their making to their end; those of stopped instances are there too
   * (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html">
   * DescribeIamInstanceProfileAssociations</a>).
   */
  @Override
  public DescribeIamInstanceProfileAssociationsResponse describeIamInstanceProfileAssociations(
      DescribeIamInstanceProfileAssociationsRequest request) {
    return call(
        "DescribeIamInstanceProfileAssociations",
        request,
        () -> {
          Ec2Filters.check(request.filters(), ASSOCIATION_FILTERS);
          Instant now = now();
          List<IamInstanceProfileAssociation> found =
              region.instancesSeen().stream()
                  .filter(instance -> instance.isAlive(now))
                  .flatMap(
                      instance ->
                          instance.associations().stream()
                              .map(association -> association.shown(instance.id(), now)))
                  .filter(
                      association ->
                          association.state() != IamInstanceProfileAssociationState.DISASSOCIATED)
                  .filter(
                      association ->
                          request.associationIds().isEmpty()
                              || request.associationIds().contains(association.associationId()))
                  .filter(
                      association ->
                          Ec2Filters.match(request.filters(), association, SimulatedEc2::property))
                  .toList();
          Page<IamInstanceProfileAssociation> page =
              page(
                  found,
                  association -> association.instanceId() + "/" + association.associationId(),
                  request.nextToken(),
                  request.maxResults());
          return DescribeIamInstanceProfileAssociationsResponse.builder()
              .iamInstanceProfileAssociations(page.items())
              .nextToken(page.next().orElse(null))
              .build();
        });
  }

  /**
   * Regions that are not enabled are listed only on demand (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html">
   * DescribeRegions</a>).
   */
  @Override
  public DescribeRegionsResponse describeRegions(DescribeRegionsRequest request) {
    return call(
        "DescribeRegions",
        request,
        () -> {
          List<Region> regions = new ArrayList<>();
          aws.enabledRegions().forEach(name -> regions.add(shown(name, "opt-in-not-required")));
          if (Boolean.TRUE.equals(request.allRegions())) {
            aws.disabledRegions().forEach(name -> regions.add(shown(name, "not-opted-in")));
          }
          return DescribeRegionsResponse.builder().regions(regions).build();
        });
  }

  // Tags of what is not made here: snapshots, interfaces, templates, images

  /**
   * Tags are written on any resource by its id, over what was there (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html">CreateTags</a>).
   */
  @Override
  public CreateTagsResponse createTags(CreateTagsRequest request) {
    return call(
        "CreateTags",
        request,
        () -> {
          for (String id : request.resources()) {
            for (Tag tag : request.tags()) {
              region
                  .tags()
                  .put(
                      id + " " + tag.key(),
                      TagDescription.builder()
                          .resourceId(id)
                          .resourceType(taggable(id))
                          .key(tag.key())
                          .value(tag.value())
                          .build());
            }
          }
          return CreateTagsResponse.builder().build();
        });
  }

  /**
   * A tag is taken off by its key (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html">DeleteTags</a>).
   */
  @Override
  public DeleteTagsResponse deleteTags(DeleteTagsRequest request) {
    return call(
        "DeleteTags",
        request,
        () -> {
          for (String id : request.resources()) {
            request.tags().forEach(tag -> region.tags().remove(id + " " + tag.key()));
          }
          return DeleteTagsResponse.builder().build();
        });
  }

  /**
   * Tags are found by the id of their resource and their key, in pages (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html">DescribeTags</a>).
   */
  @Override
  public DescribeTagsResponse describeTags(DescribeTagsRequest request) {
    return call(
        "DescribeTags",
        request,
        () -> {
          Ec2Filters.check(
              request.filters(), Set.of("key", "resource-id", "resource-type", "value")::contains);
          Page<TagDescription> page =
              page(
                  region.tags().seenBy(View.EC2).stream()
                      .filter(
                          tag -> Ec2Filters.match(request.filters(), tag, SimulatedEc2::property))
                      .toList(),
                  tag -> tag.resourceId() + " " + tag.key(),
                  request.nextToken(),
                  request.maxResults());
          return DescribeTagsResponse.builder()
              .tags(page.items())
              .nextToken(page.next().orElse(null))
              .build();
        });
  }

  private static Optional<String> property(TagDescription tag, String filter) {
    return Optional.of(
        switch (filter) {
          case "key" -> tag.key();
          case "value" -> tag.value();
          case "resource-id" -> tag.resourceId();
          default -> tag.resourceTypeAsString();
        });
  }

  private static String taggable(String id) {
    return switch (id.substring(0, id.indexOf('-'))) {
      case "snap" -> "snapshot";
      case "eni" -> "network-interface";
      case "lt" -> "launch-template";
      case "cr" -> "capacity-reservation";
      case "h" -> "dedicated-host";
      case "pg" -> "placement-group";
      case "ami" -> "image";
      default -> throw new UnsupportedOperationException("a tag on " + id);
    };
  }

  // Associations

  /**
   * A running or stopped instance without a profile gets one (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html">
   * AssociateIamInstanceProfile</a>).
   */
  @Override
  public AssociateIamInstanceProfileResponse associateIamInstanceProfile(
      AssociateIamInstanceProfileRequest request) {
    return call(
        "AssociateIamInstanceProfile",
        request,
        () -> {
          SimulatedInstance instance = instance(request.instanceId());
          requireRest(instance);
          SimulatedProfile profile = visibleProfile(request.iamInstanceProfile());
          if (instance.profile().isPresent()) {
            throw AwsErrors.ec2(
                "IncorrectState",
                400,
                "There is an existing association for instance " + instance.id());
          }
          List<ProfileAssociation> associations = new ArrayList<>(instance.associations());
          ProfileAssociation added = association(profile);
          associations.add(added);
          region.put(instance.associated(associations));
          return AssociateIamInstanceProfileResponse.builder()
              .iamInstanceProfileAssociation(added.shown(instance.id(), now()))
              .build();
        });
  }

  /**
   * A running instance changes its profile and gets a new association, while the old one goes (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceIamInstanceProfileAssociation.html">
   * ReplaceIamInstanceProfileAssociation</a>). On a stopped one the association is not active.
   */
  @Override
  public ReplaceIamInstanceProfileAssociationResponse replaceIamInstanceProfileAssociation(
      ReplaceIamInstanceProfileAssociationRequest request) {
    return call(
        "ReplaceIamInstanceProfileAssociation",
        request,
        () -> {
          SimulatedInstance instance = holderOf(request.associationId());
          if (instance.state(now()) != InstanceStateName.RUNNING
              || !isActive(instance, request.associationId())) {
            throw notActive(request.associationId());
          }
          ProfileAssociation added = association(visibleProfile(request.iamInstanceProfile()));
          List<ProfileAssociation> associations = ended(instance, request.associationId());
          associations.add(added);
          region.put(instance.associated(associations));
          return ReplaceIamInstanceProfileAssociationResponse.builder()
              .iamInstanceProfileAssociation(added.shown(instance.id(), now()))
              .build();
        });
  }

  /**
   * An association is taken off a running or stopped instance (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateIamInstanceProfile.html">
   * DisassociateIamInstanceProfile</a>). How EC2 refuses it for any other is not documented; here
   * it is in the words of AssociateIamInstanceProfile.
   */
  @Override
  public DisassociateIamInstanceProfileResponse disassociateIamInstanceProfile(
      DisassociateIamInstanceProfileRequest request) {
    return call(
        "DisassociateIamInstanceProfile",
        request,
        () -> {
          SimulatedInstance instance = holderOf(request.associationId());
          requireRest(instance);
          if (!isActive(instance, request.associationId())) {
            throw notActive(request.associationId());
          }
          List<ProfileAssociation> associations = ended(instance, request.associationId());
          region.put(instance.associated(associations));
          IamInstanceProfileAssociation gone =
              associations.stream()
                  .filter(association -> association.id().equals(request.associationId()))
                  .map(association -> association.shown(instance.id(), now()))
                  .findFirst()
                  .orElseThrow();
          return DisassociateIamInstanceProfileResponse.builder()
              .iamInstanceProfileAssociation(gone)
              .build();
        });
  }

  /**
   * A profile, and then its role, is known to EC2 only some time after IAM made it; until then EC2
   * answers InvalidParameterValue, with words that tell a name, an ARN and a missing role apart (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html">IAM
   * roles for Amazon EC2</a>; the words are those of the replies). The caller needs iam:PassRole.
   */
  private SimulatedProfile visibleProfile(IamInstanceProfileSpecification wanted) {
    boolean byArn = wanted.arn() != null;
    if (byArn && wanted.name() != null) {
      throw AwsErrors.ec2(
          "InvalidParameterCombination",
          400,
          "The parameter 'iamInstanceProfile.name' may not be used in combination with"
              + " 'iamInstanceProfile.arn'");
    }
    if (!byArn && wanted.name() == null) {
      throw AwsErrors.ec2(
          "MissingParameter",
          400,
          "The request must contain the parameter iamInstanceProfile.name");
    }
    String name = byArn ? wanted.arn().substring(wanted.arn().lastIndexOf('/') + 1) : wanted.name();
    SimulatedProfile profile =
        entities
            .profileSeen(View.IAM_FROM_EC2, name)
            .filter(seen -> !byArn || seen.arn().equals(wanted.arn()))
            .orElseThrow(
                () ->
                    invalid(
                        byArn
                            ? "Value ("
                                + wanted.arn()
                                + ") for parameter iamInstanceProfile.arn is invalid. Invalid IAM"
                                + " Instance Profile ARN"
                            : "Value ("
                                + wanted.name()
                                + ") for parameter iamInstanceProfile.name is invalid. Invalid IAM"
                                + " Instance Profile name"));
    boolean hasRole =
        profile
            .role()
            .flatMap(
                held ->
                    entities
                        .roleSeen(View.IAM_FROM_EC2, held.roleName())
                        .filter(seen -> seen.id().equals(held.roleId())))
            .isPresent();
    if (!hasRole) {
      throw invalid("IAM Instance Profile \"" + profile.arn() + "\" has no associated IAM Roles");
    }
    if (observed && aws.denies("iam:PassRole")) {
      throw AwsErrors.unauthorizedOperation("iam:PassRole");
    }
    return profile;
  }

  /**
   * An image that is not known is not found (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html">EC2 error
   * codes</a>). What an SSM parameter names is there.
   */
  private void checkImage(String imageId) {
    if (imageId != null && imageId.startsWith("ami-") && !aws.knowsImage(imageId)) {
      throw AwsErrors.ec2(
          "InvalidAMIID.NotFound", 400, "The image id '[" + imageId + "]' does not exist");
    }
  }

  /**
   * A type is launched only in zones that offer it, and a dry run says so too: <a
   * href="https://github.com/awslabs/engineering-development-hub/issues/77">one that picked such a
   * zone</a> was refused. The code is in <a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html">EC2 error
   * codes</a>, the words in <a
   * href="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html">
   * EC2 Auto Scaling's guide</a>. Whether EC2 looks at the profile first is not documented. Where
   * the request leaves the zone to EC2, it picks one that offers the type.
   */
  private void checkOffered(RunInstancesRequest request) {
    askedZone(request)
        .filter(zone -> request.instanceTypeAsString() != null)
        .filter(zone -> !aws.offers(zone, request.instanceTypeAsString()))
        .ifPresent(
            zone -> {
              throw AwsErrors.ec2(
                  "Unsupported",
                  400,
                  "Your requested instance type (%s) is not supported in your requested Availability Zone (%s)."
                      .formatted(request.instanceTypeAsString(), zone));
            });
  }

  /**
   * A dry run that would have succeeded is answered with an error (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>).
   */
  private static Ec2Exception dryRunOperation() {
    return AwsErrors.ec2(
        "DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set.");
  }

  private String zone(RunInstancesRequest request) {
    return askedZone(request).orElse(regionName + "a");
  }

  private Optional<String> askedZone(RunInstancesRequest request) {
    return Optional.ofNullable(request.placement())
        .map(Placement::availabilityZone)
        .or(() -> Optional.ofNullable(request.subnetId()).flatMap(aws::zoneOfSubnet));
  }

  private ProfileAssociation association(SimulatedProfile profile) {
    return new ProfileAssociation(
        aws.nextId("iip-assoc-"), profile.arn(), profile.id(), now(), Optional.empty());
  }

  private List<ProfileAssociation> ended(SimulatedInstance instance, String associationId) {
    List<ProfileAssociation> associations = new ArrayList<>();
    for (ProfileAssociation each : instance.associations()) {
      associations.add(each.id().equals(associationId) ? each.endedAt(now()) : each);
    }
    return associations;
  }

  private static boolean isActive(SimulatedInstance instance, String associationId) {
    return instance.profile().filter(active -> active.id().equals(associationId)).isPresent();
  }

  private SimulatedInstance holderOf(String associationId) {
    if (associationId == null || !associationId.startsWith("iip-assoc-")) {
      throw invalid("Invalid value for associationId: " + associationId);
    }
    return region.instances().stream()
        .filter(instance -> instance.isAlive(now()))
        .filter(
            instance ->
                instance.associations().stream().anyMatch(each -> each.id().equals(associationId)))
        .findFirst()
        .orElseThrow(
            () ->
                AwsErrors.ec2(
                    "InvalidAssociationID.NotFound",
                    400,
                    "An invalid association-id of '" + associationId + "' was given"));
  }

  private static Ec2Exception notActive(String associationId) {
    return AwsErrors.ec2(
        "IncorrectState",
        400,
        "The association " + associationId + " is not the active association");
  }

  private SimulatedInstance instance(String id) {
    checkInstanceId(id);
    return region
        .instance(id)
        .filter(instance -> instance.isShown(now()))
        .orElseThrow(() -> noSuchInstance(id));
  }

  private List<SimulatedInstance> instances(List<String> ids) {
    if (ids.isEmpty() || ids.size() > 1_000) {
      throw AwsErrors.ec2(
          "InvalidParameterValue", 400, "A call names 1 to 1000 instances, not " + ids.size());
    }
    return ids.stream().distinct().map(this::instance).toList();
  }

  private List<SimulatedInstance> seen(List<String> ids, Integer maxResults) {
    if (maxResults != null) {
      throw AwsErrors.ec2(
          "InvalidParameterCombination",
          400,
          "The parameter instancesSet cannot be used with the parameter maxResults");
    }
    return ids.stream()
        .distinct()
        .sorted()
        .map(
            id -> {
              checkInstanceId(id);
              return region
                  .instanceSeen(id)
                  .filter(instance -> instance.isShown(now()))
                  .orElseThrow(() -> noSuchInstance(id));
            })
        .toList();
  }

  private static void checkInstanceId(String id) {
    if (id == null || !id.startsWith("i-")) {
      throw AwsErrors.ec2("InvalidInstanceID.Malformed", 400, "Invalid id: \"" + id + "\"");
    }
  }

  private static Ec2Exception noSuchInstance(String id) {
    return AwsErrors.ec2(
        "InvalidInstanceID.NotFound", 400, "The instance ID '" + id + "' does not exist");
  }

  private static Ec2Exception invalid(String message) {
    return AwsErrors.ec2("InvalidParameterValue", 400, message);
  }

  private void require(SimulatedInstance instance, String purpose, InstanceStateName... states) {
    if (!List.of(states).contains(instance.state(now()))) {
      throw AwsErrors.ec2(
          "IncorrectInstanceState",
          400,
          "The instance '" + instance.id() + "' is not in a state " + purpose + ".");
    }
  }

  /**
   * A profile is put on or taken off while the instance runs or is stopped (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html">
   * AssociateIamInstanceProfile</a>; the code and words are those of <a
   * href="https://github.com/Enterprise-CMCS/eAPD/issues/2304">a reply</a>).
   */
  private void requireRest(SimulatedInstance instance) {
    InstanceStateName state = instance.state(now());
    if (state != InstanceStateName.RUNNING && state != InstanceStateName.STOPPED) {
      throw AwsErrors.ec2(
          "IncorrectInstanceState",
          400,
          "The instance '" + instance.id() + "' is not in the 'running' or 'stopped' states.");
    }
  }

  private InstanceStateChange ask(SimulatedInstance before, SimulatedInstance.Asked what) {
    SimulatedInstance after = before;
    if (before.asked() != what && before.isAlive(now()) && !before.endsStarting(now())) {
      after = before.asked(what, now());
      region.put(after);
    }
    return InstanceStateChange.builder()
        .instanceId(before.id())
        .previousState(state(before))
        .currentState(state(after))
        .build();
  }

  private InstanceState state(SimulatedInstance instance) {
    InstanceStateName name = instance.state(now());
    return InstanceState.builder().name(name).code(SimulatedInstance.code(name)).build();
  }

  private Optional<String> property(SimulatedInstance instance, String name, Instant now) {
    if (name.startsWith("tag:")) {
      return Optional.ofNullable(instance.tags().get(name.substring("tag:".length())));
    }
    Optional<ProfileAssociation> profile =
        instance.shownProfile(now, aws.profileOutlivesInstance());
    return switch (name) {
      case "instance-id" -> Optional.of(instance.id());
      case "instance-state-name" -> Optional.of(instance.state(now).toString());
      case "client-token" -> instance.clientToken();
      case "iam-instance-profile.arn" -> profile.map(ProfileAssociation::profileArn);
      case "iam-instance-profile.id" -> profile.map(ProfileAssociation::profileId);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Optional<String> property(IamInstanceProfileAssociation association, String name) {
    return switch (name) {
      case "instance-id" -> Optional.of(association.instanceId());
      case "state" -> Optional.of(association.stateAsString());
      default -> throw new IllegalArgumentException(name);
    };
  }

  /**
   * A page holds 5 to 1,000 items, if a number is asked for (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html">
   * DescribeIamInstanceProfileAssociations</a>).
   */
  private <T> Page<T> page(
      List<T> all, Function<T, String> key, String nextToken, Integer maxResults) {
    return page(all, key, nextToken, maxResults, 5, MOST);
  }

  private List<Reservation> reservations(List<SimulatedInstance> instances, Instant now) {
    Map<String, List<Instance>> byLaunch = new LinkedHashMap<>();
    for (SimulatedInstance instance : instances) {
      byLaunch
          .computeIfAbsent(instance.reservationId(), unknown -> new ArrayList<>())
          .add(instance.shown(now, aws.profileOutlivesInstance()));
    }
    return byLaunch.entrySet().stream()
        .map(
            launch ->
                Reservation.builder()
                    .reservationId(launch.getKey())
                    .ownerId(aws.account())
                    .instances(launch.getValue())
                    .build())
        .toList();
  }

  private RunInstancesResponse response(String reservationId, List<SimulatedInstance> instances) {
    return RunInstancesResponse.builder()
        .reservationId(reservationId)
        .ownerId(aws.account())
        .instances(
            instances.stream()
                .map(instance -> instance.shown(now(), aws.profileOutlivesInstance()))
                .toList())
        .build();
  }

  private static Region shown(String name, String optInStatus) {
    return Region.builder()
        .regionName(name)
        .endpoint("ec2." + name + ".amazonaws.com")
        .optInStatus(optInStatus)
        .build();
  }
}
