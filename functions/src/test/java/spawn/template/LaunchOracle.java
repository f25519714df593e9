package spawn.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Says by which rules of {@code docs/teams.md} a launch is excluded, straight from the JSON of the
 * payload and without the code under test.
 */
final class LaunchOracle {
  /** Rules that IAM holds too, for whatever a launch says or leaves open. */
  static final Set<String> HELD_BY_IAM =
      Set.of(
          "type",
          "subnet",
          "group",
          "existingInterface",
          "image",
          "template",
          "noTagAtAll",
          "reservation",
          "placementGroup",
          "opening");

  private final Map<String, String> limits;
  private final Map<String, String> words;
  private final JsonNode payload;
  private final JsonNode launch;
  private final Set<String> excluded = new TreeSet<>();

  /**
   * Creates the oracle of one payload.
   *
   * @param words the values of the tag {@code spawn:launch} by the ids that have it
   */
  LaunchOracle(Map<String, String> limits, Map<String, String> words, JsonNode payload) {
    this.limits = limits;
    this.words = words;
    this.payload = payload;
    this.launch = payload.path("instance");
  }

  Set<String> excluded() {
    type();
    network();
    images();
    template();
    rest();
    borrowed();
    return excluded;
  }

  private List<String> list(String parameter) {
    return Arrays.stream(limits.getOrDefault(parameter, "").split(","))
        .filter(one -> !one.isEmpty())
        .toList();
  }

  private boolean isOpen(String kind) {
    return list("OpenResources").contains(kind);
  }

  private void excludeIf(boolean wrong, String rule) {
    if (wrong) {
      excluded.add(rule);
    }
  }

  private void type() {
    List<String> allowed = list("AllowedInstanceTypes");
    String type = launch.path("InstanceType").asText("m1.small");
    excludeIf(
        !allowed.isEmpty()
            && allowed.stream()
                .noneMatch(
                    one -> Pattern.matches("\\Q" + one.replace("*", "\\E.*\\Q") + "\\E", type)),
        "type");
  }

  private void network() {
    List<String> subnets = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    launch.path("SecurityGroupIds").forEach(one -> groups.add(one.asText()));
    launch.path("SecurityGroups").forEach(one -> groups.add("by its name"));
    Stream.of(launch.path("SubnetId"))
        .filter(JsonNode::isTextual)
        .forEach(one -> subnets.add(one.asText()));
    List<String> inTurn = new ArrayList<>();
    payload.at("/options/subnetIds").forEach(one -> inTurn.add(one.asText()));
    boolean existing = false;
    for (JsonNode one : launch.path("NetworkInterfaces")) {
      if (one.has("NetworkInterfaceId")) {
        existing = true;
      } else {
        subnets.add(one.path("SubnetId").asText("EC2's choice"));
        if (one.path("Groups").isEmpty()) {
          groups.add("EC2's choice");
        }
        one.path("Groups").forEach(group -> groups.add(group.asText()));
      }
    }
    boolean hasInterfaces = !launch.path("NetworkInterfaces").isEmpty();
    if (subnets.isEmpty() && inTurn.isEmpty() && !hasInterfaces) {
      subnets.add("EC2's choice");
    }
    if (groups.isEmpty() && !hasInterfaces) {
      groups.add("EC2's choice");
    }
    List<String> allowed = list("AllowedSubnets");
    List<String> allowedGroups = list("AllowedSecurityGroups");
    if (!inTurn.isEmpty()) {
      subnets.add(inTurn.get(0));
      excludeIf(!allowed.isEmpty() && !allowed.containsAll(inTurn), "laterSubnet");
    }
    excludeIf(!allowed.isEmpty() && !allowed.containsAll(subnets), "subnet");
    excludeIf(!allowedGroups.isEmpty() && !allowedGroups.containsAll(groups), "group");
    boolean limited = !allowed.isEmpty() || !allowedGroups.isEmpty();
    excludeIf(
        limited && (existing || !launch.path("SecondaryInterfaces").isEmpty()),
        "existingInterface");
  }

