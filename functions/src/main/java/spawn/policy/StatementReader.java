package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import spawn.error.Problems;
import spawn.payload.Nearest;
import spawn.payload.Quote;

/**
 * Reads statements that the payload spells out, and holds them to IAM's grammar.
 *
 * <p>Sources: the <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html">grammar</a>
 * of the policy language, the <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">condition
 * operators</a>, and for the characters {@code policyDocumentType} of the <a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html">IAM API</a>. A
 * document must say its version, which the grammar leaves open: IAM reads one without it in a
 * language of 2008 that knows no policy variables.
 */
final class StatementReader {
  /** What is written in more than four times the size of a policy is not worth reading. */
  private static final int LONGEST_TEXT = 40_960;

  private static final Set<String> VERSIONS = Set.of("2012-10-17", "2008-10-17");
  private static final Set<String> DOCUMENT_ELEMENTS = Set.of("Version", "Id", "Statement");
  private static final Set<String> STATEMENT_ELEMENTS =
      Set.of(
          "Sid",
          "Effect",
          "Action",
          "NotAction",
          "Resource",
          "NotResource",
          "Condition",
          "Principal",
          "NotPrincipal");
  private static final Set<String> EFFECTS = Set.of("Allow", "Deny");
  private static final Pattern SID = Pattern.compile("[A-Za-z0-9]*");
  private static final Pattern ACTION = Pattern.compile("\\*|\\*:\\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+");
  private static final Pattern CONDITION_KEY = Pattern.compile("[A-Za-z0-9-]+:\\S.*");
  private static final Pattern CHARACTERS = Pattern.compile("[\\t\\n\\r\\x20-\\xFF]*");
  private static final String NULL_OPERATOR = "Null";
  private static final Set<String> OPERATORS =
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

  private final StackContext context;
  private final Problems problems;
  private int found;

  StatementReader(StackContext context, Problems problems) {
    this.context = context;
    this.problems = problems;
  }

  /** Returns the statements of a whole policy document; those that are malformed are left out. */
  List<Grant> document(JsonNode document, String path) {
    if (!document.isObject()) {
      wrong(path, "must be a policy document, an object, but is " + Quote.kind(document) + ".");
      return List.of();
    }
    if (tooLong(document, path)) {
      return List.of();
    }
    unknownElements(document, DOCUMENT_ELEMENTS, path);
    JsonNode version = document.path("Version");
    if (!version.isTextual() || !VERSIONS.contains(version.asText())) {
      wrong(path + ".Version", "must be \"2012-10-17\", or \"2008-10-17\" in old policies.");
    }
    if (document.has("Id") && !document.get("Id").isTextual()) {
      wrong(path + ".Id", "must be a string, but is " + Quote.kind(document.get("Id")) + ".");
    }
    JsonNode statement = document.path("Statement");
    boolean variables = !version.asText().equals("2008-10-17");
    if (statement.isObject()) {
      return statement(statement, path + ".Statement", new HashMap<>(), variables).stream()
          .toList();
    }
    return list(statement, path + ".Statement", variables);
  }

  /** Returns the statements of a list; those that are malformed are left out. */
  List<Grant> statements(JsonNode list, String path) {
    return tooLong(list, path) ? List.of() : list(list, path, true);
  }

  private List<Grant> list(JsonNode list, String path, boolean variables) {
    if (!list.isArray() || list.isEmpty()) {
      wrong(
          path,
          "must be a list of statements"
              + (list.isArray() ? ", but is empty." : ", but is " + Quote.kind(list) + "."));
      return List.of();
    }
    List<Grant> grants = new ArrayList<>();
    Map<String, String> sids = new HashMap<>();
    for (int index = 0; index < list.size(); index++) {
      statement(list.get(index), path + "[" + index + "]", sids, variables).ifPresent(grants::add);
    }
    return grants;
  }

  private boolean tooLong(JsonNode json, String path) {
    int length = json.toString().length();
    if (length > LONGEST_TEXT) {
      wrong(
          path,
          "has "
              + length
              + " characters, but the inline policy of a role has at most "
              + PermissionsReader.MAX_INLINE_BYTES
              + " bytes: use managed policies, or fewer statements.");
    }
    return length > LONGEST_TEXT;
  }

  private Optional<Grant> statement(
      JsonNode statement, String path, Map<String, String> sids, boolean variables) {
    int before = found;
    if (!statement.isObject()) {
      wrong(path, "must be a statement, an object, but is " + Quote.kind(statement) + ".");
      return Optional.empty();
    }
    unknownElements(statement, STATEMENT_ELEMENTS, path);
    sid(statement, path, sids);
    effect(statement.path("Effect"), path + ".Effect");
    for (String principal : List.of("Principal", "NotPrincipal")) {
      if (statement.has(principal)) {
        wrong(
            path + "." + principal,
            "does not belong in the policy of a role, which is its own principal: leave it out.");
      }
    }
    oneOf(statement, path, "Action", this::action);
    oneOf(statement, path, "Resource", this::resource);
    if (statement.has("Condition")) {
      condition(statement.get("Condition"), path + ".Condition");
    }
    return found == before
        ? Optional.of(new Grant(path, Statement.of(statement, variables)))
        : Optional.empty();
  }

  private void unknownElements(JsonNode object, Set<String> known, String path) {
    for (Map.Entry<String, JsonNode> element : object.properties()) {
      if (!known.contains(element.getKey())) {
        wrong(
            path,
            "has an element "
                + Quote.of(element.getKey())
                + ", which the policy language does not know."
                + Nearest.question(element.getKey(), known));
      }
    }
  }

