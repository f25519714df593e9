package spawn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.error.InvalidRequest;
import spawn.json.Json;
import spawn.launch.PayloadReader;
import spawn.role.RoleRequests;
import spawn.workflow.InvocationContext;

/** Whatever is done to a payload, the answer is a list of problems, each with its path. */
@Tag("slow")
class BrokenPayloadsTest {
  private static final int A_PAYLOAD = 1_000;
  private static final int LARGE = 256 * 1024;

  private final ResolvePolicies function =
      new ResolvePolicies(new PayloadReader(RoleRequests.CONTEXT), line -> {});

  @ParameterizedTest
  @ValueSource(
      strings = {
        "launch",
        "job-array",
        "existing-role",
        "custom-policy",
        "managed-policies",
        "default-role",
        "plan"
      })
  void everyBrokenPayloadIsRefusedWithAPath(String event) throws IOException {
    String whole = Files.readString(Path.of("events", event + ".json"));
    Random random = new Random(event.hashCode());
    for (int count = 0; count < A_PAYLOAD; count++) {
      String broken = broken(Json.read(whole), random);
      String shown = broken.length() > 500 ? broken.substring(0, 500) + " …" : broken;

      assertThat(catchThrowable(() -> resolve(broken)))
          .as("payload %s", shown)
          .isInstanceOfSatisfying(
              InvalidRequest.class,
              refused ->
                  assertThat(refused.problems())
                      .isNotEmpty()
                      .allSatisfy(problem -> assertThat(problem.path()).startsWith("$")));
    }
  }

  private void resolve(String payload) throws IOException {
    String input =
        "{\"payload\": " + payload + ", \"execution\": {\"id\": \"arn\", \"name\": \"name\"}}";
    function.handleRequest(
        new ByteArrayInputStream(input.getBytes(UTF_8)),
        new ByteArrayOutputStream(),
        new InvocationContext("ResolvePolicies", 1024, Duration.ofSeconds(30)));
  }

  /** A member of an object, or an entry of a list, that can be replaced. */
  private record Place(JsonNode parent, String field, int index) {
    JsonNode value() {
      return parent.isObject() ? parent.get(field) : parent.get(index);
    }

    void put(JsonNode value) {
      if (parent instanceof ObjectNode object) {
        object.set(field, value);
      } else {
        ((ArrayNode) parent).set(index, value);
      }
    }
  }

  private static String broken(JsonNode payload, Random random) {
    List<Place> places = new ArrayList<>();
    collect(payload, places);
    Place place = places.get(random.nextInt(places.size()));
    return switch (random.nextInt(7)) {
      case 0 -> {
        place.put(otherKind(place.value(), random));
        yield payload.toString();
      }
      case 1 -> {
        ((ObjectNode) payload).put(unknownName(random), random.nextInt());
        yield payload.toString();
      }
      case 2 -> {
        section(payload, random).put(unknownName(random), "x".repeat(random.nextInt(3)));
        yield payload.toString();
      }
      case 3 -> { // a key twice
        String first = payload.fieldNames().next();
        yield "{\"" + first + "\": {}," + payload.toString().substring(1);
      }
      case 4 -> { // deep, or a number that no type holds
        place.put(JsonNodeFactory.instance.textNode("@"));
        String huge =
            random.nextBoolean() ? "[".repeat(2_000) + "]".repeat(2_000) : "9".repeat(2_000);
        yield payload.toString().replace("\"@\"", huge);
      }
      case 5 -> {
        ObjectNode iam = ((ObjectNode) payload).putObject("iam");
        iam.putArray("policies")
            .add("s".repeat(random.nextBoolean() ? LARGE : 1) + ":\uD83D\uDE80");
        yield payload.toString();
      }
      default -> {
        ((ObjectNode) payload.get("instance")).put("UserData", "é".repeat(LARGE / 2));
        yield payload.toString();
      }
    };
  }

  /** Every place whose kind of value is fixed. */
  private static void collect(JsonNode node, List<Place> places) {
    if (node.isObject()) {
      node.fieldNames().forEachRemaining(name -> places.add(new Place(node, name, 0)));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        places.add(new Place(node, "", i));
      }
    }
    node.forEach(child -> collect(child, places));
  }

  /** An object is no value of a list or a scalar here, and no object is a number. */
  private static JsonNode otherKind(JsonNode value, Random random) {
    return value.isObject()
        ? JsonNodeFactory.instance.numberNode(random.nextLong())
        : JsonNodeFactory.instance.objectNode().put(unknownName(random), random.nextDouble());
  }

  private static ObjectNode section(JsonNode payload, Random random) {
    return (ObjectNode)
        (random.nextBoolean() && payload.has("iam") ? payload.get("iam") : payload.get("instance"));
  }

  private static String unknownName(Random random) {
    return "unknown-"
        + Integer.toHexString(random.nextInt())
        + (random.nextBoolean() ? "\u0000é" : "");
  }
}
