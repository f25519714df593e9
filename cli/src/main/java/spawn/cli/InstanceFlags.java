package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkField;
import spawn.cli.PayloadFlag.Form;
import spawn.payload.Quote;

/**
 * The flags for the instances to launch: EC2's RunInstances request by the names that {@code aws
 * ec2 run-instances} has for its members, and what people say in fewer words.
 */
final class InstanceFlags {
  private static final String INSTANCE = "instance";

  /** The other names of members' flags, which stand first; the AWS CLI's name is added. */
  private static final Map<String, String> SHORT_NAMES =
      Map.of(
          "ImageId", "--ami",
          "KeyName", "--key-pair",
          "SubnetId", "--subnet",
          "SecurityGroupIds", "--security-groups");

  /** What help lists, in its order, and how; all others are flags too. */
  private static final List<Map.Entry<String, String>> SHOWN =
      List.of(
          Map.entry(
              "InstanceType",
              "the instance type; without a payload file and a launch template, m7i.large"),
          Map.entry(
              "ImageId",
              "the image: an id, or resolve:ssm:PARAMETER; without a payload file and a launch template, the newest Amazon Linux 2023 for the instance type's processor"),
          Map.entry("KeyName", "the key pair to log in with"),
          Map.entry("SubnetId", "the subnet; --subnet-ids are several to try in turn"),
          Map.entry("SecurityGroupIds", "security groups, by id (sg-...) or name"),
          Map.entry("LaunchTemplate", "a launch template: LaunchTemplateName=NAME,Version=VERSION"),
          Map.entry("InstanceMarketOptions", "MarketType=spot for Spot instances"),
          Map.entry("BlockDeviceMappings", "volumes, as EC2 has them"));

  /**
   * Said by flags of their own: counts, tags and user data; and a name that the role's field has.
   */
  private static final Set<String> SAID_OTHERWISE =
      Set.of("MinCount", "MaxCount", "UserData", "SecurityGroups", "IamInstanceProfile");

  private static final Pattern COUNT = Pattern.compile("(\\d{1,9})(?::(\\d{1,9}))?");

  private InstanceFlags() {}

  /** Returns the flags. */
  static List<PayloadFlag> all() {
    return Stream.of(
            SHOWN.stream().map(InstanceFlags::shown),
            Stream.of(count(), name(), jobArray(), tags(), userData()),
            hidden(),
            Stream.of(anyMember()))
        .flatMap(flags -> flags)
        .toList();
  }

  private static PayloadFlag shown(Map.Entry<String, String> member) {
    SdkField<?> field = InstanceMembers.at(List.of(member.getKey())).orElseThrow();
    return member(field, form(field), member.getValue());
  }

  private static Stream<PayloadFlag> hidden() {
    return InstanceMembers.all().stream()
        .filter(field -> !SAID_OTHERWISE.contains(field.memberName()))
        .filter(
            field -> SHOWN.stream().noneMatch(shown -> shown.getKey().equals(field.memberName())))
        .map(field -> member(field, form(field).hidden(), "EC2's " + field.memberName()));
  }

  private static PayloadFlag anyMember() {
    return new PayloadFlag(
        List.of("--instance"),
        Form.several("KEY=VALUE"),
        "any member of EC2's RunInstances request, as MetadataOptions.HttpPutResponseHopLimit=2 or BlockDeviceMappings=JSON",
        (payload, typed, files) -> typed.forEach(each -> setMember(payload, each, files)));
  }

  private static PayloadFlag userData() {
    return new PayloadFlag(
        List.of("--user-data"),
        Form.one("TEXT|@FILE"),
        "what the instances read when they first start: a script with its first line, cloud-config, base64; commands without a first line become --run. A file as @FILE or file://FILE",
        UserDataFlag::put);
  }

  private static PayloadFlag member(SdkField<?> field, Form form, String meaning) {
    String member = field.memberName();
    String ofAws = "--" + PayloadFlag.hyphenated(member);
    List<String> names =
        SHORT_NAMES.containsKey(member) ? List.of(SHORT_NAMES.get(member), ofAws) : List.of(ofAws);
    return new PayloadFlag(
        names,
        form,
        meaning,
        member.equals("SecurityGroupIds")
            ? InstanceFlags::securityGroups
            : (payload, typed, files) ->
                payload.set(
                    List.of(INSTANCE, member),
                    InstanceMembers.value(field, names.get(0), typed, files),
                    names.get(0)));
  }

  private static Form form(SdkField<?> field) {
    if (InstanceMembers.isSwitch(field)) {
      return Form.aSwitch();
    }
    if (InstanceMembers.isList(field)) {
      return Form.several(
          InstanceMembers.isStructure(InstanceMembers.entryOf(field)) ? "FILE|JSON" : "VALUE,...");
    }
    return Form.one(InstanceMembers.isStructure(field) ? "KEY=VALUE,...|JSON" : "VALUE");
  }

