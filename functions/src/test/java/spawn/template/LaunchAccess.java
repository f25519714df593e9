package spawn.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.CapacityReservationSpecification;
import software.amazon.awssdk.services.ec2.model.CapacityReservationTarget;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.LicenseConfigurationRequest;
import software.amazon.awssdk.services.ec2.model.Placement;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/**
 * What EC2 asks IAM about a launch: the action on every resource that it names, makes or gets by
 * default, each with the condition keys that it has there (<a
 * href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html">RunInstances</a>).
 * It is asked for the snapshots that it names, and here also for that of its image: AWS's <a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html">example
 * policies</a> launch from images without snapshots, but policies in the field allow them (<a
 * href="https://karpenter.sh/docs/reference/cloudformation/">Karpenter</a>), so that no launch may
 * depend on it.
 */
public final class LaunchAccess {
  /** The owner of a shared subnet. */
  private static final String SOMEBODY = "999999999999";

  private final String region;
  private final Function<String, Optional<String>> words;
  private final List<Access> needed = new ArrayList<>();

  private LaunchAccess(String region, Function<String, Optional<String>> words) {
    this.region = region;
    this.words = words;
  }

  /**
   * Returns what is asked.
   *
   * @param words the value of the tag {@code spawn:launch} of what has an id
   */
  public static List<Access> of(
      RunInstancesRequest launch, String region, Function<String, Optional<String>> words) {
    LaunchAccess access = new LaunchAccess(region, words);
    access.madeThings(launch);
    access.images(launch);
    access.network(launch);
    access.namedThings(launch);
    access.tags(launch);
    return access.needed;
  }

  private void madeThings(RunInstancesRequest launch) {
    Map<String, String> keys = new TreeMap<>();
    Map<String, String> tags = new TreeMap<>();
    launch.tagSpecifications().stream()
        .filter(one -> "instance".equals(one.resourceTypeAsString()))
        .flatMap(one -> one.tags().stream())
        .forEach(tag -> tags.put(tag.key(), tag.value()));
    if (!tags.isEmpty()) {
      keys.put("aws:TagKeys", String.join(",", tags.keySet()));
    }
    keys.put(
        "ec2:InstanceType",
        Optional.ofNullable(launch.instanceTypeAsString()).orElse("m1.small")); // EC2's default
    ask(Template.ACCOUNT, "instance/*", keys);
    ask(Template.ACCOUNT, "volume/*", Map.of());
  }

  private void images(RunInstancesRequest launch) {
    Stream.of(
            Optional.ofNullable(launch.imageId())
                .filter(id -> !id.startsWith("resolve:"))
                .orElse("ami-0000000000000001"),
            launch.kernelId(),
            launch.ramdiskId())
        .filter(Objects::nonNull)
        .forEach(id -> ask("", "image/" + id, Map.of("ec2:ImageID", id)));
    ask("", "snapshot/snap-0000000000000001", Map.of());
  }

  private void network(RunInstancesRequest launch) {
    List<String> subnets = new ArrayList<>();
    List<String> groups = new ArrayList<>(launch.securityGroupIds());
    launch.securityGroups().forEach(name -> groups.add("sg-000000000000000a"));
    Optional.ofNullable(launch.subnetId()).ifPresent(subnets::add);
    for (InstanceNetworkInterfaceSpecification one : launch.networkInterfaces()) {
      String existing = one.networkInterfaceId();
      ask(Template.ACCOUNT, "network-interface/" + (existing == null ? "*" : existing), Map.of());
      if (existing == null) {
        subnets.add(Optional.ofNullable(one.subnetId()).orElse("subnet-000000000000000d"));
        groups.addAll(one.groups().isEmpty() ? List.of("sg-000000000000000d") : one.groups());
      }
    }
    if (launch.networkInterfaces().isEmpty()) {
      ask(Template.ACCOUNT, "network-interface/*", Map.of());
      if (subnets.isEmpty()) {
        subnets.add("subnet-000000000000000d"); // the default subnet, and the default group
      }
      if (groups.isEmpty()) {
        groups.add("sg-000000000000000d");
      }
    }
    subnets.forEach(id -> ask(SOMEBODY, "subnet/" + id, Map.of("ec2:SubnetID", id)));
    groups.forEach(
        id -> ask(Template.ACCOUNT, "security-group/" + id, Map.of("ec2:SecurityGroupID", id)));
    launch
        .secondaryInterfaces()
        .forEach(
            one -> ask(Template.ACCOUNT, "secondary-subnet/" + one.secondarySubnetId(), Map.of()));
  }

  private void namedThings(RunInstancesRequest launch) {
    launch.blockDeviceMappings().stream()
        .filter(one -> one.ebs() != null && one.ebs().snapshotId() != null)
        .forEach(one -> ask("", "snapshot/" + one.ebs().snapshotId(), Map.of()));
    Optional.ofNullable(launch.launchTemplate())
        .ifPresent(
            template -> {
              String id =
                  Optional.ofNullable(template.launchTemplateId()).orElse("lt-000000000000000a");
              ask(
                  Template.ACCOUNT,
                  "launch-template/" + id,
                  Map.of("ec2:LaunchTemplate", arn(Template.ACCOUNT, "launch-template/" + id)));
            });
    Optional<CapacityReservationTarget> reservation =
        Optional.ofNullable(launch.capacityReservationSpecification())
            .map(CapacityReservationSpecification::capacityReservationTarget);
    reservation
        .map(CapacityReservationTarget::capacityReservationId)
        .ifPresent(id -> ask(Template.ACCOUNT, "capacity-reservation/" + id, Map.of()));
    Optional<Placement> placement = Optional.ofNullable(launch.placement());
    placement
        .map(one -> one.groupId() == null ? one.groupName() : one.groupId())
        .ifPresent(id -> ask(Template.ACCOUNT, "placement-group/" + id, Map.of()));
    Stream.of(
            launch.licenseSpecifications().stream()
                .map(LicenseConfigurationRequest::licenseConfigurationArn),
            placement.map(Placement::hostResourceGroupArn).stream(),
            reservation
                .map(CapacityReservationTarget::capacityReservationResourceGroupArn)
                .stream())
        .flatMap(arns -> arns)
        .filter(Objects::nonNull)
        .forEach(arn -> needed.add(new Access("ec2:RunInstances", arn, Map.of())));
  }

  private void tags(RunInstancesRequest launch) {
    for (TagSpecification tags : launch.tagSpecifications()) {
      Map<String, String> keys =
          new TreeMap<>(
              tags.tags().stream()
                  .collect(
                      Collectors.toMap(
                          tag -> "aws:RequestTag/" + tag.key(),
                          tag -> Optional.ofNullable(tag.value()).orElse(""),
                          (first, second) -> second)));
      keys.put("ec2:CreateAction", "RunInstances");
      needed.add(
          new Access(
              "ec2:CreateTags", arn(Template.ACCOUNT, tags.resourceTypeAsString() + "/*"), keys));
    }
  }

  private void ask(String account, String resource, Map<String, String> keys) {
    Map<String, String> context = new TreeMap<>(keys);
    if (!resource.endsWith("*") && !resource.startsWith("network-interface/")) {
      words
          .apply(resource.substring(resource.indexOf('/') + 1))
          .ifPresent(word -> context.put("aws:ResourceTag/spawn:launch", word));
    }
    needed.add(new Access("ec2:RunInstances", arn(account, resource), context));
  }

  private String arn(String account, String resource) {
    return "arn:aws:ec2:%s:%s:%s".formatted(region, account, resource);
  }
}
