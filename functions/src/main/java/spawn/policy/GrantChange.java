package spawn.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import spawn.json.Json;

/**
 * What is allowed on one side of a comparison and not on the other: the requests that a statement
 * is about, without those that some others are about.
 */
public final class GrantChange {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Statement grant;
  private final Optional<Statement> denied;
  private final List<Statement> except;
  private final UnaryOperator<String> spelling;

  /**
   * Creates a change.
   *
   * @param grant what is allowed here
   * @param denied what the other side denies, where that is why; then only the requests that both
   *     are about
   * @param except what the other side allows of it, or this side denies
   * @param spelling how the documents write a condition key
   */
  GrantChange(
      Statement grant,
      Optional<Statement> denied,
      List<Statement> except,
      UnaryOperator<String> spelling) {
    this.grant = grant;
    this.denied = denied;
    this.except = List.copyOf(except);
    this.spelling = spelling;
  }

  /**
   * Returns it in the elements of IAM's statements: {@code Action}, {@code NotAction} and so on; as
   * {@code deniedOtherwise} what the other side denies, and as {@code except} a list of what does
   * not belong to it.
   *
   * @param most how many names a list may have; further ones are counted behind them, as {@code
   *     "and 12 more"}
   */
  public ObjectNode toJson(int most) {
    ObjectNode json = elements(grant, most);
    denied.ifPresent(other -> json.set("deniedOtherwise", elements(other, most)));
    if (!except.isEmpty()) {
      ArrayNode list = json.putArray("except");
      except.stream().limit(most).forEach(each -> list.add(elements(each, most)));
      addRest(list, except.size(), most);
    }
    return json;
  }

  private ObjectNode elements(Statement statement, int most) {
    ObjectNode json = JSON.objectNode();
    json.set(
        statement.actions().inverted() ? "NotAction" : "Action", list(statement.actions(), most));
    json.set(
        statement.resources().inverted() ? "NotResource" : "Resource",
        list(statement.resources(), most));
    if (!statement.condition().isEmpty()) {
      json.set("Condition", statement.condition().toJson(spelling));
    }
    return json;
  }

  private static ArrayNode list(Terms terms, int most) {
    ArrayNode list = JSON.arrayNode();
    terms.patterns().stream().limit(most).map(Glob::spelled).forEach(list::add);
    addRest(list, terms.patterns().size(), most);
    return list;
  }

  private static void addRest(ArrayNode list, int size, int most) {
    if (size > most) {
      list.add("and %d more".formatted(size - most));
    }
  }

  @Override
  public String toString() {
    return Json.text(toJson(Integer.MAX_VALUE));
  }
}
