package spawn.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import spawn.error.Work;
import spawn.json.Json;

/**
 * Writes statements under one guard, and tells beforehand how long they will be: a form of 300,000
 * grants would have megabytes.
 */
final class StatementText {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Guard guard;
  private final GrantTable table;
  private final Work work;
  private final String condition;
  private final int fixedBytes;

  /** How each pattern is written as a string of JSON. */
  private final Map<String, String> quoted = new HashMap<>();

  StatementText(Guard guard, GrantTable table, Work work) {
    this.guard = guard;
    this.table = table;
    this.work = work;
    this.condition =
        guard.condition().isEmpty()
            ? ""
            : ",\"Condition\":" + Json.text(guard.condition().toJson(UnaryOperator.identity()));
    // With a comma to the next one.
    this.fixedBytes = bytes(text(not("Action", false), not("Resource", false))) + 1;
  }

  /** Returns how many bytes statements take, with a comma behind each. */
  long bytes(Collection<Block> blocks) {
    long bytes = 0;
    for (Block block : blocks) {
      bytes += fixedBytes + bytes(table.actions(block)) + bytes(table.resources(block));
    }
    return bytes;
  }

  private int bytes(Terms terms) {
    work.add(terms.patterns().size());
    int bytes = terms.inverted() ? "Not".length() : 0;
    for (Glob pattern : terms.patterns()) {
      bytes += bytes(quoted(pattern)) + 1;
    }
    return terms.patterns().size() == 1 ? bytes - 1 : bytes + 1; // commas, and brackets of a list
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Returns a statement as text, all names in lower case. */
  String text(Block block) {
    Terms actions = table.actions(block);
    Terms resources = table.resources(block);
    String text =
        text(
            not("Action", actions.inverted()) + list(actions),
            not("Resource", resources.inverted()) + list(resources));
    work.add(text.length());
    return text;
  }

  private static String not(String element, boolean inverted) {
    return (inverted ? "\"Not" : "\"") + element + "\":";
  }

  private String text(String actions, String resources) {
    return "{\"Effect\":\"%s\",%s,%s%s}".formatted(guard.effect(), actions, resources, condition);
  }

  private String list(Terms terms) {
    List<String> texts = terms.patterns().stream().map(this::quoted).toList();
    return texts.size() == 1 ? texts.get(0) : "[" + String.join(",", texts) + "]";
  }

  private String quoted(Glob pattern) {
    return quoted.computeIfAbsent(pattern.toString(), text -> Json.text(text));
  }

  /** Returns a statement as IAM takes it. */
  ObjectNode toJson(Block block, UnaryOperator<String> spelling) {
    Terms actions = table.actions(block);
    Terms resources = table.resources(block);
    ObjectNode statement = JSON.objectNode().put("Effect", guard.effect().toString());
    statement.set(
        actions.inverted() ? "NotAction" : "Action",
        OneOrMore.toJson(actions.patterns().stream().map(Glob::toString).map(spelling).toList()));
    statement.set(
        resources.inverted() ? "NotResource" : "Resource",
        OneOrMore.toJson(resources.patterns().stream().map(Glob::toString).toList()));
    if (!guard.condition().isEmpty()) {
      statement.set("Condition", guard.condition().toJson(spelling));
    }
    return statement;
  }
}
