package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.IamException;
import spawn.role.Tags;

/**
 * How an instance stands.
 *
 * @param instance the instance, with its role
 * @param checks what EC2's checks of instance and system say; nothing while it does not run
 * @param roleTags the tags of its role; empty if there is none, or they may not be read
 */
record InstanceStatus(
    ListedInstance instance, Optional<String> checks, Map<String, String> roleTags) {
  /** Copies what it is given. */
  InstanceStatus {
    roleTags = new TreeMap<>(roleTags);
  }

  /** Looks at an instance. */
  static InstanceStatus of(ListedInstance instance, Ec2Client ec2, IamClient iam) {
    return new InstanceStatus(
        instance,
        checks(instance, ec2),
        instance.role().name().map(role -> tags(role, iam)).orElse(Map.of()));
  }

  private static Optional<String> checks(ListedInstance instance, Ec2Client ec2) {
    try {
      return ec2
          .describeInstanceStatus(list -> list.instanceIds(instance.id()))
          .instanceStatuses()
          .stream()
          .findFirst()
          .map(
              status ->
                  "instance %s, system %s"
                      .formatted(
                          status.instanceStatus().statusAsString(),
                          status.systemStatus().statusAsString()));
    } catch (Ec2Exception mayNotBeRead) {
      return Optional.empty();
    }
  }

  private static Map<String, String> tags(String role, IamClient iam) {
    Map<String, String> tags = new TreeMap<>();
    try {
      iam.getRole(get -> get.roleName(role))
          .role()
          .tags()
          .forEach(tag -> tags.put(tag.key(), tag.value()));
    } catch (IamException mayNotBeRead) {
      return Map.of();
    }
    return tags;
  }

  /** Prints it for people. */
  void print(PrintStream out) {
    Table.of("INSTANCE", instance.id())
        .row("name", instance.name())
        .row("type", instance.instance().instanceTypeAsString())
        .row("state", instance.state())
        .row("checks", checks)
        .row("IAM role", instance.role().inWords())
        .row("instance profile", instance.role().profileArn())
        .row("role expires", tag(Tags.EXPIRES))
        .row("role revoked", tag(Tags.REVOKED))
        .row("IP", instance.ip())
        .row("private IP", instance.instance().privateIpAddress())
        .row("region", instance.region())
        .row("launched", instance.instance().launchTime())
        .row("execution", instance.tag(Tags.EXECUTION))
        .row("job array", instance.jobArray())
        .row("team", instance.tag(Tags.TEAM))
        .print(out);
  }

  /** Returns it for scripts. */
  ObjectNode json() {
    ObjectNode json = instance.json();
    json.put("checks", checks.orElse(null));
    json.put("roleExpires", tag(Tags.EXPIRES).orElse(null));
    json.put("roleRevoked", tag(Tags.REVOKED).orElse(null));
    return json;
  }

  private Optional<String> tag(String key) {
    return Optional.ofNullable(roleTags.get(key));
  }
}
