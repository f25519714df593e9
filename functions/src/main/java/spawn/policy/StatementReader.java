package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import spawn.error.Problems;
import spawn.json.Json;
import spawn.payload.JsonPath;
import spawn.payload.Quote;

/**
 * Reads statements that the payload spells out, and holds them to IAM's <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html">grammar</a>
 * of the policy language: what IAM refuses is a problem, what it takes passes. A document without a
 * version is of 2008-10-17, a language without policy variables. An {@code Id} is taken and left
 * out, as is a {@code Sid}: IAM takes it, though the grammar has it for policies of resources only.
 */
final class StatementReader {
  /** What is wrong with a text that {@link #isAllowed} refuses. */
  static final String NOT_ALLOWED =
      "Has a character above U+00FF or a control character, which IAM refuses.";

  private static final String WITH_VARIABLES = "2012-10-17";
  static final Set<String> VERSIONS = Set.of(WITH_VARIABLES, "2008-10-17");
  private static final Set<String> DOCUMENT_ELEMENTS = Set.of("Version", "Id", "Statement");

  /**
   * The characters of a document: {@code policyDocumentType} of the <a
   * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html">IAM API</a>.
   */
  static final Pattern CHARACTERS = Pattern.compile("[\\t\\n\\r\\x20-\\xFF]*");

  private final StackContext context;
  private final Problems problems;
  private final StatementDoubts doubts;

  /** Creates a reader that warns nobody. */
  StatementReader(StackContext context, Problems problems) {
    this(context, problems, StatementDoubts.NOBODY);
  }

  StatementReader(StackContext context, Problems problems, Consumer<Warning> warnings) {
    this.context = context;
    this.problems = problems;
    this.doubts = new StatementDoubts(warnings);
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
    StatementElements.unknown(document, DOCUMENT_ELEMENTS, path, this::wrong);
    JsonNode version = document.path("Version");
    if (document.has("Version") && !(version.isTextual() && VERSIONS.contains(version.asText()))) {
      wrong(path + ".Version", "Must be \"2012-10-17\", or \"2008-10-17\" in old policies.");
    }
    if (document.has("Id") && !document.get("Id").isTextual()) {
      wrong(path + ".Id", "Must be a string, not %s.".formatted(Quote.kind(document.get("Id"))));
    }
    boolean variables = version.asText().equals(WITH_VARIABLES);
    if (!variables && Json.text(document).contains("${")) {
      doubts.plainVariables(path);
    }
    JsonNode statement = document.path("Statement");
    return statement.isObject()
        ? elements(Spelling.IAM, variables, new HashMap<>())
            .read(statement, path + ".Statement")
            .stream()
            .toList()
        : list(statement, path + ".Statement", variables, false);
  }

  /**
   * Returns the statements of a list, or of an object of them by name in the order of the names;
   * those that are malformed are left out. Each is spelled as IAM or as Terraform does it.
   */
  List<Grant> statements(JsonNode list, String path) {
    if (tooLong(list, path)) {
      return List.of();
    }
    if (!TerraformStatement.isByName(list)) {
      return list(list, path, true, true);
    }
    Map<String, JsonNode> byName = new TreeMap<>();
    list.properties().forEach(named -> byName.put(named.getKey(), named.getValue()));
    Map<String, String> sids = new HashMap<>();
    List<Grant> grants = new ArrayList<>();
    byName.forEach(
        (name, statement) ->
            spelled(statement, JsonPath.member(path, name), sids).ifPresent(grants::add));
    return grants;
  }

  private List<Grant> list(JsonNode list, String path, boolean variables, boolean anySpelling) {
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
      String at = JsonPath.index(path, index);
      (anySpelling
              ? spelled(list.get(index), at, sids)
              : elements(Spelling.IAM, variables, sids).read(list.get(index), at))
          .ifPresent(grants::add);
    }
    return grants;
  }

  private Optional<Grant> spelled(JsonNode statement, String path, Map<String, String> sids) {
    if (!TerraformStatement.isOne(statement)) {
      return elements(Spelling.IAM, true, sids).read(statement, path);
    }
    Set<String> mixed = new TreeSet<>(Spelling.IAM.names());
    mixed.removeIf(name -> !statement.has(name));
    if (!mixed.isEmpty()) {
      wrong(
          path,
          "Mixes two spellings: %s is IAM's, and other members are Terraform's. Spell all of them one way."
              .formatted(String.join(", ", mixed)));
      return Optional.empty();
    }
    return elements(Spelling.TERRAFORM, true, sids).read(TerraformStatement.given(statement), path);
  }

  private boolean tooLong(JsonNode json, String path) {
    int length = Json.text(json).length();
    boolean tooLong = length > SizeLimits.MAX_WRITTEN_CHARACTERS;
    if (tooLong) {
      wrong(
          path,
          "Has %d characters, but the inline policy of a role has at most %d bytes. Use managed policies, or fewer statements."
              .formatted(length, SizeLimits.MAX_INLINE_BYTES));
    }
    return tooLong;
  }

  private StatementElements elements(
      Spelling spelling, boolean variables, Map<String, String> sids) {
    return new StatementElements(spelling, variables, sids, context, problems::add, doubts);
  }

  private void wrong(String path, String message) {
    problems.add(path, message);
  }
}
