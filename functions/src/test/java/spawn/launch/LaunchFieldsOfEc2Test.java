package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.CONTEXT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.error.InvalidRequest;
import spawn.error.Problem;

/** Each member of EC2's launch request is decided about, one by one. */
class LaunchFieldsOfEc2Test {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final PayloadReader READER = new PayloadReader(CONTEXT);

  /** Limits that exclude whatever a member is filled with here. */
  private static final Map<String, String> STRICT =
      Map.of(
          "AllowedInstanceTypes", "t3.*",
          "MaxInstances", "1",
          "AllowedSubnets", "subnet-00000001",
          "AllowedSecurityGroups", "sg-00000001",
          "AllowedImages", "ami-1",
          "RequiredTags", "CostCenter",
          "AllowUserData", "no");

  /** Returns the decision about each member by the member's path. */
  private static Map<String, String> decisions() {
    Map<String, String> decisions = new TreeMap<>();
    try {
      Path list = Path.of(LaunchFieldsOfEc2Test.class.getResource("run-instances.txt").toURI());
      for (String line : Files.readAllLines(list)) {
        if (!line.startsWith("#")) {
          decisions.put(
              line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
        }
      }
    } catch (IOException | URISyntaxException brokenTest) {
      throw new IllegalStateException(brokenTest);
    }
    return decisions;
  }

  private static List<String> decidedAs(String beginning) {
    return decisions().entrySet().stream()
        .filter(one -> one.getValue().startsWith(beginning))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Map<String, MarshallingType<?>> members() {
    Map<String, MarshallingType<?>> members = new TreeMap<>();
    RunInstancesRequest.builder()
        .sdkFields()
        .forEach(field -> add(members, field.memberName(), field));
    return members;
  }

  private static void add(Map<String, MarshallingType<?>> members, String path, SdkField<?> field) {
    if (field.marshallingType() == MarshallingType.SDK_POJO) {
      field
          .constructor()
          .get()
          .sdkFields()
          .forEach(member -> add(members, path + "." + member.memberName(), member));
    } else if (field.marshallingType() == MarshallingType.LIST) {
      add(members, path + "[]", field.getTrait(ListTrait.class).memberFieldInfo());
    } else {
      members.put(path, field.marshallingType());
    }
  }

  static List<String> ofOthers() {
    return decidedAs("others ");
  }

  static List<String> limited() {
    return decidedAs("limit ");
  }

  static List<String> own() {
    List<String> own = new ArrayList<>(decidedAs("own"));
    own.addAll(decidedAs("policy "));
    return own;
  }

  @Test
  void eachMemberIsDecidedAbout() {
    assertThat(decisions().keySet()).isEqualTo(members().keySet());
    assertThat(ofOthers()).hasSizeGreaterThan(8);
    assertThat(limited()).hasSizeGreaterThan(12);
  }

  @ParameterizedTest
  @MethodSource("ofOthers")
  void whatMayBeSomebodyElsesNeedsAWordOrIsRefused(String member) {
    Reading reading = read(member, Map.of());
    String path = "$.instance." + member.replace("[]", "[0]");

    assertThat(reading.named().size() + reading.problems().size()).isEqualTo(1);
    assertThat(reading.named())
        .allSatisfy(
            named -> {
              assertThat("others " + named.kind()).isEqualTo(decisions().get(member));
              assertThat(named.path()).isEqualTo(path);
              assertThat(named.words()).containsExactly("true");
            });
    assertThat(reading.problems()).allMatch(problem -> problem.path().equals(path));
  }

  @ParameterizedTest
  @MethodSource("ofOthers")
  void aKindThatIsOpenNeedsNothing(String member) {
    String kind = decisions().get(member).replace("others ", "");

    assertThat(read(member, Map.of("OpenResources", "snapshot-of-mine, " + kind)))
        .isEqualTo(new Reading(List.of(), List.of()));
  }

  @ParameterizedTest
  @MethodSource("limited")
  void aLimitExcludesWhatItDoesNotList(String member) {
    String limit = decisions().get(member).replace("limit ", "");
    Reading reading = read(member, Map.of(limit, STRICT.get(limit)));
    String list = "$.instance." + member.replaceFirst("\\[].*", "");

    assertThat(reading.problems()).anyMatch(one -> one.path().startsWith(list));
    assertThat(read(member, Map.of())).isEqualTo(new Reading(List.of(), List.of()));
  }

  @ParameterizedTest
  @MethodSource("own")
  void whatIsTheLaunchsOwnNeedsNothing(String member) {
    assertThat(read(member, Map.of())).isEqualTo(new Reading(List.of(), List.of()));
  }

  private record Reading(List<NamedResource> named, List<Problem> problems) {}

  /** Reads a launch that says nothing but one member, and what every launch must say. */
  private static Reading read(String member, Map<String, String> limits) {
    ObjectNode payload = JSON.objectNode();
    ObjectNode instance = payload.putObject("instance").put("ImageId", "ami-1");
    fill(instance, member, value(members().get(member)));
    try {
      return new Reading(READER.read(payload, "execution-7", limits).named(), List.of());
    } catch (InvalidRequest refused) {
      return new Reading(List.of(), refused.problems());
    }
  }

  private static JsonNode value(MarshallingType<?> type) {
    if (type == MarshallingType.INTEGER) {
      return JSON.numberNode(7);
    }
    if (type == MarshallingType.BOOLEAN) {
      return JSON.booleanNode(true);
    }
    return JSON.textNode(type == MarshallingType.INSTANT ? "2026-01-31T12:00:00Z" : "some-1");
  }

  private static void fill(ObjectNode object, String path, JsonNode value) {
    int dot = path.indexOf('.');
    String member = dot < 0 ? path : path.substring(0, dot);
    String name = member.replace("[]", "");
    JsonNode filled = value;
    if (dot >= 0) {
      ObjectNode structure = JSON.objectNode();
      fill(structure, path.substring(dot + 1), value);
      filled = structure;
    }
    object.set(name, member.endsWith("[]") ? list(filled) : filled);
  }

  private static ArrayNode list(JsonNode one) {
    return JSON.arrayNode().add(one);
  }
}
