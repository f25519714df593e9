package spawn.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import spawn.error.Problems;
import spawn.payload.JsonPath;
import spawn.payload.ParameterList;
import spawn.payload.Quote;

/**
 * One launch, held against the limits of its stack.
 *
 * <p>What a limit is about must be said in the payload itself: EC2 fills in what is left open, from
 * a launch template or by a default of its own, and what a request says overwrites the template (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>).
 * {@code LaunchFieldsOfEc2Test} lists every member of the request.
 */
final class LimitedLaunch {
  /** How a payload names an image by a parameter; EC2 may not mind the letter case. */
  private static final String PARAMETER = "resolve:ssm:";

  private final LaunchLimits limits;
  private final RunInstancesRequest launch;
  private final String path;
  private final Problems problems;
  private final List<NamedResource> named = new ArrayList<>();

  /**
   * Holds a launch against limits.
   *
   * @param launch the completed launch
   * @param path where the payload has it
   * @param problems takes what the limits exclude
   */
  LimitedLaunch(LaunchLimits limits, RunInstancesRequest launch, String path, Problems problems) {
    this.limits = limits;
    this.launch = launch;
    this.path = path;
    this.problems = problems;
  }

  /**
   * Notes everything that the limits exclude.
   *
   * @param subnetIds the subnets to try in turn, as the payload's options name them
   * @param subnetsPath where the payload has these
   * @param runPath where the payload has the script that is the user data, if it has one
   * @return what the launch names that needs its owner's word
   */
  List<NamedResource> check(List<String> subnetIds, String subnetsPath, Optional<String> runPath) {
    checkType();
    checkCount();
    checkPlace(subnetIds, subnetsPath);
    checkGroups();
    checkInterfaces();
    checkImages();
    checkUserData(runPath);
    checkTags();
    named.addAll(new ResourcesOfOthers(limits, launch, path, problems).check());
    return List.copyOf(named);
  }

  private void checkType() {
    String type = launch.instanceTypeAsString();
    if (type == null) {
      if (!limits.instanceTypes().isEmpty() && isNotWrong("InstanceType")) {
        problems.add(
            path, missing("an InstanceType", "AllowedInstanceTypes", limits.instanceTypes()));
      }
    } else if (!limits.allowsType(type)) {
      exclude(path + ".InstanceType", type, "AllowedInstanceTypes", limits.instanceTypes());
    }
  }

  private void checkCount() {
    int most = limits.maxInstances().orElse(Integer.MAX_VALUE);
    if (launch.maxCount() > most) {
      boolean isByMinCount = launch.minCount() > most;
      problems.add(
          path + (isByMinCount ? ".MinCount" : ".MaxCount"),
          "Must be %d or less, not %d: this stack starts no more instances with one launch (MaxInstances)."
              .formatted(most, isByMinCount ? launch.minCount() : launch.maxCount()));
    }
  }

  private void checkPlace(List<String> subnetIds, String subnetsPath) {
    ParameterList allowed = limits.subnets();
    if (allowed.isEmpty()) {
      return;
    }
    checkAmong(allowed, launch.subnetId(), path + ".SubnetId", "AllowedSubnets");
    checkAmong(allowed, subnetIds, subnetsPath, "AllowedSubnets");
    if (launch.subnetId() == null
        && subnetIds.isEmpty()
        && launch.networkInterfaces().isEmpty()
        && isNotWrong("SubnetId")
        && isNotWrong("NetworkInterfaces")
        && !problems.concern(subnetsPath)) {
      problems.add(path, missing("a SubnetId", "AllowedSubnets", allowed));
    }
    for (int i = 0; i < launch.networkInterfaces().size(); i++) {
      InstanceNetworkInterfaceSpecification one = launch.networkInterfaces().get(i);
      if (one.networkInterfaceId() == null && one.subnetId() == null) {
        problems.add(interfacePath(i), missing("a SubnetId", "AllowedSubnets", allowed));
      }
      checkAmong(allowed, one.subnetId(), interfacePath(i) + ".SubnetId", "AllowedSubnets");
    }
  }

  private void checkGroups() {
    ParameterList allowed = limits.securityGroups();
    if (allowed.isEmpty()) {
      return;
    }
    if (!launch.securityGroups().isEmpty()) {
      problems.add(
          path + ".SecurityGroups",
          "Must be left out: this stack allows security groups by their ids (AllowedSecurityGroups). Name them in SecurityGroupIds.");
    }
    checkAmong(
        allowed, launch.securityGroupIds(), path + ".SecurityGroupIds", "AllowedSecurityGroups");
    if (launch.securityGroups().isEmpty()
        && launch.securityGroupIds().isEmpty()
        && launch.networkInterfaces().isEmpty()
        && isNotWrong("SecurityGroupIds")
        && isNotWrong("SecurityGroups")
        && isNotWrong("NetworkInterfaces")) {
      problems.add(path, missing("SecurityGroupIds", "AllowedSecurityGroups", allowed));
    }
    for (int i = 0; i < launch.networkInterfaces().size(); i++) {
      InstanceNetworkInterfaceSpecification one = launch.networkInterfaces().get(i);
      if (one.networkInterfaceId() == null && one.groups().isEmpty()) {
        problems.add(interfacePath(i), missing("Groups", "AllowedSecurityGroups", allowed));
      }
      checkAmong(allowed, one.groups(), interfacePath(i) + ".Groups", "AllowedSecurityGroups");
    }
  }

