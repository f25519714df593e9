package spawn.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import spawn.json.Json;

/**
 * The data by which policies are read and judged, as the JSON files beside the classes hold it.
 * AWS's managed policies are not among it: most launches name none, so {@link ManagedPolicies} are
 * read when the first one does.
 *
 * @param templates what the words of {@code policies} mean
 * @param review what is risky
 * @param boundaries what the stack's permissions boundaries deny
 * @param defaultRole what a role without permissions of its own may do
 * @param rehearsal what most launches ask for, as an {@code iam} object
 */
record PolicyData(
    Templates templates,
    PolicyReview review,
    Boundaries boundaries,
    DefaultRole defaultRole,
    JsonNode rehearsal) {
  private static final String REHEARSAL =
      "{\"policies\": [\"s3:ReadOnly\"], \"resources\": [\"s3://bucket/prefix/*\"]}";

  /** Loaded once a process, by the first reader that is created. */
  private static final class Standard {
    static final PolicyData DATA = load();
  }

  /** Returns the data that is built in. */
  static PolicyData standard() {
    return Standard.DATA;
  }

  private static PolicyData load() {
    Templates templates = new Templates();
    Risks risks = Json.data(described("risks.json"), Risks.class);
    return new PolicyData(
        templates,
        new PolicyReview(risks, templates),
        Json.data(described("boundaries.json"), Boundaries.class),
        new DefaultRole(described("default-role.json").get("iam")),
        rehearsed());
  }

  /** Returns a file of data without what it says about itself. */
  private static ObjectNode described(String file) {
    ObjectNode data = (ObjectNode) Json.resource(PolicyData.class, file);
    return data.without("about");
  }

  private static JsonNode rehearsed() {
    try {
      return Json.read(REHEARSAL);
    } catch (JsonProcessingException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }

  /** Returns the lines of a file beside the classes; none if there is no such file. */
  static List<String> lines(String file) {
    try (InputStream data = PolicyData.class.getResourceAsStream(file)) {
      return data == null
          ? List.of()
          : new String(data.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }
}
