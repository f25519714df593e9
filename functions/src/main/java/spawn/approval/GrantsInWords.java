package spawn.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a role grants, a line for each statement and each managed policy. */
public final class GrantsInWords {
  private GrantsInWords() {}

  /** Returns the lines for a role, as a plan has it. */
  static List<String> of(JsonNode role) {
    List<String> lines = new ArrayList<>(ofPolicy(role.path("inlinePolicy")));
    for (JsonNode arn : role.path("managedPolicyArns")) {
      lines.add("whatever the managed policy " + arn.asText() + " grants");
    }
    if (lines.isEmpty()) {
      lines.add("nothing");
    }
    String boundary = role.path("permissionsBoundary").asText("");
    if (!boundary.isEmpty()) {
      lines.add("but no more than " + boundary + " allows");
    }
    return lines;
  }

  /** Returns the lines for a policy document. */
  public static List<String> ofPolicy(JsonNode document) {
    return oneOrMore(document.path("Statement")).map(GrantsInWords::ofStatement).toList();
  }

  private static String ofStatement(JsonNode statement) {
    StringBuilder line =
        new StringBuilder(statement.path("Effect").asText().equals("Deny") ? "not " : "");
    line.append(statement.has("NotAction") ? "everything but " : "")
        .append(joined(statement, "Action", "NotAction"))
        .append(" on ")
        .append(statement.has("NotResource") ? "everything but " : "")
        .append(joined(statement, "Resource", "NotResource"));
    if (statement.has("Condition")) {
      line.append(", if ").append(statement.path("Condition"));
    }
    return line.toString();
  }

  private static String joined(JsonNode statement, String element, String negated) {
    return oneOrMore(statement.has(negated) ? statement.path(negated) : statement.path(element))
        .map(JsonNode::asText)
        .collect(Collectors.joining(", "));
  }

  private static Stream<JsonNode> oneOrMore(JsonNode node) {
    return node.isArray()
        ? node.valueStream()
        : Stream.of(node).filter(one -> !one.isMissingNode());
  }
}
