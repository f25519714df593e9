package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import spawn.role.PolicyVersion;

/**
 * What a role holds, or would hold, with the content of its managed policies.
 *
 * @param inline its inline policies by their names
 * @param managed its managed policies, sorted by ARN; without those that do not exist
 * @param boundaryArn the ARN of its permissions boundary, if it has one
 * @param boundary the boundary; nothing where it has none, or where that does not exist
 */
record Holdings(
    Map<String, JsonNode> inline,
    List<PolicyVersion> managed,
    Optional<String> boundaryArn,
    Optional<PolicyVersion> boundary) {
  /** What a role holds that does not exist. */
  static final Holdings NONE =
      new Holdings(Map.of(), List.of(), Optional.empty(), Optional.empty());

  /** Returns the documents that grant something, without the boundary. */
  List<JsonNode> documents() {
    List<JsonNode> documents = new ArrayList<>(inline.values());
    managed.forEach(policy -> documents.add(policy.document()));
    return documents;
  }

  /** Returns all inline policies as one document. */
  JsonNode inlineDocument() {
    if (inline.size() == 1) {
      return inline.values().iterator().next();
    }
    ObjectNode one = JsonNodeFactory.instance.objectNode().put("Version", "2012-10-17");
    ArrayNode statements = one.putArray("Statement");
    for (JsonNode document : inline.values()) {
      JsonNode oneOrMore = document.path("Statement");
      if (oneOrMore.isArray()) {
        oneOrMore.forEach(statements::add);
      } else {
        statements.add(oneOrMore);
      }
    }
    return one;
  }
}
