package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import spawn.payload.JsonPath;
import spawn.payload.Nearest;
import spawn.payload.Quote;

/**
 * Holds the condition of a statement to IAM's grammar (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">condition
 * operators</a>). Letter case matters in operators: IAM answers "Invalid Condition type :
 * stringEquals" (<a
 * href="https://github.com/ministryofjustice/modernisation-platform-environments/pull/8893">report</a>).
 */
final class ConditionReader {
  /** Before the colon stands a service, or the address of an identity provider with its path. */
  static final Pattern KEY = Pattern.compile("[^:\\s]+:\\S.*");

  static final List<String> SETS = List.of("ForAllValues", "ForAnyValue");
  static final String IF_EXISTS = "IfExists";
  static final String NULL_OPERATOR = "Null";
  static final Set<String> OPERATORS =
      Set.of(
          "StringEquals",
          "StringNotEquals",
          "StringEqualsIgnoreCase",
          "StringNotEqualsIgnoreCase",
          "StringLike",
          "StringNotLike",
          "NumericEquals",
          "NumericNotEquals",
          "NumericLessThan",
          "NumericLessThanEquals",
          "NumericGreaterThan",
          "NumericGreaterThanEquals",
          "DateEquals",
          "DateNotEquals",
          "DateLessThan",
          "DateLessThanEquals",
          "DateGreaterThan",
          "DateGreaterThanEquals",
          "Bool",
          "BinaryEquals",
          "IpAddress",
          "NotIpAddress",
          "ArnEquals",
          "ArnLike",
          "ArnNotEquals",
          "ArnNotLike",
          NULL_OPERATOR);

  static final List<String> BLOCK = List.of("test", "variable", "values");

  private final BiConsumer<String, String> wrong;
  private final BiConsumer<String, String> value;

  /**
   * Creates a reader.
   *
   * @param wrong takes what is wrong: a JSON path and a sentence
   * @param value takes each value that may hold policy variables, and its path
   */
  ConditionReader(BiConsumer<String, String> wrong, BiConsumer<String, String> value) {
    this.wrong = wrong;
    this.value = value;
  }

  /** Notes what is wrong with a condition. */
  void read(JsonNode condition, String path) {
    if (!condition.isObject()) {
      wrong.accept(
          path,
          "Must be an object of condition operators, not %s.".formatted(Quote.kind(condition)));
      return;
    }
    for (Map.Entry<String, JsonNode> operator : condition.properties()) {
      // IAM takes any operator that compares nothing.
      if (!operator.getValue().isObject() || !operator.getValue().isEmpty()) {
        operator(operator.getKey(), path);
        keys(operator.getKey(), operator.getValue(), path + "." + operator.getKey());
      }
    }
  }

  /** Notes what is wrong with Terraform's blocks: one, a list, or an object of them by name. */
  void readBlocks(JsonNode blocks, String path) {
    if (blocks.isArray()) {
      for (int index = 0; index < blocks.size(); index++) {
        block(blocks.get(index), JsonPath.index(path, index));
      }
    } else if (TerraformStatement.isByName(blocks)) {
      blocks
          .properties()
          .forEach(named -> block(named.getValue(), JsonPath.member(path, named.getKey())));
    } else {
      block(blocks, path);
    }
  }

  private void block(JsonNode block, String path) {
    if (!block.isObject()) {
      wrong.accept(
          path,
          "Must be an object with test, variable and values, not %s.".formatted(Quote.kind(block)));
      return;
    }
    for (Map.Entry<String, JsonNode> member : block.properties()) {
      if (!BLOCK.contains(member.getKey())) {
        wrong.accept(
            path,
            "Has a member %s: a condition of Terraform has test, variable and values.%s"
                .formatted(Quote.of(member.getKey()), Nearest.question(member.getKey(), BLOCK)));
      }
    }
    for (String name : List.of("test", "variable")) {
      if (!block.path(name).isTextual()) {
        wrong.accept(
            path + "." + name, "Must be a string, not %s.".formatted(Quote.kind(block.path(name))));
      }
    }
    String test = block.path("test").asText();
    if (block.path("test").isTextual()) {
      operator(test, path + ".test");
    }
    if (block.path("variable").isTextual()) {
      name(block.path("variable").asText(), path + ".variable", new HashSet<>());
    }
    if (block.has("values")) {
      values(test, block.get("values"), path + ".values", TerraformStatement::text);
    } else {
      wrong.accept(path + ".values", "Must be a list of strings, not nothing.");
    }
  }

