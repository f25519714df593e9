package spawn.launch;

import static spawn.schema.Definitions.anyOf;
import static spawn.schema.Definitions.closed;
import static spawn.schema.Definitions.like;
import static spawn.schema.Definitions.object;
import static spawn.schema.Definitions.orNull;
import static spawn.schema.Definitions.texts;
import static spawn.schema.Definitions.type;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.role.Tags;
import spawn.schema.Definitions;
import spawn.schema.EcmaPattern;

/**
 * What {@code instance} is in JSON Schema: EC2's RunInstances request, as the SDK describes it and
 * {@link SdkJson} reads it, and what {@link InstanceReader} refuses of it.
 *
 * <p>Values of enumerations are examples: EC2 has new ones before the SDK knows them.
 */
public final class InstanceSchema {
  private static final String OF_SPAWN =
      "Must be left out: spawn decides it, so only null may stand here.";

  private InstanceSchema() {}

  /** Returns the schema. */
  public static ObjectNode of(Definitions definitions) {
    return definitions.ref(
        "RunInstances",
        () -> {
          ObjectNode request = structure(RunInstancesRequest.builder(), definitions);
          ObjectNode members = (ObjectNode) request.get("properties");
          for (String name : List.of("IamInstanceProfile", "ClientToken")) {
            members.set(name, type("null").put("description", OF_SPAWN));
          }
          members.putObject("DryRun").set("enum", object().arrayNode().add(false).addNull());
          for (String name : List.of("MinCount", "MaxCount")) {
            members.withObjectProperty(name).put("minimum", 1);
          }
          tags(definitions);
          request.setAll(anyOf(given("ImageId"), given("LaunchTemplate")));
          return request;
        });
  }

  private static ObjectNode given(String name) {
    ObjectNode given = object();
    given.putArray("required").add(name);
    given
        .putObject("properties")
        .putObject(name)
        .set("not", type("null").put("$comment", "null counts as left out"));
    return given;
  }

  private static void tags(Definitions definitions) {
    definitions
        .part("TagSpecification")
        .withObjectProperty("properties")
        .withObjectProperty("Tags")
        .put("maxItems", InstanceReader.MAX_TAGS - InstanceRequest.mostTags());
    String reserved = EcmaPattern.part(Tags.RESERVED).orElseThrow();
    definitions
        .part("Tag")
        .withObjectProperty("properties")
        .set(
            "Key",
            orNull(like(Optional.of("^(?:%s$|(?!%s))".formatted(Tags.ASSOCIATE, reserved))))
                .put("description", Tags.RESERVED_IN_WORDS));
  }

  private static ObjectNode structure(SdkPojo builder, Definitions definitions) {
    ObjectNode structure = closed();
    for (SdkField<?> field : builder.sdkFields()) {
      ObjectNode value = value(field, builder, definitions);
      structure.withObjectProperty("properties").set(field.memberName(), orNull(value));
    }
    return structure;
  }

  private static ObjectNode value(SdkField<?> field, SdkPojo owner, Definitions definitions) {
    MarshallingType<?> type = field.marshallingType();
    if (type == MarshallingType.LIST) {
      SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
      ObjectNode items =
          member.marshallingType() == MarshallingType.STRING
              ? text(field, owner)
              : value(member, owner, definitions);
      return type("array").set("items", items);
    }
    if (type == MarshallingType.SDK_POJO) {
      SdkPojo builder = field.constructor().get();
      return definitions.ref(
          builder.getClass().getEnclosingClass().getSimpleName(),
          () -> structure(builder, definitions));
    }
    if (type == MarshallingType.INTEGER) {
      return type("integer").put("minimum", Integer.MIN_VALUE).put("maximum", Integer.MAX_VALUE);
    }
    if (type == MarshallingType.BOOLEAN) {
      return type("boolean");
    }
    if (type == MarshallingType.INSTANT) {
      return type("string").set("examples", texts(List.of("2026-01-31T12:00:00Z")));
    }
    return text(field, owner);
  }

  private static ObjectNode text(SdkField<?> field, SdkPojo owner) {
    ObjectNode text = type("string");
    List<String> known = known(field, owner);
    return known.isEmpty() ? text : text.set("examples", texts(known));
  }

  /** Returns the values that the SDK knows for a member that has an enumeration. */
  private static List<String> known(SdkField<?> field, SdkPojo builder) {
    return Arrays.stream(builder.getClass().getMethods())
        .filter(setter -> setter.getName().equalsIgnoreCase(field.memberName()))
        .flatMap(InstanceSchema::enumeration)
        .findFirst()
        .map(InstanceSchema::values)
        .orElse(List.of());
  }

  /** Returns the enumeration that a method takes a value or a collection of. */
  private static Stream<Class<?>> enumeration(Method setter) {
    return Arrays.stream(setter.getGenericParameterTypes())
        .map(type -> type instanceof ParameterizedType of ? of.getActualTypeArguments()[0] : type)
        .filter(InstanceSchema::isEnumeration)
        .map(type -> (Class<?>) type);
  }

  private static boolean isEnumeration(Type type) {
    return type instanceof Class<?> of && of.isEnum();
  }

  private static List<String> values(Class<?> enumeration) {
    return Arrays.stream(enumeration.getEnumConstants())
        .map(Object::toString)
        .filter(value -> !value.equals("null"))
        .sorted()
        .toList();
  }
}
