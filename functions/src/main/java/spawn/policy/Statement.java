package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Function;

/**
 * A statement of an identity policy, without its {@code Sid}: a name that grants nothing.
 *
 * @param effect whether it allows or denies
 * @param actions what {@code Action} or {@code NotAction} names
 * @param resources what {@code Resource} or {@code NotResource} names
 * @param condition when it applies
 */
record Statement(Effect effect, Terms actions, Terms resources, Condition condition) {
  /** Returns an Allow. */
  static Statement allow(List<String> actions, List<String> resources, Condition condition) {
    return new Statement(
        Effect.ALLOW,
        new Terms(false, actions.stream().map(Glob::action).toList()),
        new Terms(false, resources.stream().map(Glob::resource).toList()),
        condition);
  }

  /**
   * Returns a statement from valid JSON; resources that end early are written out, as IAM reads
   * them.
   *
   * @param variables whether {@code ${…}} is a policy variable, as {@link OneOrMore#texts} says
   */
  static Statement of(JsonNode json, boolean variables) {
    return new Statement(
        Effect.of(json.path("Effect").asText()),
        terms(json, "Action", true, Glob::action),
        terms(json, "Resource", variables, resource -> Glob.resource(Arn.writtenOut(resource))),
        Condition.of(json.path("Condition"), variables));
  }

  private static Terms terms(
      JsonNode json, String element, boolean variables, Function<String, Glob> pattern) {
    boolean inverted = json.has("Not" + element);
    JsonNode oneOrMore = json.path(inverted ? "Not" + element : element);
    return new Terms(
        inverted, OneOrMore.texts(oneOrMore, variables).stream().map(pattern).toList());
  }

  boolean allows() {
    return effect == Effect.ALLOW;
  }

  /** Returns the actions that it lists; none if it is about all but some. */
  List<Glob> listedActions() {
    return actions.inverted() ? List.of() : actions.patterns();
  }

  /** Returns whether it applies whenever the other does; when in doubt, not. */
  boolean isAtLeastWhen(Statement other) {
    return condition.isEmpty() || condition.equals(other.condition);
  }

  /** Returns whether it names each of its resources, without wildcards. */
  boolean namesEachResource() {
    return !resources.inverted() && resources.patterns().stream().noneMatch(Glob::isWild);
  }
}
