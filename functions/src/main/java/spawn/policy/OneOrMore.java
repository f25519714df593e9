package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.stream.Stream;

/** A value or a list of values: where there may be several, the policy language takes either. */
final class OneOrMore {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private OneOrMore() {}

  /** Returns the values. */
  static Stream<JsonNode> of(JsonNode oneOrMore) {
    return oneOrMore.isArray() ? oneOrMore.valueStream() : Stream.of(oneOrMore);
  }

  /**
   * Returns the values as text.
   *
   * @param variables whether {@code ${…}} is a policy variable, as {@link #text} says
   */
  static List<String> texts(JsonNode oneOrMore, boolean variables) {
    return of(oneOrMore).map(JsonNode::asText).map(text -> text(text, variables)).toList();
  }

  /**
   * Returns a value as the language of version 2012-10-17 writes it.
   *
   * @param variables whether {@code ${…}} is a policy variable, as it is since that version;
   *     before, it is plain text, which is returned as <code>${$}{…}</code>, the way to write it
   *     since (<a
   *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">IAM
   *     user guide</a>)
   */
  static String text(String text, boolean variables) {
    return variables ? text : text.replace("${", "${$}{");
  }

  /** Returns a string, or a list where there is not exactly one. */
  static JsonNode toJson(List<String> values) {
    if (values.size() == 1) {
      return JSON.textNode(values.get(0));
    }
    ArrayNode list = JSON.arrayNode();
    values.forEach(list::add);
    return list;
  }
}
