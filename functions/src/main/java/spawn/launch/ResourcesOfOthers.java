package spawn.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.CapacityReservationSpecification;
import software.amazon.awssdk.services.ec2.model.CapacityReservationTarget;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.ec2.model.Placement;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.error.Problems;
import spawn.payload.JsonPath;
import spawn.payload.Quote;
import spawn.role.Tags;

/**
 * What a launch names that may be somebody else's: their data, their place in the network, or what
 * they have paid for. A launch only names it with its owner's word, or where the stack's owner has
 * opened its kind.
 *
 * <p>Keys, images, subnets and groups are not among that: the stack's owner limits them by
 * parameters of their own. {@code LaunchFieldsOfEc2Test} lists every member of the request.
 */
final class ResourcesOfOthers {
  private final LaunchLimits limits;
  private final RunInstancesRequest launch;
  private final String path;
  private final Problems problems;
  private final List<NamedResource> named = new ArrayList<>();

  /**
   * Looks for it in a launch.
   *
   * @param path where the payload has the launch
   * @param problems takes what no tag can open
   */
  ResourcesOfOthers(
      LaunchLimits limits, RunInstancesRequest launch, String path, Problems problems) {
    this.limits = limits;
    this.launch = launch;
    this.path = path;
    this.problems = problems;
  }

  /** Notes what is not open to launches, and returns what needs its owner's word. */
  List<NamedResource> check() {
    checkLaunchTemplate();
    checkVolumes();
    for (int i = 0; i < launch.networkInterfaces().size(); i++) {
      needsWord(
          "network-interface",
          launch.networkInterfaces().get(i).networkInterfaceId(),
          JsonPath.index(path + ".NetworkInterfaces", i) + ".NetworkInterfaceId");
    }
    checkReservation();
    checkPlacement();
    for (int i = 0; i < launch.licenseSpecifications().size(); i++) {
      needsOpening(
          "license-configuration",
          launch.licenseSpecifications().get(i).licenseConfigurationArn(),
          JsonPath.index(path + ".LicenseSpecifications", i) + ".LicenseConfigurationArn");
    }
    return List.copyOf(named);
  }

  private void checkVolumes() {
    for (int i = 0; i < launch.blockDeviceMappings().size(); i++) {
      EbsBlockDevice volume = launch.blockDeviceMappings().get(i).ebs();
      if (volume != null) {
        String at = JsonPath.index(path + ".BlockDeviceMappings", i) + ".Ebs.SnapshotId";
        needsWord("snapshot", volume.snapshotId(), at);
      }
    }
  }

  private void checkLaunchTemplate() {
    LaunchTemplateSpecification template = launch.launchTemplate();
    if (template == null || limits.opensLaunchTemplates()) {
      return;
    }
    String at = path + ".LaunchTemplate";
    if (template.launchTemplateName() != null) {
      needsId(at + ".LaunchTemplateName", "LaunchTemplateId", "launch template");
    }
    String id = template.launchTemplateId();
    if (id == null || limits.launchTemplates().contains(id)) {
      return;
    }
    if (limits.launchTemplateWords().isEmpty()) {
      problems.add(
          at + ".LaunchTemplateId",
          "%s is not what this stack allows (AllowedLaunchTemplates): %s."
              .formatted(Quote.of(id), limits.launchTemplates().shown()));
    } else {
      named.add(
          new NamedResource(
              "launch-template", id, limits.launchTemplateWords(), at + ".LaunchTemplateId"));
    }
  }

  private void checkReservation() {
    Optional<CapacityReservationTarget> target =
        Optional.ofNullable(launch.capacityReservationSpecification())
            .map(CapacityReservationSpecification::capacityReservationTarget);
    String at = path + ".CapacityReservationSpecification.CapacityReservationTarget.";
    target.ifPresent(
        reservation -> {
          needsWord(
              "capacity-reservation",
              reservation.capacityReservationId(),
              at + "CapacityReservationId");
          needsOpening(
              "resource-group",
              reservation.capacityReservationResourceGroupArn(),
              at + "CapacityReservationResourceGroupArn");
        });
  }

  private void checkPlacement() {
    Placement placement = launch.placement();
    if (placement == null) {
      return;
    }
    String at = path + ".Placement.";
    needsWord("dedicated-host", placement.hostId(), at + "HostId");
    needsOpening("resource-group", placement.hostResourceGroupArn(), at + "HostResourceGroupArn");
    needsWord("placement-group", placement.groupId(), at + "GroupId");
    if (placement.groupName() != null && !limits.opens("placement-group")) {
      needsId(at + "GroupName", "GroupId", "placement group");
    }
  }

  private void needsWord(String kind, String id, String at) {
    if (id != null && !limits.opens(kind)) {
      named.add(new NamedResource(kind, id, List.of(LaunchLimits.WORD), at));
    }
  }

  /** What has no tags that EC2 shows. */
  private void needsOpening(String kind, String arn, String at) {
    if (arn != null && !limits.opens(kind)) {
      problems.add(
          at,
          "Must be left out: it may be somebody else's. The stack's parameter OpenResources can open %ss to its launches."
              .formatted(kind.replace('-', ' ')));
    }
  }

  /** By its name, something else may be meant when the launch is made than when it is looked at. */
  private void needsId(String at, String idMember, String what) {
    problems.add(
        at,
        "Must be left out: give %s in its place. This stack looks at the tag %s of the %s, and another one may get the name."
            .formatted(idMember, Tags.LAUNCH, what));
  }
}
