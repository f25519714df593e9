package spawn.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import spawn.json.Json;

/** The role of launches that say nothing about permissions, as {@code default-role.json} has it. */
final class DefaultRole {
  private final String iam;

  DefaultRole(JsonNode iam) {
    this.iam = Json.text(iam);
  }

  /** Returns it as the {@code iam} object of a payload to one stack. */
  JsonNode in(StackContext context) {
    try {
      return Json.read(
          iam.replace("PARTITION", context.partition())
              .replace("ACCOUNT", context.account())
              .replace("OWNPATH", context.ownPath()));
    } catch (JsonProcessingException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }
}
