package spawn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import spawn.error.InvalidRequest;
import spawn.json.Json;
import spawn.launch.PayloadReader;
import spawn.role.RoleRequest;
import spawn.role.RoleRequests;
import spawn.roleset.RoleOfSet;
import spawn.roleset.RoleSetReader;

/**
 * The hashes of roles are the same from version to version.
 *
 * <p>A role is found again by its hash: if the hash of the same permissions changed with an update
 * of the stack, each launch after it would make a new role beside the one that it could share, and
 * a role with a name would be refused as different. A hash may only change with what the role may
 * do; the changelog then says so.
 */
class PolicyHashesTest {
  private static final String KNOWN = "/spawn/policy-hashes.json";

  /** An end that is a duration from now on is part of a role's content. */
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

  private static JsonNode known() throws IOException {
    try (InputStream hashes = PolicyHashesTest.class.getResourceAsStream(KNOWN)) {
      return Json.read(hashes);
    }
  }

  @Test
  void theRolesOfTheEventsKeepTheirHashes() throws IOException {
    ObjectNode hashes = JsonNodeFactory.instance.objectNode();
    try (Stream<Path> events = Files.list(Path.of("events"))) {
      for (Path event : events.sorted().toList()) {
        ArrayNode ofEvent = JsonNodeFactory.instance.arrayNode();
        roles(Json.read(Files.readString(event))).forEach(role -> ofEvent.add(role.hash().hex()));
        if (!ofEvent.isEmpty()) {
          hashes.set(event.getFileName().toString(), ofEvent);
        }
      }
    }

    assertThat(hashes).isEqualTo(known().get("events"));
  }

  /** Returns the roles of a launch or a role set; none of a call to the sweep or a broken one. */
  private static List<RoleRequest> roles(JsonNode event) {
    try {
      return event.has("namePrefix")
          ? new RoleSetReader(RoleRequests.CONTEXT, CLOCK)
              .read(event, "execution").roles().stream().map(RoleOfSet::role).toList()
          : new PayloadReader(RoleRequests.CONTEXT, CLOCK)
              .read(event, "execution").role().stream().toList();
    } catch (InvalidRequest noRole) {
      return List.of();
    }
  }

  @Test
  void permissionsKeepTheirHashes() throws IOException {
    ArrayNode hashed = JsonNodeFactory.instance.arrayNode();
    for (JsonNode permissions : known().get("permissions")) {
      JsonNode iam = permissions.get("iam");
      ObjectNode entry = hashed.addObject();
      entry.set("iam", iam);
      entry.put("hash", RoleRequests.of(iam.toString()).permissions().hash().hex());
    }

    assertThat(hashed).isNotEmpty().isEqualTo(known().get("permissions"));
  }
}
