package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import spawn.json.AsJson;

/**
 * A role, mostly of another account, that a role may assume. In JSON it is written as payloads
 * write it: its ARN, or an object with its external id.
 *
 * @param arn its ARN
 * @param externalId what its owner asks for beside that, if anything (<a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html">external
 *     ids</a>)
 */
public record AssumedRole(String arn, Optional<String> externalId) implements AsJson {
  /** Returns the role that a state before has written. */
  static AssumedRole fromJson(JsonNode json) {
    return json.isTextual()
        ? new AssumedRole(json.textValue(), Optional.empty())
        : new AssumedRole(
            json.path("role").asText(), Optional.ofNullable(json.path("externalId").textValue()));
  }

  @Override
  public Object asJson() {
    return externalId
        .<JsonNode>map(
            id -> JsonNodeFactory.instance.objectNode().put("role", arn).put("externalId", id))
        .orElse(TextNode.valueOf(arn));
  }
}
