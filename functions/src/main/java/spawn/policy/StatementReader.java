package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import spawn.error.Problems;
import spawn.payload.Nearest;
import spawn.payload.Quote;

/**
 * Reads statements that the payload spells out, and holds them to IAM's <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html">grammar</a>
 * of the policy language. A document must say its version, which the grammar leaves open: IAM reads
 * one without it in a language of 2008 that knows no policy variables.
 */
final class StatementReader {
  /** What is wrong with a text that {@link #isAllowed} refuses. */
  static final String NOT_ALLOWED =
      "Has a character above U+00FF or a control character, which IAM refuses.";

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

  /**
   * The characters of a document: {@code policyDocumentType} of the <a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html">IAM API</a>.
   */
  private static final Pattern CHARACTERS = Pattern.compile("[\\t\\n\\r\\x20-\\xFF]*");

  private final StackContext context;
  private final Problems problems;
  private final ConditionReader conditions;
  private int found;

  StatementReader(StackContext context, Problems problems) {
    this.context = context;
    this.problems = problems;
    this.conditions = new ConditionReader(this::wrong);
  }

  /** Returns whether IAM takes the text's characters. */
  static boolean isAllowed(String text) {
    return CHARACTERS.matcher(text).matches();
  }

  /** Returns the statements of a whole policy document; those that are malformed are left out. */
  List<Grant> document(JsonNode document, String path) {
    if (!document.isObject()) {
      wrong(path, "Must be a policy document, an object, not %s.".formatted(Quote.kind(document)));
      return List.of();
    }
    if (tooLong(document, path)) {
      return List.of();
    }
    unknownElements(document, DOCUMENT_ELEMENTS, path);
    JsonNode version = document.path("Version");
    if (!version.isTextual() || !VERSIONS.contains(version.asText())) {
      wrong(path + ".Version", "Must be \"2012-10-17\", or \"2008-10-17\" in old policies.");
    }
    if (document.has("Id") && !document.get("Id").isTextual()) {
      wrong(path + ".Id", "Must be a string, not %s.".formatted(Quote.kind(document.get("Id"))));
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
          "Must be a list of statements, not %s."
              .formatted(list.isArray() ? "an empty one" : Quote.kind(list)));
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
    boolean tooLong = length > SizeLimits.MAX_WRITTEN_CHARACTERS;
    if (tooLong) {
      wrong(
          path,
          "Has %d characters, but the inline policy of a role has at most %d bytes. Use managed policies, or fewer statements."
              .formatted(length, SizeLimits.MAX_INLINE_BYTES));
    }
    return tooLong;
  }

  private Optional<Grant> statement(
      JsonNode statement, String path, Map<String, String> sids, boolean variables) {
    int before = found;
    if (!statement.isObject()) {
      wrong(path, "Must be a statement, an object, not %s.".formatted(Quote.kind(statement)));
      return Optional.empty();
    }
    unknownElements(statement, STATEMENT_ELEMENTS, path);
    sid(statement, path, sids);
    effect(statement.path("Effect"), path + ".Effect");
    for (String principal : List.of("Principal", "NotPrincipal")) {
      if (statement.has(principal)) {
        wrong(
            path + "." + principal,
            "Does not belong in the policy of a role, which is its own principal. Leave it out.");
      }
    }
    oneOf(statement, path, "Action", this::action);
    oneOf(statement, path, "Resource", this::resource);
    if (statement.has("Condition")) {
      conditions.read(statement.get("Condition"), path + ".Condition");
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
            "Has an element %s, which the policy language does not know.%s"
                .formatted(Quote.of(element.getKey()), Nearest.question(element.getKey(), known)));
      }
    }
  }

  private void sid(JsonNode statement, String path, Map<String, String> sids) {
    if (!statement.has("Sid")) {
      return;
    }
    JsonNode sid = statement.get("Sid");
    if (!sid.isTextual() || !SID.matcher(sid.asText()).matches()) {
      wrong(path + ".Sid", "Must be a string of the letters A-Z, a-z and the digits 0-9.");
      return;
    }
    String first = sids.putIfAbsent(sid.asText(), path);
    if (first != null && !sid.asText().isEmpty()) {
      wrong(
          path + ".Sid",
          "%s is the Sid of %s too. Give each statement its own, or none."
              .formatted(Quote.of(sid.asText()), first));
    }
  }

  private void effect(JsonNode effect, String path) {
    if (!EFFECTS.contains(effect.asText()) || !effect.isTextual()) {
      wrong(
          path,
          "Must be \"Allow\" or \"Deny\", not %s."
              .formatted(effect.isTextual() ? Quote.of(effect.asText()) : Quote.kind(effect)));
    }
  }

  private void oneOf(
      JsonNode statement, String path, String element, BiConsumer<String, String> check) {
    String inverse = "Not" + element;
    if (statement.has(element) == statement.has(inverse)) {
      wrong(
          path,
          "Must have exactly one of %s and %s, not %s."
              .formatted(element, inverse, statement.has(element) ? "both" : "neither"));
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
      wrong(path, "Must not be an empty list.");
    } else {
      text(value, path, check);
    }
  }

  private void text(JsonNode value, String path, BiConsumer<String, String> check) {
    if (!value.isTextual()) {
      wrong(path, "Must be a string, not %s.".formatted(Quote.kind(value)));
    } else if (!isAllowed(value.asText())) {
      wrong(path, NOT_ALLOWED);
    } else {
      check.accept(value.asText(), path);
    }
  }

  private void action(String action, String path) {
    if (!ACTION.matcher(action).matches()) {
      wrong(
          path,
          "%s is not an action: write service:action, for example s3:GetObject, with * and ? in the action only; or * for all."
              .formatted(Quote.of(action)));
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
          "%s is not a resource: write an ARN, arn:partition:service:region:account:resource, or *."
              .formatted(Quote.of(resource)));
    } else if (!parts[1].equals(context.partition())) {
      wrong(path, context.notOfPartition(resource));
    }
  }

  private void wrong(String path, String message) {
    problems.add(path, message);
    found++;
  }
}
