package spawn.aws;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides requests by identity policies and a permissions boundary as IAM's simulator does (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html">evaluation
 * logic</a>), with the statements that decide and where they stand. Two others are held against it:
 * that of the local stack, and one that is not this project's.
 */
public final class PolicySimulator {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Variables of the current language; {@code ${*}}, {@code ${?}} and {@code ${$}} are plain. */
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([^},]+?)(?:\\s*,\\s*'([^']*)')?\\}");

  private final List<Policy> policies;
  private final Optional<Policy> boundary;

  private PolicySimulator(List<Policy> policies, Optional<Policy> boundary) {
    this.policies = policies;
    this.boundary = boundary;
  }

  /** Creates a simulator of policies, as they are written. */
  public static PolicySimulator of(List<String> policies, Optional<String> boundary) {
    List<Policy> named = new ArrayList<>();
    for (String text : policies) {
      named.add(Policy.of("PolicyInputList." + (named.size() + 1), text));
    }
    return new PolicySimulator(
        named, boundary.map(text -> Policy.of("PermissionsBoundaryPolicyInputList.1", text)));
  }

  /** What IAM says. */
  public enum Decision {
    ALLOWED("allowed"),
    EXPLICIT_DENY("explicitDeny"),
    IMPLICIT_DENY("implicitDeny");

    private final String spelling;

    Decision(String spelling) {
      this.spelling = spelling;
    }

    /** Returns the decision as IAM's answer has it. */
    public String spelling() {
      return spelling;
    }
  }

  /**
   * A statement that decided.
   *
   * @param source the number of its policy, as IAM names it
   */
  public record Matched(String source, Place start, Place end) {}

  /** A place in a policy's text, both counted from 1. */
  public record Place(int line, int column) {}

  /**
   * A verdict.
   *
   * @param withinBoundary whether the boundary allows it; nothing without a boundary
   */
  public record Verdict(
      Decision decision, List<Matched> matched, Optional<Boolean> withinBoundary) {}

  /** Returns the verdict on a request. */
  public Verdict decide(String action, String resource, Map<String, List<String>> context) {
    Request request = new Request(action, resource, context);
    List<Matched> denying = new ArrayList<>();
    List<Matched> allowing = new ArrayList<>();
    for (Policy policy : policies) {
      policy.statements().stream()
          .filter(statement -> statement.appliesTo(request))
          .forEach(statement -> (statement.allows() ? allowing : denying).add(statement.matched()));
    }
    List<Statement> ofBoundary =
        boundary.stream()
            .flatMap(policy -> policy.statements().stream())
            .filter(statement -> statement.appliesTo(request))
            .toList();
    ofBoundary.stream()
        .filter(statement -> !statement.allows())
        .forEach(statement -> denying.add(statement.matched()));
    Optional<Boolean> within =
        boundary.map(
            policy -> !ofBoundary.isEmpty() && ofBoundary.stream().allMatch(Statement::allows));
    if (!denying.isEmpty()) {
      return new Verdict(Decision.EXPLICIT_DENY, denying, within);
    }
    return allowing.isEmpty() || within.equals(Optional.of(false))
        ? new Verdict(Decision.IMPLICIT_DENY, List.of(), within)
        : new Verdict(Decision.ALLOWED, allowing, within);
  }

  /**
   * Returns the keys that the policies ask about and the context lacks: those of every statement
   * (<a href="https://github.com/boto/boto3/issues/3111">seen in the field</a>).
   */
  public NavigableSet<String> missing(Map<String, List<String>> context) {
    NavigableSet<String> missing = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    policies.forEach(policy -> policy.addKeys(missing));
    boundary.ifPresent(policy -> policy.addKeys(missing));
    missing.removeIf(key -> Conditions.values(context, key).isPresent());
    return missing;
  }

  private record Request(String action, String resource, Map<String, List<String>> context) {}

  private record Policy(List<Statement> statements) {
    static Policy of(String source, String text) {
      try {
        JsonNode document = JSON.readTree(text);
        boolean variables = document.path("Version").asText().equals("2012-10-17");
        List<Place[]> places = places(text);
        JsonNode oneOrMore = document.path("Statement");
        List<Statement> statements = new ArrayList<>();
        for (JsonNode statement : oneOrMore.isArray() ? oneOrMore : List.of(oneOrMore)) {
          Place[] place = places.get(statements.size());
          statements.add(
              new Statement(statement, variables, new Matched(source, place[0], place[1])));
        }
        return new Policy(statements);
      } catch (IOException malformed) {
        throw new UncheckedIOException(malformed);
      }
    }

    /**
     * Returns where each statement begins and ends: behind its first brace, and behind its last.
     */
    private static List<Place[]> places(String text) throws IOException {
      List<Place[]> places = new ArrayList<>();
      try (JsonParser parser = JSON.getFactory().createParser(text)) {
        while (parser.nextToken() != null) {
          boolean statements =
              parser.currentToken() == JsonToken.FIELD_NAME
                  && parser.currentName().equals("Statement")
                  && parser.getParsingContext().getParent().inRoot();
          if (!statements) {
            if (parser.currentToken() == JsonToken.FIELD_NAME) {
              parser.nextToken();
              parser.skipChildren();
            }
            continue;
          }
          boolean list = parser.nextToken() == JsonToken.START_ARRAY;
          while (!list || parser.nextToken() == JsonToken.START_OBJECT) {
            Place start = place(parser.currentTokenLocation(), 1);
            parser.skipChildren();
            places.add(new Place[] {start, place(parser.currentTokenLocation(), 1)});
            if (!list) {
              break;
            }
          }
        }
      }
      return places;
    }

    private static Place place(JsonLocation location, int after) {
      return new Place(location.getLineNr(), location.getColumnNr() + after);
    }

    void addKeys(NavigableSet<String> keys) {
      for (Statement statement : statements) {
        statement
            .json()
            .path("Condition")
            .forEach(operator -> operator.fieldNames().forEachRemaining(keys::add));
        if (statement.variables()) {
          Matcher variable = VARIABLE.matcher(statement.json().toString());
          while (variable.find()) {
            if (variable.group(1).length() > 1) {
              keys.add(variable.group(1).strip());
            }
          }
        }
      }
    }
  }

  private record Statement(JsonNode json, boolean variables, Matched matched) {
    boolean allows() {
      return json.path("Effect").asText().equals("Allow");
    }

    boolean appliesTo(Request request) {
      return actions(request) && resources(request) && conditions(request);
    }

    private boolean actions(Request request) {
      boolean inverse = json.has("NotAction");
      boolean any =
          list(json.path(inverse ? "NotAction" : "Action")).stream()
              .anyMatch(one -> Like.of(one, true).matches(request.action()));
      return any != inverse;
    }

    /** A resource whose variable has no value matches nothing, and one excepted excepts nothing. */
    private boolean resources(Request request) {
      boolean inverse = json.has("NotResource");
      boolean any =
          list(json.path(inverse ? "NotResource" : "Resource")).stream()
              .map(one -> filled(one, request))
              .flatMap(Optional::stream)
              .anyMatch(pattern -> pattern.matches(request.resource()));
      return any != inverse;
    }

    private boolean conditions(Request request) {
      return json.path("Condition").properties().stream()
          .allMatch(
              operator ->
                  operator.getValue().properties().stream()
                      .allMatch(
                          key ->
                              Conditions.hold(
                                  operator.getKey(),
                                  list(key.getValue()),
                                  Conditions.values(request.context(), key.getKey()),
                                  written -> filled(written, request))));
    }

    /** Returns a text with the values of its variables, which have no wildcards. */
    private Optional<Like> filled(String written, Request request) {
      if (!variables || !written.contains("${")) {
        return Optional.of(Like.of(written, false));
      }
      Like.Builder pattern = new Like.Builder();
      Matcher variable = VARIABLE.matcher(written);
      int from = 0;
      while (variable.find()) {
        pattern.pattern(written.substring(from, variable.start()));
        from = variable.end();
        String name = variable.group(1).strip();
        Optional<List<String>> values = Conditions.values(request.context(), name);
        if (name.matches("[*?$]")) {
          pattern.plain(name);
        } else if (values.filter(several -> several.size() == 1).isPresent()) {
          pattern.plain(values.get().get(0));
        } else if (variable.group(2) != null) {
          pattern.plain(variable.group(2));
        } else {
          return Optional.empty();
        }
      }
      return Optional.of(pattern.pattern(written.substring(from)).build());
    }
  }

  static List<String> list(JsonNode oneOrMore) {
    List<String> list = new ArrayList<>();
    if (oneOrMore.isArray()) {
      oneOrMore.forEach(one -> list.add(one.asText()));
    } else if (!oneOrMore.isMissingNode()) {
      list.add(oneOrMore.asText());
    }
    return list;
  }
}