  private void images() {
    List<String> allowed = list("AllowedImages");
    String image = launch.path("ImageId").asText("EC2's choice");
    if (image.startsWith("resolve:ssm:")) {
      String name = image.substring("resolve:ssm:".length());
      boolean mine = !list("ImageParameterArns").isEmpty() && name.startsWith("/images/");
      excludeIf(!name.startsWith("/aws/service/") && !mine, "parameter");
    } else {
      excludeIf(!allowed.isEmpty() && !isListed(image, allowed), "image");
    }
    excludeIf(
        !allowed.isEmpty()
            && launch.has("KernelId")
            && !isListed(launch.path("KernelId").asText(), allowed),
        "image");
  }

  private boolean isListed(String id, List<String> allowed) {
    return allowed.contains(id) || allowed.contains(words.getOrDefault(id, "no word"));
  }

  private void template() {
    JsonNode template = launch.path("LaunchTemplate");
    List<String> allowed = list("AllowedLaunchTemplates");
    boolean allowsUserData = !"no".equals(limits.get("AllowUserData"));
    if (template.isMissingNode()
        || (allowed.isEmpty() && allowsUserData && isOpen("launch-template"))) {
      return;
    }
    excludeIf(template.has("LaunchTemplateName"), "name");
    if (template.has("LaunchTemplateId")) {
      excludeIf(
          !isListed(
              template.path("LaunchTemplateId").asText(),
              allowed.isEmpty() ? List.of("true") : allowed),
          "template");
    }
  }

  private void rest() {
    int max = launch.path("MaxCount").asInt(launch.path("MinCount").asInt(1));
    excludeIf(
        !limits.getOrDefault("MaxInstances", "").isEmpty()
            && max > Integer.parseInt(limits.get("MaxInstances")),
        "count");
    excludeIf(
        "no".equals(limits.get("AllowUserData")) && (launch.has("UserData") || payload.has("run")),
        "userData");
    List<String> given = new ArrayList<>();
    launch
        .path("TagSpecifications")
        .forEach(
            one -> {
              if (one.path("ResourceType").asText().equals("instance")) {
                one.path("Tags").forEach(tag -> given.add(tag.path("Key").asText()));
              }
            });
    List<String> required = list("RequiredTags");
    excludeIf(!given.containsAll(required), "tag");
    excludeIf(!required.isEmpty() && required.stream().noneMatch(given::contains), "noTagAtAll");
  }

  private void borrowed() {
    for (JsonNode one : launch.path("BlockDeviceMappings")) {
      needsWord("snapshot", one.at("/Ebs/SnapshotId"), "snapshot");
    }
    for (JsonNode one : launch.path("NetworkInterfaces")) {
      needsWord("network-interface", one.path("NetworkInterfaceId"), "interface");
    }
    JsonNode reservation = launch.at("/CapacityReservationSpecification/CapacityReservationTarget");
    needsWord("capacity-reservation", reservation.path("CapacityReservationId"), "reservation");
    JsonNode placement = launch.path("Placement");
    needsWord("dedicated-host", placement.path("HostId"), "host");
    needsWord("placement-group", placement.path("GroupId"), "placementGroup");
    excludeIf(placement.has("GroupName") && !isOpen("placement-group"), "name");
    excludeIf(
        !isOpen("resource-group")
            && (placement.has("HostResourceGroupArn")
                || reservation.has("CapacityReservationResourceGroupArn")),
        "opening");
    excludeIf(!isOpen("license-configuration") && launch.has("LicenseSpecifications"), "opening");
  }

  private void needsWord(String kind, JsonNode id, String rule) {
    excludeIf(id.isTextual() && !isOpen(kind) && !"true".equals(words.get(id.asText())), rule);
  }
}
