package spawn.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
 * Statements taken apart into single grants, freed of those that others cover, and put together
 * again in one way only.
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
  private record Guard(String effect, SortedMap<String, SortedMap<String, List<String>>> condition)
      implements Comparable<Guard> {
    // As JSON, which tells the value "a, b" from the values "a" and "b".
    private static final Comparator<Guard> ORDER =
        Comparator.comparing(Guard::effect)
            .thenComparing(
                guard ->
                    CanonicalForm.condition(guard.condition(), UnaryOperator.identity())
                        .toString());

    Guard unconditional() {
      return new Guard(effect, new TreeMap<>());
    }

    @Override
    public int compareTo(Guard other) {
      return ORDER.compare(this, other);
    }
  }

  /** What stands in one statement. */
  private record Row(Guard guard, boolean inverseActions, List<Glob> actions, Resources on) {}

  /** What stands in one statement as its resources. */
  private record Resources(boolean inverse, List<Glob> patterns) {}

  private final SortedMap<String, String> spellings = new TreeMap<>();
  private final SortedMap<Guard, SortedMap<Term, SortedSet<Term>>> grants = new TreeMap<>();

  CanonicalForm(Collection<Statement> statements) {
    for (Statement statement : statements) {
      statement.actions().forEach(action -> spell(Glob.spelling(action)));
      Guard guard = new Guard(statement.effect(), folded(statement.condition()));
      SortedMap<Term, SortedSet<Term>> guarded =
          grants.computeIfAbsent(guard, unseen -> new TreeMap<>());
      for (Term action : statement.actionTerms()) {
        guarded
            .computeIfAbsent(action, unseen -> new TreeSet<>())
            .addAll(statement.resourceTerms());
      }
    }
    grants.forEach(this::dropCovered);
  }

  private SortedMap<String, SortedMap<String, List<String>>> folded(
      SortedMap<String, SortedMap<String, List<String>>> condition) {
    SortedMap<String, SortedMap<String, List<String>>> folded = new TreeMap<>();
    condition.forEach(
        (operator, keys) -> {
          SortedMap<String, List<String>> foldedKeys = new TreeMap<>();
          keys.forEach((key, values) -> foldedKeys.put(spell(key), values));
          folded.put(operator, foldedKeys);
        });
    return folded;
  }

  /** Remembers a spelling; the same one whatever the order. Returns the name in lower case. */
  private String spell(String name) {
    String folded = name.toLowerCase(Locale.ROOT);
    spellings.merge(folded, name, (one, other) -> one.compareTo(other) < 0 ? one : other);
    return folded;
  }

  private void dropCovered(Guard guard, SortedMap<Term, SortedSet<Term>> guarded) {
    for (Guard wider : new TreeSet<>(List.of(guard, guard.unconditional()))) {
      for (Map.Entry<Term, SortedSet<Term>> cover :
          grants.getOrDefault(wider, new TreeMap<>()).entrySet()) {
        for (Map.Entry<Term, SortedSet<Term>> covered : guarded.entrySet()) {
          if (cover.getKey().covers(covered.getKey())) {
            dropCovered(cover.getValue(), covered.getValue());
          }
        }
      }
    }
  }

  private static void dropCovered(SortedSet<Term> covers, SortedSet<Term> covered) {
    boolean same = covers == covered;
    List<Term> wide = covers.stream().filter(Term::isWide).toList();
    for (Term resource : List.copyOf(covered)) {
      boolean elsewhere = !same && covers.contains(resource);
      if (elsewhere
          || wide.stream()
              .anyMatch(
                  cover ->
                      covers.contains(cover)
                          && !cover.equals(resource)
                          && cover.covers(resource))) {
        covered.remove(resource);
      }
    }
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
    for (Row row : rows()) {
      // Sorted as in lower case, so that the spelling does not move a statement.
      statements.put(statement(row, UnaryOperator.identity()).toString(), statement(row, spelling));
    }
    ObjectNode document = JSON.objectNode().put("Version", "2012-10-17");
    document.putArray("Statement").addAll(statements.values());
    return document;
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    grants.forEach(
        (guard, guarded) -> {
          Map<Resources, List<Glob>> actionsOn = new LinkedHashMap<>();
          guarded.forEach(
              (action, on) -> {
                for (Resources resources : together(on)) {
                  if (action.inverted()) {
                    rows.add(new Row(guard, true, action.patterns(), resources));
                  } else {
                    actionsOn
                        .computeIfAbsent(resources, unseen -> new ArrayList<>())
                        .addAll(action.patterns());
                  }
                }
              });
          actionsOn.forEach((on, actions) -> rows.add(new Row(guard, false, actions, on)));
        });
    return rows;
  }

  private static List<Resources> together(Set<Term> terms) {
    List<Resources> together = new ArrayList<>();
    List<Glob> plain = new ArrayList<>();
    for (Term term : terms) {
      if (term.inverted()) {
        together.add(new Resources(true, term.patterns()));
      } else {
        plain.addAll(term.patterns());
      }
    }
    if (!plain.isEmpty()) {
      together.add(new Resources(false, plain));
    }
    return together;
  }

  private static ObjectNode statement(Row row, UnaryOperator<String> spelling) {
    ObjectNode statement = JSON.objectNode().put("Effect", row.guard().effect());
    put(
        statement,
        row.inverseActions() ? "NotAction" : "Action",
        row.actions().stream().map(Glob::toString).map(spelling).toList());
    put(
        statement,
        row.on().inverse() ? "NotResource" : "Resource",
        row.on().patterns().stream().map(Glob::toString).toList());
    if (!row.guard().condition().isEmpty()) {
      statement.set("Condition", condition(row.guard().condition(), spelling));
    }
    return statement;
  }

  private static ObjectNode condition(
      SortedMap<String, SortedMap<String, List<String>>> condition,
      UnaryOperator<String> spelling) {
    ObjectNode json = JSON.objectNode();
    condition.forEach(
        (operator, keys) -> {
          ObjectNode block = json.putObject(operator);
          keys.forEach((key, values) -> put(block, spelling.apply(key), values));
        });
    return json;
  }

  private static void put(ObjectNode object, String name, List<String> values) {
    if (values.size() == 1) {
      object.put(name, values.get(0));
    } else {
      values.forEach(object.putArray(name)::add);
    }
  }
}
