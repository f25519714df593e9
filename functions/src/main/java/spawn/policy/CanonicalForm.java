package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Statements split into single grants, without those that others cover, and joined again in one way
 * only.
 *
 * <p>A grant is one action term on one resource term under one guard. Splitting is exact: a
 * statement means each of its actions on each of its resources. A grant is left out if another of
 * the same effect, under the same condition or under none, covers both its terms; so nothing that
 * is left out changes what is allowed or denied.
 *
 * <p>Letter case does not matter in the names of actions and condition keys (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html">actions</a>,
 * <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html">conditions</a>),
 * so they are compared in lower case and written as the payload spells them.
 */
final class CanonicalForm {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Under which effect and condition something is granted. */
  private record Guard(Effect effect, Condition condition) {
    Guard unconditional() {
      return new Guard(effect, Condition.NONE);
    }
  }

  /** What is granted under one guard: for each action the resources. */
  private static final class Grants {
    private final SortedMap<Term, SortedSet<Term>> resourcesByAction = new TreeMap<>();

    void add(Statement statement) {
      List<Term> resources = statement.resources().split();
      for (Term action : statement.actions().split()) {
        resourcesByAction.computeIfAbsent(action, unseen -> new TreeSet<>()).addAll(resources);
      }
    }

    void dropGrantsCoveredBy(Grants wider) {
      wider.resourcesByAction.forEach(
          (action, covers) ->
              resourcesByAction.forEach(
                  (coveredAction, resources) -> {
                    if (action.covers(coveredAction)) {
                      dropResourcesCoveredBy(covers, resources);
                    }
                  }));
    }

    private static void dropResourcesCoveredBy(Set<Term> covers, Set<Term> resources) {
      boolean itself = covers == resources;
      List<Term> wide = covers.stream().filter(Term::isWide).toList();
      for (Term resource : List.copyOf(resources)) {
        boolean repeated = !itself && covers.contains(resource);
        if (repeated
            || wide.stream()
                .filter(cover -> !cover.equals(resource) && cover.covers(resource))
                .anyMatch(covers::contains)) { // not one that this loop has dropped
          resources.remove(resource);
        }
      }
    }

    /** Returns them as statements: actions on the same resources go together. */
    List<Row> rows(Guard guard) {
      List<Row> rows = new ArrayList<>();
      Map<Terms, List<Glob>> actionsOn = new LinkedHashMap<>();
      resourcesByAction.forEach(
          (action, resources) -> {
            for (Terms on : together(resources)) {
              if (action.inverted()) {
                rows.add(new Row(guard, new Terms(true, action.patterns()), on));
              } else {
                actionsOn
                    .computeIfAbsent(on, unseen -> new ArrayList<>())
                    .addAll(action.patterns());
              }
            }
          });
      actionsOn.forEach((on, actions) -> rows.add(new Row(guard, new Terms(false, actions), on)));
      return rows;
    }

    /** Returns plain patterns as one list, and each term with exceptions as a list of its own. */
    private static List<Terms> together(Set<Term> terms) {
      List<Terms> together = new ArrayList<>();
      List<Glob> plain = new ArrayList<>();
      for (Term term : terms) {
        if (term.inverted()) {
          together.add(new Terms(true, term.patterns()));
        } else {
          plain.addAll(term.patterns());
        }
      }
      if (!plain.isEmpty()) {
        together.add(new Terms(false, plain));
      }
      return together;
    }
  }

  /** A statement to write. */
  private record Row(Guard guard, Terms actions, Terms resources) {
    ObjectNode toJson(UnaryOperator<String> spelling) {
      ObjectNode statement = JSON.objectNode().put("Effect", guard.effect().toString());
      statement.set(actions.inverted() ? "NotAction" : "Action", texts(actions, spelling));
      statement.set(
          resources.inverted() ? "NotResource" : "Resource",
          texts(resources, UnaryOperator.identity()));
      if (!guard.condition().isEmpty()) {
        statement.set("Condition", guard.condition().toJson(spelling));
      }
      return statement;
    }

    private static JsonNode texts(Terms terms, UnaryOperator<String> spelling) {
      return OneOrMore.toJson(terms.patterns().stream().map(Glob::toString).map(spelling).toList());
    }
  }

  private final SortedMap<String, String> spellings = new TreeMap<>();
  private final Map<Guard, Grants> grants = new LinkedHashMap<>();

  CanonicalForm(Collection<Statement> statements) {
    for (Statement statement : statements) {
      statement.actions().patterns().forEach(action -> spell(Glob.spelling(action.spelled())));
      Guard guard = new Guard(statement.effect(), statement.condition().withKeys(this::spell));
      grants.computeIfAbsent(guard, unseen -> new Grants()).add(statement);
    }
    dropCovered();
  }

  /** Remembers a spelling; the same one whatever the order. Returns the name in lower case. */
  private String spell(String name) {
    String folded = name.toLowerCase(Locale.ROOT);
    spellings.merge(folded, name, (one, other) -> one.compareTo(other) < 0 ? one : other);
    return folded;
  }

  /**
   * Leaves out each grant that another covers.
   *
   * <p>What remains does not depend on the order, although grants are dropped while others are
   * still compared: covering is transitive, so whatever a dropped grant covers is covered by the
   * one for which it was dropped; and no two grants cover each other, so one of them always stays
   * ({@code CanonicalFormPropertyTest}).
   */
  private void dropCovered() {
    grants.forEach(
        (guard, guarded) -> {
          guarded.dropGrantsCoveredBy(guarded);
          Grants unconditional = grants.get(guard.unconditional());
          if (unconditional != null && unconditional != guarded) {
            guarded.dropGrantsCoveredBy(unconditional);
          }
        });
  }

  /** Returns the document as IAM takes it. */
  ObjectNode document() {
    return document(name -> spellings.getOrDefault(name, name));
  }

  /** Returns a text that is equal for documents that mean the same. */
  String fingerprint() {
    return document(UnaryOperator.identity()).toString();
  }

  private ObjectNode document(UnaryOperator<String> spelling) {
    SortedMap<String, ObjectNode> statements = new TreeMap<>();
    grants.forEach(
        (guard, guarded) -> {
          for (Row row : guarded.rows(guard)) {
            // Sorted by the text in lower case: another spelling must not move a statement.
            statements.put(row.toJson(UnaryOperator.identity()).toString(), row.toJson(spelling));
          }
        });
    ObjectNode document = JSON.objectNode().put("Version", "2012-10-17");
    document.putArray("Statement").addAll(statements.values());
    return document;
  }
}
