package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The answers of a function that looks at one role after the other, and says where to go on when it
 * had no time or no room left.
 */
final class AuditPages {
  private static final String AFTER = "after";

  private final Functions functions;
  private final Shell shell;

  AuditPages(Functions functions, Shell shell) {
    this.functions = functions;
    this.shell = shell;
  }

  /**
   * Calls the function until it has looked at all.
   *
   * @param output the stack's output that names the function
   * @param call the first call
   * @return every answer; the last one has {@code after} if the function came no farther
   */
  List<ObjectNode> all(String output, ObjectNode call) {
    List<ObjectNode> answers = new ArrayList<>();
    ObjectNode next = call.deepCopy();
    while (true) {
      ObjectNode answer = functions.call(output, next);
      answers.add(answer);
      String after = answer.path(AFTER).asText("");
      if (after.isEmpty() || after.equals(next.path(AFTER).asText())) {
        return answers;
      }
      shell.err().println("So far up to %s: %s".formatted(after, answer.path("stopped").asText()));
      next.put(AFTER, after);
    }
  }

  /** Joins answers to one: lists are joined, counts are added, and of the rest the last counts. */
  static ObjectNode joined(List<ObjectNode> answers) {
    ObjectNode whole = answers.get(0).deepCopy();
    for (ObjectNode answer : answers.subList(1, answers.size())) {
      whole.remove(List.of("stopped", AFTER));
      for (Map.Entry<String, JsonNode> member : answer.properties()) {
        whole.set(member.getKey(), joined(whole.get(member.getKey()), member.getValue()));
      }
    }
    return whole;
  }

  private static JsonNode joined(JsonNode before, JsonNode added) {
    if (before instanceof ArrayNode list && added instanceof ArrayNode more) {
      return list.addAll(more);
    }
    if (before instanceof ObjectNode object && added instanceof ObjectNode more) {
      more.properties()
          .forEach(
              member -> {
                JsonNode now = object.get(member.getKey());
                object.set(
                    member.getKey(),
                    now != null && now.isIntegralNumber() && member.getValue().isIntegralNumber()
                        ? object.numberNode(now.asLong() + member.getValue().asLong())
                        : member.getValue());
              });
      return object;
    }
    return added;
  }

  /** Says what was not looked at; returns whether that is anything. */
  boolean tellsWhatIsMissing(JsonNode whole) {
    boolean missing = false;
    if (whole.hasNonNull("stopped")) {
      shell.err().println("It stopped %s".formatted(whole.path("stopped").asText()));
      missing = true;
    }
    for (JsonNode name : whole.path("missing")) {
      shell.err().println("There is no role %s under the stack's path.".formatted(name.asText()));
      missing = true;
    }
    for (String what : List.of("unread", "unreadableRegions")) {
      for (Map.Entry<String, JsonNode> one : whole.path(what).properties()) {
        shell.err().println("Not read: %s: %s".formatted(one.getKey(), one.getValue().asText()));
        missing = true;
      }
    }
    return missing;
  }
}
