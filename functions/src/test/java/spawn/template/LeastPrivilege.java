package spawn.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import spawn.policy.PolicyEvaluator;

/** Holds policies against the access that was needed, both ways. */
public final class LeastPrivilege {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private LeastPrivilege() {}

  /**
   * Returns what is wrong: each access that is needed and refused, each action and each resource
   * that is allowed and never needed, and each action that is allowed twice: the second time could
   * only lift the first one's limits.
   */
  public static List<String> complaints(List<ObjectNode> statements, Collection<Access> needed) {
    List<String> complaints = new ArrayList<>();
    needed.stream()
        .filter(allowedBy(statements).negate())
        .forEach(access -> complaints.add("refused: " + access));
    for (ObjectNode statement : statements) {
      if (isAllow(statement)) {
        surplus(statement, "Action", needed, complaints);
        surplus(statement, "Resource", needed, complaints);
      }
    }
    Set<String> actions = new HashSet<>();
    statements.stream()
        .filter(LeastPrivilege::isAllow)
        .flatMap(statement -> list(statement.path("Action")).stream())
        .map(JsonNode::asText)
        .filter(action -> !actions.add(action))
        .forEach(action -> complaints.add("allowed in two statements: " + action));
    return complaints;
  }

  private static boolean isAllow(JsonNode statement) {
    return statement.path("Effect").asText().equals("Allow");
  }

  private static void surplus(
      ObjectNode statement, String element, Collection<Access> needed, List<String> complaints) {
    for (JsonNode one : list(statement.path(element))) {
      ObjectNode alone = statement.deepCopy();
      alone.set(element, one);
      Predicate<Access> allowed = allowedBy(List.of(alone));
      if ((element.equals("Action") && one.asText().contains("*"))
          || needed.stream().noneMatch(allowed)) {
        complaints.add(statement.path("Sid").asText() + " allows, and nothing needs: " + one);
      }
    }
  }

  /** Returns whether the statements together allow it. */
  public static boolean allows(List<ObjectNode> statements, Access access) {
    return allowedBy(statements).test(access);
  }

  /** Returns the same for many: the statements are read once. */
  private static Predicate<Access> allowedBy(List<ObjectNode> statements) {
    ObjectNode document = JSON.objectNode();
    document.putArray("Statement").addAll(statements);
    PolicyEvaluator evaluator = new PolicyEvaluator(document);
    return access -> evaluator.allows(access.action(), access.resource(), access.context());
  }

  /** Returns one element or the elements of a list. */
  static List<JsonNode> list(JsonNode oneOrMore) {
    return oneOrMore.isArray() ? oneOrMore.valueStream().toList() : List.of(oneOrMore);
  }
}
