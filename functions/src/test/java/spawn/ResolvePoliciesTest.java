package spawn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.json.Json;
import spawn.launch.PayloadReader;
import spawn.role.RoleRequests;
import spawn.workflow.InvocationContext;

/** What a payload leads to, member by member: callers and the workflow read these names. */
class ResolvePoliciesTest {
  private static final Path KEPT = Path.of("functions/src/test/resources/spawn/plans");
  private static final String REWRITE = "rewritePlans";

  private final ResolvePolicies function =
      new ResolvePolicies(new PayloadReader(RoleRequests.CONTEXT), line -> {});

  @ParameterizedTest
  @ValueSource(strings = {"launch", "role-alone", "instance-in-a-subnet", "role-taken-off"})
  void aPlanStaysAsCallersKnowIt(String name) throws IOException {
    Path file = KEPT.resolve(name + ".json");
    ObjectNode kept = (ObjectNode) Json.read(Files.readString(file));
    JsonNode output = output(kept.path("payload"));
    if (Boolean.getBoolean(REWRITE)) {
      kept.set("output", output);
      Files.writeString(file, kept.toPrettyString() + "\n");
    }

    assertThat(output.toPrettyString())
        .as(
            "rewrite it with: mvn test -Dtest=ResolvePoliciesTest -DargLine=-D%s=true, if callers may be told otherwise",
            REWRITE)
        .isEqualTo(kept.path("output").toPrettyString());
  }

  @Test
  void thePlanOfTheExampleIsAmongThem() throws IOException {
    assertThat(Json.read(Files.readString(KEPT.resolve("launch.json"))).path("payload"))
        .isEqualTo(Json.read(Files.readString(Path.of("events/plan.json"))));
  }

  private JsonNode output(JsonNode payload) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    function.handleRequest(
        new ByteArrayInputStream(
            "{\"payload\": %s, \"execution\": {\"id\": \"arn\", \"name\": \"run-7\"}}"
                .formatted(payload)
                .getBytes(UTF_8)),
        output,
        new InvocationContext("ResolvePolicies", 1024, Duration.ofSeconds(30)));
    JsonNode read = Json.read(output.toString(UTF_8));
    // The texts of warnings may be worded otherwise at any time.
    read.findValues("warnings")
        .forEach(
            warnings ->
                warnings.forEach(
                    warning -> ((ObjectNode) warning).remove(List.of("message", "advice"))));
    return read;
  }
}
