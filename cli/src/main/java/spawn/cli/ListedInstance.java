package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.PlatformValues;
import software.amazon.awssdk.services.ec2.model.Tag;
import spawn.role.Tags;

/**
 * An instance, where it is, and its role.
 *
 * @param region the region's name
 */
record ListedInstance(String region, Instance instance, InstanceRole role) {
  /** The tag that the instances of a job array have in common, as {@code spawn launch} sets it. */
  static final String JOB_ARRAY = "job";

  /** By region, then by name, then by id. */
  static final Comparator<ListedInstance> ORDER =
      Comparator.comparing(ListedInstance::region)
          .thenComparing(one -> one.name().orElse("").toLowerCase(Locale.ROOT))
          .thenComparing(ListedInstance::id);

  /** Returns the headings of a table of instances. */
  static Table table() {
    return Table.of("NAME", "INSTANCE ID", "TYPE", "STATE", "IAM ROLE", "IP", "REGION");
  }

  /** Adds the instance to such a table. */
  void addTo(Table table) {
    table.row(name(), id(), instance.instanceTypeAsString(), state(), role.inWords(), ip(), region);
  }

  /** Returns the instance's id. */
  String id() {
    return instance.instanceId();
  }

  /** Returns the value of the tag {@code Name}. */
  Optional<String> name() {
    return tag("Name");
  }

  /** Returns the name of its job array. */
  Optional<String> jobArray() {
    return tag(JOB_ARRAY);
  }

  /** Returns the value of a tag. */
  Optional<String> tag(String key) {
    return instance.tags().stream()
        .filter(tag -> tag.key().equals(key))
        .map(Tag::value)
        .findFirst();
  }

  /** Returns the state's name, as EC2 writes it. */
  String state() {
    return instance.state().nameAsString();
  }

  /** Returns whether it has been launched by spawn. */
  boolean isSpawns() {
    return tag(Tags.MANAGED).filter("true"::equals).isPresent();
  }

  /** Returns whether it has ended, or is about to. */
  boolean hasEnded() {
    return state().equals("terminated") || state().equals("shutting-down");
  }

  /** Returns whether it runs Windows. */
  boolean isWindows() {
    return instance.platform() == PlatformValues.WINDOWS;
  }

  /** Returns its public address. */
  Optional<String> ip() {
    return Optional.ofNullable(instance.publicIpAddress());
  }

  /** Returns its name and its id, for sentences. */
  String inWords() {
    return name().map(given -> Table.printable(given) + " (" + id() + ")").orElseGet(this::id);
  }

  /** Returns it for scripts; what it does not have is null. */
  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("name", name().orElse(null));
    json.put("instanceId", id());
    json.put("type", instance.instanceTypeAsString());
    json.put("state", state());
    json.put("role", role.name().orElse(null));
    json.put("roleRemark", role.remark().orElse(null));
    json.put("instanceProfileArn", role.profileArn().orElse(null));
    json.put("ip", ip().orElse(null));
    json.put("privateIp", instance.privateIpAddress());
    json.put("region", region);
    json.put("launchTime", instance.launchTime() == null ? null : instance.launchTime().toString());
    json.put("jobArrayName", jobArray().orElse(null));
    json.put("execution", tag(Tags.EXECUTION).orElse(null));
    json.put("team", tag(Tags.TEAM).orElse(null));
    return json;
  }
}
