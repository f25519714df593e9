package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.payload.Quote;

/**
 * The members of EC2's RunInstances request, as the SDK knows them: what is typed for one becomes
 * JSON of its type. A structure may be typed as JSON, or as the AWS CLI's {@code KEY=VALUE,...}.
 */
final class InstanceMembers {
  private InstanceMembers() {}

  /** Returns all members of the request. */
  static List<SdkField<?>> all() {
    return RunInstancesRequest.builder().sdkFields();
  }

  /** Returns the member that a path of names leads to, if there is such. */
  static Optional<SdkField<?>> at(List<String> path) {
    List<SdkField<?>> fields = all();
    Optional<SdkField<?>> found = Optional.empty();
    for (String name : path) {
      found = named(name, fields);
      if (found.isEmpty()) {
        return found;
      }
      fields = isStructure(found.get()) ? found.get().constructor().get().sdkFields() : List.of();
    }
    return found;
  }

  private static Optional<SdkField<?>> named(String name, List<SdkField<?>> fields) {
    for (SdkField<?> field : fields) {
      if (field.memberName().equals(name)) {
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }

  static boolean isStructure(SdkField<?> field) {
    return field.marshallingType() == MarshallingType.SDK_POJO;
  }

  static boolean isList(SdkField<?> field) {
    return field.marshallingType() == MarshallingType.LIST;
  }

  static boolean isSwitch(SdkField<?> field) {
    return field.marshallingType() == MarshallingType.BOOLEAN;
  }

  /** Returns what a list holds. */
  static SdkField<?> entryOf(SdkField<?> list) {
    return list.getTrait(ListTrait.class).memberFieldInfo();
  }

  /** Returns what is typed behind a flag as JSON of the member's type. */
  static JsonNode value(SdkField<?> field, String flag, List<String> typed, TypedFiles files) {
    return isList(field)
        ? list(entryOf(field), flag, typed, files)
        : single(field, flag, typed.get(0), files);
  }

  private static JsonNode list(
      SdkField<?> entry, String flag, List<String> typed, TypedFiles files) {
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    for (String value : typed) {
      if (TypedFiles.isJson(value) || TypedFiles.isMarked(value)) {
        JsonNode json = files.json(flag, value);
        if (json.isArray()) {
          entries.addAll((ArrayNode) json);
        } else {
          entries.add(json);
        }
      } else if (isStructure(entry)) {
        entries.add(structure(entry, flag, value));
      } else {
        FlagValues.commas(value).forEach(each -> entries.add(scalar(entry, each.strip())));
      }
    }
    return entries;
  }

  private static JsonNode single(SdkField<?> field, String flag, String typed, TypedFiles files) {
    if (!isStructure(field)) {
      return scalar(field, typed);
    }
    return TypedFiles.isJson(typed) || TypedFiles.isMarked(typed)
        ? files.json(flag, typed)
        : structure(field, flag, typed);
  }

  private static JsonNode structure(SdkField<?> field, String flag, String typed) {
    if (typed.indexOf('[') >= 0 || typed.indexOf('{') >= 0 || typed.indexOf('=') < 1) {
      throw CommandFailure.wrongCall(
          "%s: %s is neither JSON nor KEY=VALUE,...: write what is nested as JSON."
              .formatted(flag, Quote.of(typed)));
    }
    SdkPojo structure = field.constructor().get();
    ObjectNode members = JsonNodeFactory.instance.objectNode();
    FlagValues.pairs(flag, List.of(typed))
        .properties()
        .forEach(
            pair ->
                members.set(
                    pair.getKey(),
                    named(pair.getKey(), structure.sdkFields())
                        .map(member -> ofStructure(member, pair.getValue().textValue()))
                        .orElse(pair.getValue())));
    return members;
  }

  private static JsonNode ofStructure(SdkField<?> member, String typed) {
    return isList(member)
        ? JsonNodeFactory.instance.arrayNode().add(scalar(entryOf(member), typed))
        : scalar(member, typed);
  }

  private static JsonNode scalar(SdkField<?> field, String typed) {
    if (field.marshallingType() == MarshallingType.INTEGER) {
      return FlagValues.number(typed);
    }
    if (isSwitch(field) && (typed.equals("true") || typed.equals("false"))) {
      return BooleanNode.valueOf(typed.equals("true"));
    }
    return TextNode.valueOf(typed);
  }
}