  /**
   * Interfaces that exist, and secondary ones, bring a subnet and groups that nothing here says.
   */
  private void checkInterfaces() {
    if (limits.subnets().isEmpty() && limits.securityGroups().isEmpty()) {
      return;
    }
    String limit = limits.subnets().isEmpty() ? "AllowedSecurityGroups" : "AllowedSubnets";
    for (int i = 0; i < launch.networkInterfaces().size(); i++) {
      if (launch.networkInterfaces().get(i).networkInterfaceId() != null) {
        problems.add(
            interfacePath(i) + ".NetworkInterfaceId",
            "Must be left out: an existing interface has a subnet and groups of its own, which this stack limits (%s). Give SubnetId and Groups."
                .formatted(limit));
      }
    }
    if (!launch.secondaryInterfaces().isEmpty()) {
      problems.add(
          path + ".SecondaryInterfaces",
          "Must be left out: this stack limits the network of its launches (%s).".formatted(limit));
    }
  }

  private String interfacePath(int index) {
    return JsonPath.index(path + ".NetworkInterfaces", index);
  }

  private void checkImages() {
    String image = launch.imageId();
    if (image != null && image.regionMatches(true, 0, PARAMETER, 0, PARAMETER.length())) {
      if (!limits.allowsImageParameter(image.substring(PARAMETER.length()))) {
        problems.add(
            path + ".ImageId",
            "Names a parameter that this stack does not let EC2 read. It reads AWS's own, under /aws/service/, and those that the stack's parameter ImageParameterArns lists.");
      }
      image = null; // IAM holds the image that is in it against the limit
    } else if (image == null && !limits.images().isEmpty() && isNotWrong("ImageId")) {
      problems.add(path, missing("an ImageId", "AllowedImages", limits.images()));
    }
    checkImage(image, "ImageId");
    checkImage(launch.kernelId(), "KernelId");
    checkImage(launch.ramdiskId(), "RamdiskId");
  }

  private void checkImage(String id, String member) {
    if (id == null || limits.images().isEmpty() || limits.images().contains(id)) {
      return;
    }
    String at = path + "." + member;
    if (limits.imageWords().isEmpty()) {
      exclude(at, id, "AllowedImages", limits.images());
    } else {
      named.add(new NamedResource("image", id, limits.imageWords(), at));
    }
  }

  private void checkUserData(Optional<String> runPath) {
    if (!limits.userData() && launch.userData() != null) {
      problems.add(
          runPath.orElse(path + ".UserData"),
          "Must be left out: launches of this stack bring no user data and run no script (AllowUserData).");
    }
  }

  private void checkTags() {
    Set<String> given =
        launch.tagSpecifications().stream()
            .filter(tags -> tags.resourceType() == ResourceType.INSTANCE)
            .flatMap(tags -> tags.tags().stream())
            .filter(tag -> tag.key() != null && tag.value() != null && !tag.value().isBlank())
            .map(Tag::key)
            .collect(Collectors.toSet());
    List<String> missing =
        limits.requiredTags().entries().stream().filter(key -> !given.contains(key)).toList();
    if (!missing.isEmpty() && isNotWrong("TagSpecifications")) {
      problems.add(
          path + ".TagSpecifications",
          "Must give the instances the %s %s, with a value: this stack requires it (RequiredTags)."
              .formatted(
                  missing.size() == 1 ? "tag" : "tags",
                  missing.stream().map(Quote::of).collect(Collectors.joining(", "))));
    }
  }

  private void checkAmong(ParameterList allowed, List<String> ids, String at, String limit) {
    for (int i = 0; i < ids.size(); i++) {
      checkAmong(allowed, ids.get(i), JsonPath.index(at, i), limit);
    }
  }

  private void checkAmong(ParameterList allowed, String id, String at, String limit) {
    if (id != null && !allowed.contains(id)) {
      exclude(at, id, limit, allowed);
    }
  }

  private void exclude(String at, String value, String limit, ParameterList allowed) {
    problems.add(
        at,
        "%s is not what this stack allows (%s): %s."
            .formatted(Quote.of(value), limit, allowed.shown()));
  }

  private static String missing(String what, String limit, ParameterList allowed) {
    return "Must have %s that this stack allows (%s), since EC2 would choose otherwise: %s."
        .formatted(what, limit, allowed.shown());
  }

  /** Returns whether a member was read as it was given: of one that was not, enough is said. */
  private boolean isNotWrong(String member) {
    return !problems.concern(path + "." + member);
  }
}
