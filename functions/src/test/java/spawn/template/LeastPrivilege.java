package spawn.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
    return told(statements, needed).toList();
  }

  /** Returns whether anything is wrong; what it is takes longer to say. */
  static boolean isComplaint(List<ObjectNode> statements, Collection<Access> needed) {
    return told(statements, needed).findAny().isPresent();
  }

  private static Stream<String> told(List<ObjectNode> statements, Collection<Access> needed) {
    Stream<String> surplus =
        statements.stream()
            .filter(LeastPrivilege::isAllow)
            .flatMap(
                statement ->
                    Stream.of("Action", "Resource")
                        .flatMap(element -> surplus(statement, element, needed)));
    Stream<String> refused =
        Stream.of(statements)
            .map(LeastPrivilege::allowedBy)
            .flatMap(allowed -> needed.stream().filter(allowed.negate()))
            .map(access -> "refused: " + access);
    return Stream.of(allowedTwice(statements), surplus, refused).flatMap(each -> each);
  }

  private static Stream<String> allowedTwice(List<ObjectNode> statements) {
    Set<String> actions = new HashSet<>();
    return statements.stream()
        .filter(LeastPrivilege::isAllow)
        .flatMap(statement -> list(statement.path("Action")).stream())
        .map(JsonNode::asText)
        .filter(action -> !actions.add(action))
        .map(action -> "allowed in two statements: " + action);
  }

  private static boolean isAllow(JsonNode statement) {
    return statement.path("Effect").asText().equals("Allow");
  }

  private static Stream<String> surplus(
      ObjectNode statement, String element, Collection<Access> needed) {
    return list(statement.path(element)).stream()
        .filter(one -> !isNeeded(statement, element, one, needed))
        .map(one -> statement.path("Sid").asText() + " allows, and nothing needs: " + one);
  }

  private static boolean isNeeded(
      ObjectNode statement, String element, JsonNode one, Collection<Access> needed) {
    if (element.equals("Action") && one.asText().contains("*")) {
      return false;
    }
    ObjectNode alone = JSON.objectNode();
    alone.setAll(statement);
    alone.set(element, one);
    return needed.stream().anyMatch(allowedBy(List.of(alone)));
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