  private void operator(String operator, String path) {
    String plain = withoutSet(operator);
    if (plain.equals(NULL_OPERATOR + IF_EXISTS)) {
      wrong.accept(path, "\"NullIfExists\" is not a condition operator: Null has no such form.");
    } else if (!isOperator(operator)) {
      wrong.accept(
          path, "%s is not a condition operator.%s".formatted(Quote.of(operator), meant(operator)));
    }
  }

  private static boolean isOperator(String operator) {
    int colon = operator.indexOf(':');
    return (colon < 0 || SETS.contains(operator.substring(0, colon)))
        && OPERATORS.contains(base(operator));
  }

  private static String withoutSet(String operator) {
    return operator.substring(operator.indexOf(':') + 1);
  }

  /** Returns the operator without set and ending. */
  private static String base(String operator) {
    String plain = withoutSet(operator);
    return plain.endsWith(IF_EXISTS)
        ? plain.substring(0, plain.length() - IF_EXISTS.length())
        : plain;
  }

  /** Returns the operator that may be meant, as a question; whole where letter case is all. */
  private static String meant(String operator) {
    Optional<String> inOtherCase =
        Stream.concat(Stream.of(""), SETS.stream().map(set -> set + ":"))
            .flatMap(set -> OPERATORS.stream().map(set::concat))
            .flatMap(known -> Stream.of(known, known + IF_EXISTS))
            .filter(operator::equalsIgnoreCase)
            .findFirst();
    return inOtherCase
        .map(known -> " Did you mean \"" + known + "\"? IAM does not ignore letter case here.")
        .orElseGet(() -> Nearest.question(base(operator), OPERATORS));
  }

  private void keys(String operator, JsonNode keys, String path) {
    if (!keys.isObject()) {
      wrong.accept(
          path, "Must be an object of condition keys, not %s.".formatted(Quote.kind(keys)));
      return;
    }
    Set<String> namesIgnoringCase = new HashSet<>();
    for (Map.Entry<String, JsonNode> key : keys.properties()) {
      name(key.getKey(), path, namesIgnoringCase);
      values(operator, key.getValue(), path + "['" + key.getKey() + "']", text -> text);
    }
  }

  private void name(String name, String path, Set<String> namesIgnoringCase) {
    if (!KEY.matcher(name).matches() || !StatementReader.isAllowed(name)) {
      wrong.accept(
          path,
          "%s is not a condition key: write service:key, for example aws:SourceIp."
              .formatted(Quote.of(name)));
    }
    if (!namesIgnoringCase.add(name.toLowerCase(Locale.ROOT))) {
      wrong.accept(
          path,
          "%s is given twice: IAM ignores letter case in condition keys."
              .formatted(Quote.of(name)));
    }
  }

  /** Notes the first value of the wrong kind, the first with a wrong character, and so on. */
  private void values(
      String operator, JsonNode oneOrMore, String path, UnaryOperator<String> reading) {
    Optional<JsonNode> ofWrongKind =
        OneOrMore.of(oneOrMore).filter(each -> !each.isValueNode() || each.isNull()).findFirst();
    ofWrongKind.ifPresent(
        each ->
            wrong.accept(
                path,
                (oneOrMore.isArray()
                        ? "Must be a list of strings, without %s."
                        : "Must be a string or a list of strings, not %s.")
                    .formatted(Quote.kind(each))));
    List<String> texts = OneOrMore.of(oneOrMore).map(JsonNode::asText).map(reading).toList();
    if (!texts.stream().allMatch(StatementReader::isAllowed)) {
      wrong.accept(path, StatementReader.NOT_ALLOWED);
    } else if (ofWrongKind.isEmpty() && isOperator(operator)) {
      String base = base(operator);
      texts.stream()
          .flatMap(text -> ConditionValues.refusal(base, text).stream())
          .findFirst()
          .ifPresent(refusal -> wrong.accept(path, refusal));
      texts.forEach(text -> value.accept(text, path));
    }
  }
}