  private static void securityGroups(Payload payload, List<String> typed, TypedFiles files) {
    ArrayNode ids = JsonNodeFactory.instance.arrayNode();
    ArrayNode names = JsonNodeFactory.instance.arrayNode();
    typed.stream()
        .flatMap(FlagValues::commas)
        .map(String::strip)
        .forEach(group -> (group.startsWith("sg-") ? ids : names).add(group));
    Map.of("SecurityGroupIds", ids, "SecurityGroups", names)
        .forEach(
            (member, groups) -> {
              payload.remove(List.of(INSTANCE, member));
              if (!groups.isEmpty()) {
                payload.set(List.of(INSTANCE, member), groups, "--security-groups");
              }
            });
  }

  private static PayloadFlag count() {
    return new PayloadFlag(
        List.of("--count"),
        Form.one("N|MIN:MAX"),
        "how many instances, or at least and at most; 1 if left out",
        (payload, typed, files) -> {
          Matcher count = COUNT.matcher(typed.get(0).strip());
          if (!count.matches()) {
            throw CommandFailure.wrongCall(
                "--count: %s is not a number: write for example 8, or 4:8 for at least and at most."
                    .formatted(Quote.of(typed.get(0))));
          }
          int min = Integer.parseInt(count.group(1));
          int max = count.group(2) == null ? min : Integer.parseInt(count.group(2));
          payload.set(List.of(INSTANCE, "MinCount"), IntNode.valueOf(min), "--count");
          payload.set(List.of(INSTANCE, "MaxCount"), IntNode.valueOf(max), "--count");
        });
  }

  private static PayloadFlag tags() {
    return new PayloadFlag(
        List.of("--tags"),
        Form.several("KEY=VALUE,..."),
        "tags of the instances",
        (payload, typed, files) ->
            FlagValues.pairs("--tags", typed)
                .properties()
                .forEach(
                    tag ->
                        InstanceTags.put(
                            payload, tag.getKey(), tag.getValue().asText(), "--tags")));
  }

  private static PayloadFlag name() {
    return new PayloadFlag(
        List.of("--name"),
        Form.one("NAME"),
        "the instances' tag Name",
        (payload, typed, files) -> InstanceTags.put(payload, "Name", typed.get(0), "--name"));
  }

  private static PayloadFlag jobArray() {
    return new PayloadFlag(
        List.of("--job-array-name"),
        Form.one("NAME"),
        "the name of what --count instances work on together: their tag job, and their Name without --name. Each finds its place, from 0 on, as ami-launch-index in its metadata",
        (payload, typed, files) -> {
          InstanceTags.put(payload, "job", typed.get(0), "--job-array-name");
          InstanceTags.putIfAbsent(payload, "Name", typed.get(0), "--job-array-name");
        });
  }

  private static void setMember(Payload payload, String typed, TypedFiles files) {
    int equals = typed.indexOf('=');
    if (equals < 1) {
      throw CommandFailure.wrongCall(
          "--instance: %s is not KEY=VALUE. Write for example --instance EbsOptimized=true, or give EC2's whole request in a payload file."
              .formatted(Quote.of(typed)));
    }
    List<String> path = List.of(typed.substring(0, equals).strip().split("\\.", -1));
    String value = typed.substring(equals + 1);
    String flag = "--instance " + String.join(".", path);
    List<String> place = Stream.concat(Stream.of(INSTANCE), path.stream()).toList();
    JsonNode json =
        InstanceMembers.at(path)
            .map(field -> InstanceMembers.value(field, flag, List.of(value), files))
            .orElseGet(() -> TextNode.valueOf(value));
    payload.set(place, json, flag);
  }

  /** The tags of the instances in EC2's request. */
  private static final class InstanceTags {
    private static final List<String> PLACE = List.of(INSTANCE, "TagSpecifications");

    private InstanceTags() {}

    static void put(Payload payload, String key, String value, String flag) {
      ArrayNode tags = tags(payload, flag);
      for (JsonNode tag : tags) {
        if (tag.path("Key").asText().equals(key)) {
          ((ObjectNode) tag).put("Value", value);
          return;
        }
      }
      tags.addObject().put("Key", key).put("Value", value);
    }

    static void putIfAbsent(Payload payload, String key, String value, String flag) {
      if (tags(payload, flag).findValuesAsText("Key").stream().noneMatch(key::equals)) {
        put(payload, key, value, flag);
      }
    }

    private static ArrayNode tags(Payload payload, String flag) {
      ArrayNode specifications =
          payload.get(PLACE) instanceof ArrayNode given
              ? given
              : JsonNodeFactory.instance.arrayNode();
      if (!(payload.get(PLACE) instanceof ArrayNode)) {
        payload.set(PLACE, specifications, flag);
      }
      for (JsonNode specification : specifications) {
        if (specification.path("ResourceType").asText().equals("instance")
            && specification instanceof ObjectNode object) {
          return object.path("Tags") instanceof ArrayNode tags ? tags : object.putArray("Tags");
        }
      }
      return specifications.addObject().put("ResourceType", "instance").putArray("Tags");
    }
  }
}
