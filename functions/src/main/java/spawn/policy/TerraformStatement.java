package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A statement as Terraform writes it (<a
 * href="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document">aws_iam_policy_document</a>),
 * and as its modules take it in variables: {@code effect} is Allow if left out, what is empty or
 * {@code null} counts as left out, and <code>&amp;{…}</code> is a policy variable.
 */
final class TerraformStatement {
  private TerraformStatement() {}

  /** Returns whether the statement has a member that only Terraform spells so. */
  static boolean isOne(JsonNode statement) {
    return statement
        .propertyStream()
        .anyMatch(member -> Spelling.TERRAFORM.names().contains(member.getKey()));
  }

  /** Returns whether it is an object of objects: several by name, where there could be a list. */
  static boolean isByName(JsonNode json) {
    return json.isObject() && !json.isEmpty() && json.valueStream().allMatch(JsonNode::isObject);
  }

  /** Returns the statement without what counts as left out. */
  static ObjectNode given(JsonNode statement) {
    ObjectNode given = statement.deepCopy();
    given.properties().removeIf(member -> isLeftOut(member.getValue()));
    return given;
  }

  private static boolean isLeftOut(JsonNode value) {
    return value.isNull() || (value.isContainerNode() && value.isEmpty());
  }

  /** Returns a text as IAM writes it. */
  static String text(String text) {
    return text.replace("&{", "${");
  }

  /** Returns a valid statement as IAM writes it. */
  static ObjectNode toIam(JsonNode statement) {
    ObjectNode iam = ((ObjectNode) statement).objectNode();
    iam.put(
        Spelling.IAM.effect(),
        statement.path(Spelling.TERRAFORM.effect()).asText(Effect.ALLOW.toString()));
    Spelling.TERRAFORM
        .lists()
        .forEach(
            (element, name) -> {
              if (statement.has(name)) {
                iam.set(element, texts(iam, statement.get(name)));
              }
            });
    blocks(statement)
        .forEach(
            block -> {
              ObjectNode operators = iam.withObjectProperty(Spelling.IAM.condition());
              addTo(operators.withObjectProperty(block.path("test").asText()), block);
            });
    return iam;
  }

  /** Adds a block's values; two for the same operator and key are one with the values of both. */
  private static void addTo(ObjectNode keys, JsonNode block) {
    String key =
        keys.propertyStream()
            .map(Map.Entry::getKey)
            .filter(name -> name.equalsIgnoreCase(block.path("variable").asText()))
            .findFirst()
            .orElse(block.path("variable").asText());
    ArrayNode values = keys.withArrayProperty(key);
    texts(keys, block.path("values")).forEach(values::add);
  }

  private static ArrayNode texts(ObjectNode factory, JsonNode oneOrMore) {
    ArrayNode texts = factory.arrayNode();
    OneOrMore.of(oneOrMore).map(JsonNode::asText).map(TerraformStatement::text).forEach(texts::add);
    return texts;
  }

  private static Stream<JsonNode> blocks(JsonNode statement) {
    return Spelling.TERRAFORM.conditions().stream()
        .map(statement::path)
        .filter(JsonNode::isContainerNode)
        .flatMap(
            blocks ->
                blocks.isArray() || isByName(blocks) ? blocks.valueStream() : Stream.of(blocks));
  }
}
