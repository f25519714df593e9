package spawn.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;

/** The role of launches that say nothing about permissions, as {@code default-role.json} has it. */
final class DefaultRole {
  private final String iam;
  private final ObjectMapper mapper;

  DefaultRole(JsonNode iam, ObjectMapper mapper) {
    this.iam = iam.toString();
    this.mapper = mapper;
  }

  /** Returns it as the {@code iam} object of a payload to one stack. */
  JsonNode in(StackContext context) {
    try {
      return mapper.readTree(
          iam.replace("PARTITION", context.partition())
              .replace("ACCOUNT", context.account())
              .replace("OWNPATH", context.ownPath()));
    } catch (JsonProcessingException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }
}
