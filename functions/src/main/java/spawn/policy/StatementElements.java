package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import spawn.payload.Nearest;
import spawn.payload.Quote;

/** Reads one statement after another, element by element, in one spelling. */
final class StatementElements {
  static final Set<String> EFFECTS = Set.of("Allow", "Deny");
  static final Pattern SID = Pattern.compile("[A-Za-z0-9]*");

  /**
   * An action: "Actions/Conditions must be prefaced by a vendor", "can contain only one colon",
   * "Vendor … is not valid" and "Action vendors … must not contain wildcards" are what IAM answers
   * to others (<a
   * href="https://github.com/getmoto/moto/blob/master/tests/test_iam/test_iam_policies.py">moto's
   * tests</a>); it takes names that no service has.
   */
  static final Pattern ACTION = Pattern.compile("\\*|\\*:\\*|[A-Za-z0-9.-]+:[A-Za-z0-9*?._/-]+");

  private final Spelling spelling;
  private final boolean variables;
  private final Map<String, String> sids;
  private final StackContext context;
  private final BiConsumer<String, String> problems;
  private final StatementDoubts doubts;
  private final ConditionReader conditions;

  /** The services of the actions of the statement that is read; none if it is about all. */
  private final Set<String> services = new TreeSet<>();

  private int found;

  /**
   * Creates a reader.
   *
   * @param variables whether {@code ${…}} is a policy variable
   * @param sids where each {@code Sid} that is taken stands; takes those of the statements
   * @param problems takes what is wrong: a JSON path and a sentence
   */
  StatementElements(
      Spelling spelling,
      boolean variables,
      Map<String, String> sids,
      StackContext context,
      BiConsumer<String, String> problems,
      StatementDoubts doubts) {
    this.spelling = spelling;
    this.variables = variables;
    this.sids = sids;
    this.context = context;
    this.problems = problems;
    this.doubts = doubts;
    this.conditions =
        new ConditionReader(
            this::wrong,
            (value, path) -> {
              if (variables) {
                doubts.variables(value, path);
              }
            });
  }

  /** Returns the statement; nothing if anything is wrong with it. */
  Optional<Grant> read(JsonNode statement, String path) {
    int before = found;
    if (!statement.isObject()) {
      wrong(path, "Must be a statement, an object, not %s.".formatted(Quote.kind(statement)));
      return Optional.empty();
    }
    unknown(statement, spelling.names(), path, this::wrong);
    sid(statement, path);
    effect(statement, path);
    for (String principal : spelling.principals()) {
      if (statement.has(principal)) {
        wrong(
            path + "." + principal,
            "Does not belong in the policy of a role, which is its own principal. Leave it out.");
      }
    }
    services.clear();
    oneOf(statement, path, "Action", this::action);
    if (services.contains("*") || statement.has(spelling.lists().get("NotAction"))) {
      services.clear();
    }
    oneOf(statement, path, "Resource", this::resource);
    condition(statement, path);
    return found == before ? Optional.of(new Grant(path, valid(statement))) : Optional.empty();
  }

  private Statement valid(JsonNode statement) {
    return Statement.of(
        spelling.isTerraforms() ? TerraformStatement.toIam(statement) : statement, variables);
  }

  /** Notes the members that an object must not have. */
  static void unknown(
      JsonNode object, Set<String> known, String path, BiConsumer<String, String> wrong) {
    for (Map.Entry<String, JsonNode> element : object.properties()) {
      if (!known.contains(element.getKey())) {
        wrong.accept(
            path,
            "Has an element %s, which the policy language does not know.%s"
                .formatted(Quote.of(element.getKey()), Nearest.question(element.getKey(), known)));
      }
    }
  }

  private void sid(JsonNode statement, String path) {
    JsonNode sid = statement.path(spelling.sid());
    if (sid.isMissingNode()) {
      return;
    }
    String at = path + "." + spelling.sid();
    if (!sid.isTextual() || !SID.matcher(sid.asText()).matches()) {
      wrong(at, "Must be a string of the letters A-Z, a-z and the digits 0-9.");
      return;
    }
    String first = sids.putIfAbsent(sid.asText(), path);
    if (first != null && !sid.asText().isEmpty()) {
      wrong(
          at,
          "%s is the Sid of %s too. Give each statement its own, or none."
              .formatted(Quote.of(sid.asText()), first));
    }
  }

  private void effect(JsonNode statement, String path) {
    JsonNode effect = statement.path(spelling.effect());
    boolean standard = effect.isMissingNode() && spelling.isTerraforms();
    if (!standard && (!EFFECTS.contains(effect.asText()) || !effect.isTextual())) {
      wrong(
          path + "." + spelling.effect(),
          "Must be \"Allow\" or \"Deny\", not %s."
              .formatted(effect.isTextual() ? Quote.of(effect.asText()) : Quote.kind(effect)));
    }
  }

  private void oneOf(
      JsonNode statement, String path, String element, BiConsumer<String, String> check) {
    String name = spelling.lists().get(element);
    String inverse = spelling.lists().get("Not" + element);
    if (statement.has(name) == statement.has(inverse)) {
      wrong(
          path,
          "Must have exactly one of %s and %s, not %s."
              .formatted(name, inverse, statement.has(name) ? "both" : "neither"));
      return;
    }
    String present = statement.has(name) ? name : inverse;
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
    } else if (!StatementReader.isAllowed(value.asText())) {
      wrong(path, StatementReader.NOT_ALLOWED);
    } else {
      check.accept(value.asText(), path);
    }
  }

  private void action(String action, String path) {
    if (ACTION.matcher(action).matches()) {
      int colon = Math.max(0, action.indexOf(':'));
      services.add(colon == 0 ? "*" : action.substring(0, colon).toLowerCase(Locale.ROOT));
    } else {
      wrong(
          path,
          "%s is not an action: write service:action, for example s3:GetObject, with * and ? in the action only; or * for all."
              .formatted(Quote.of(action)));
    }
  }

  private void resource(String written, String path) {
    String spelled = spelling.isTerraforms() ? TerraformStatement.text(written) : written;
    String resource = OneOrMore.text(spelled, variables);
    Optional<String> refusal = ResourceRules.refusal(resource, context);
    refusal.ifPresentOrElse(
        message -> wrong(path, message), () -> doubts.resource(resource, path, services));
  }

  private void condition(JsonNode statement, String path) {
    List<String> present = spelling.conditions().stream().filter(statement::has).toList();
    if (present.size() > 1) {
      wrong(path, "Must not have both %s.".formatted(String.join(" and ", present)));
    }
    for (String name : present) {
      if (spelling.isTerraforms()) {
        conditions.readBlocks(statement.get(name), path + "." + name);
      } else {
        conditions.read(statement.get(name), path + "." + name);
      }
    }
  }

  private void wrong(String path, String message) {
    problems.accept(path, message);
    found++;
  }
}
