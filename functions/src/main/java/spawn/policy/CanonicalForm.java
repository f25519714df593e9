package spawn.policy;

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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import spawn.error.Work;

/**
 * Statements split into single grants, without those that others cover: in one form only, by which
 * documents are compared, and in the shortest form found, which is put.
 *
 * <p>A grant is one action term on one resource term under one guard. Splitting is exact: a
 * statement means each of its actions on each of its resources. A grant is left out if another of
 * the same effect, under the same condition or under none, covers both its terms; so nothing that
 * is left out changes what is allowed or denied.
 *
 * <p>The one form can be many times as long as the statements were, since an action that one
 * statement grants on more resources than another no longer goes together with the others of
 * either.
 *
 * <p>Letter case does not matter in the names of actions and condition keys (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html">actions</a>,
 * <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html">conditions</a>),
 * so they are compared in lower case and written as the payload spells them.
 */
final class CanonicalForm {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final String BEGINNING = "{\"Version\":\"2012-10-17\",\"Statement\":[";
  private static final String END = "]}";

  /** What is granted under one guard, and its shortest form. */
  private record Guarded(GrantTable table, StatementText text, Collection<Block> shortest) {
    static Guarded of(Guard guard, GrantTable table, Work work) {
      StatementText text = new StatementText(guard, table, work);
      Collection<Block> shortest = table.canonical();
      long bytes = text.bytes(shortest);
      for (Collection<Block> other : List.of(table.asWritten(), table.transposed())) {
        long otherBytes = text.bytes(other);
        if (otherBytes < bytes) {
          shortest = other;
          bytes = otherBytes;
        }
      }
      return new Guarded(table, text, shortest);
    }

    long bytes() {
      return text.bytes(shortest);
    }
  }

  private final SortedMap<String, String> spellings = new TreeMap<>();
  private final List<Guarded> guarded = new ArrayList<>();

  /**
   * Creates the forms of some statements.
   *
   * @param work counts the comparisons that this takes
   */
  CanonicalForm(Collection<Statement> statements, Work work) {
    Map<Guard, List<GrantTable.Split>> byGuard = new LinkedHashMap<>();
    for (Statement statement : statements) {
      statement.actions().patterns().forEach(action -> spell(Glob.spelling(action.spelled())));
      Guard guard = new Guard(statement.effect(), statement.condition().withKeys(this::spell));
      byGuard
          .computeIfAbsent(guard, unseen -> new ArrayList<>())
          .add(GrantTable.Split.of(statement, work));
    }
    Map<Guard, GrantTable> tables = new LinkedHashMap<>();
    byGuard.forEach((guard, splits) -> tables.put(guard, new GrantTable(splits, work)));
    dropCovered(tables);
    tables.forEach((guard, table) -> guarded.add(Guarded.of(guard, table, work)));
  }

  /** Remembers a spelling; the same one whatever the order. Returns the name in lower case. */
  private String spell(String name) {
    String folded = name.toLowerCase(Locale.ROOT);
    spellings.merge(folded, name, (one, other) -> one.compareTo(other) < 0 ? one : other);
    return folded;
  }

  private static void dropCovered(Map<Guard, GrantTable> tables) {
    tables.forEach(
        (guard, table) -> {
          table.dropCoveredBy(table);
          GrantTable unconditional = tables.get(guard.unconditional());
          if (unconditional != null && unconditional != table) {
            table.dropCoveredBy(unconditional);
          }
        });
  }

  /** Returns how many bytes the document has that is put. */
  long bytes() {
    long statements = guarded.stream().mapToLong(Guarded::bytes).sum();
    // Behind the last statement there is no comma.
    return BEGINNING.length() + END.length() + Math.max(0, statements - 1);
  }

  /** Returns the shortest document found, as IAM takes it. */
  ObjectNode document() {
    UnaryOperator<String> spelling = name -> spellings.getOrDefault(name, name);
    SortedMap<String, ObjectNode> statements = new TreeMap<>();
    for (Guarded each : guarded) {
      for (Block block : each.shortest()) {
        // Sorted by the text in lower case: another spelling must not move a statement.
        statements.put(each.text().text(block), each.text().toJson(block, spelling));
      }
    }
    ObjectNode document = JSON.objectNode().put("Version", "2012-10-17");
    document.putArray("Statement").addAll(statements.values());
    return document;
  }

  /** Returns a text that is equal for documents that mean the same. */
  String fingerprint() {
    Set<String> statements = new TreeSet<>();
    for (Guarded each : guarded) {
      each.table().canonical().stream().map(each.text()::text).forEach(statements::add);
    }
    return BEGINNING + String.join(",", statements) + END;
  }
}