  private void sid(JsonNode statement, String path, Map<String, String> sids) {
    if (!statement.has("Sid")) {
      return;
    }
    JsonNode sid = statement.get("Sid");
    if (!sid.isTextual() || !SID.matcher(sid.asText()).matches()) {
      wrong(path + ".Sid", "must be a string of the letters A-Z, a-z and the digits 0-9.");
      return;
    }
    String first = sids.putIfAbsent(sid.asText(), path);
    if (first != null && !sid.asText().isEmpty()) {
      wrong(path + ".Sid", "is the Sid of " + first + " too: give each its own, or none.");
    }
  }

  private void effect(JsonNode effect, String path) {
    if (!EFFECTS.contains(effect.asText()) || !effect.isTextual()) {
      wrong(
          path,
          "must be \"Allow\" or \"Deny\", but is "
              + (effect.isTextual() ? Quote.of(effect.asText()) : Quote.kind(effect))
              + ".");
    }
  }

  private void oneOf(
      JsonNode statement, String path, String element, BiConsumer<String, String> check) {
    String inverse = "Not" + element;
    if (statement.has(element) == statement.has(inverse)) {
      wrong(
          path,
          "must have exactly one of "
              + element
              + " and "
              + inverse
              + (statement.has(element) ? ", but has both." : ", but has neither."));
      return;
    }
    String present = statement.has(element) ? element : inverse;
    oneOrMore(statement.get(present), path + "." + present, check);
  }

  private void oneOrMore(JsonNode value, String path, BiConsumer<String, String> check) {
    if (value.isArray() && !value.isEmpty()) {
      for (int index = 0; index < value.size(); index++) {
        text(value.get(index), path + "[" + index + "]", check);
      }
    } else if (value.isArray()) {
      wrong(path, "must not be an empty list.");
    } else {
      text(value, path, check);
    }
  }

  private void text(JsonNode value, String path, BiConsumer<String, String> check) {
    if (!value.isTextual()) {
      wrong(path, "must be a string, but is " + Quote.kind(value) + ".");
    } else if (!CHARACTERS.matcher(value.asText()).matches()) {
      wrong(path, "holds a character above U+00FF or a control character, which IAM refuses.");
    } else {
      check.accept(value.asText(), path);
    }
  }

  private void action(String action, String path) {
    if (!ACTION.matcher(action).matches()) {
      wrong(
          path,
          Quote.of(action)
              + " is not an action: write service:action, for example s3:GetObject, where * and ?"
              + " stand in the action only; or * for all.");
    }
  }

  private void resource(String resource, String path) {
    if (resource.equals("*")) {
      return;
    }
    String[] parts = resource.split(":", 6);
    if (!parts[0].equals("arn") || parts.length < 6 || parts[5].isEmpty() || parts[2].isEmpty()) {
      wrong(
          path,
          Quote.of(resource)
              + " is not a resource: write an ARN, arn:partition:service:region:account:resource,"
              + " or *.");
    } else if (!parts[1].equals(context.partition())) {
      wrong(
          path,
          Quote.of(resource)
              + " lies in another partition than this stack, which is in \""
              + context.partition()
              + "\".");
    }
  }

  private void condition(JsonNode condition, String path) {
    if (!condition.isObject()) {
      wrong(
          path, "must be an object of condition operators, but is " + Quote.kind(condition) + ".");
      return;
    }
    for (Map.Entry<String, JsonNode> operator : condition.properties()) {
      operator(operator.getKey(), path);
      String operatorPath = path + "." + operator.getKey();
      if (operator.getValue().isObject()) {
        keys(operator.getValue(), operatorPath);
      } else {
        wrong(
            operatorPath,
            "must be an object of condition keys, but is " + Quote.kind(operator.getValue()) + ".");
      }
    }
  }

  private void operator(String operator, String path) {
    String plain = operator.replaceFirst("^(ForAllValues|ForAnyValue):", "");
    String base = plain.endsWith("IfExists") ? plain.substring(0, plain.length() - 8) : plain;
    if (plain.equals(NULL_OPERATOR + "IfExists")) {
      wrong(path, "\"NullIfExists\" is no condition operator: Null has no such form.");
    } else if (!OPERATORS.contains(base)) {
      wrong(
          path,
          Quote.of(operator) + " is no condition operator." + Nearest.question(base, OPERATORS));
    }
  }

  private void keys(JsonNode keys, String path) {
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, JsonNode> key : keys.properties()) {
      String keyPath = path + "['" + key.getKey() + "']";
      if (!CONDITION_KEY.matcher(key.getKey()).matches()
          || !CHARACTERS.matcher(key.getKey()).matches()) {
        wrong(
            path,
            Quote.of(key.getKey())
                + " is no condition key: write service:key, for example aws:SourceIp.");
      }
      if (!seen.add(key.getKey().toLowerCase(Locale.ROOT))) {
        wrong(
            path,
            Quote.of(key.getKey()) + " is given twice: letter case does not tell keys apart.");
      }
      JsonNode value = key.getValue();
      OneOrMore.of(value)
          .filter(member -> !member.isValueNode() || member.isNull())
          .findFirst()
          .ifPresent(
              wrong ->
                  wrong(
                      keyPath,
                      "must be a string or a list of strings, but has " + Quote.kind(wrong) + "."));
      OneOrMore.of(value)
          .filter(member -> !CHARACTERS.matcher(member.asText()).matches())
          .findFirst()
          .ifPresent(
              wrong ->
                  wrong(
                      keyPath,
                      "holds a character above U+00FF or a control character, which IAM"
                          + " refuses."));
    }
  }

  private void wrong(String path, String message) {
    problems.add(path, message);
    found++;
  }
}
