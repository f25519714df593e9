package spawn.template;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides as {@link LeastPrivilege} does, and writes down each policy, request and verdict, so that
 * an evaluator that this project did not write can judge them too: {@code local/judge}.
 */
final class Verdicts {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<List<ObjectNode>, Integer> policies = new LinkedHashMap<>();
  private final Set<Verdict> verdicts = new LinkedHashSet<>();

  private record Verdict(int policy, Access access, boolean allowed) {}

  /** Returns whether the statements together allow it. */
  boolean allows(List<ObjectNode> statements, Access access) {
    boolean allowed = LeastPrivilege.allows(statements, access);
    int policy = policies.computeIfAbsent(new ArrayList<>(statements), unseen -> policies.size());
    verdicts.add(new Verdict(policy, access, allowed));
    return allowed;
  }

  /** Writes {@code target/judge/<name>.json}. */
  void write(String name) throws IOException {
    ObjectNode written = JSON.objectNode();
    ArrayNode documents = written.putArray("policies");
    policies
        .keySet()
        .forEach(
            statements ->
                documents
                    .addObject()
                    .put("Version", "2012-10-17")
                    .putArray("Statement")
                    .addAll(statements));
    ArrayNode requests = written.putArray("requests");
    for (Verdict verdict : verdicts) {
      ObjectNode request =
          requests
              .addObject()
              .put("policy", verdict.policy())
              .put("action", verdict.access().action())
              .put("resource", verdict.access().resource())
              .put("allowed", verdict.allowed());
      ObjectNode context = request.putObject("context");
      verdict.access().context().forEach(context::put);
    }
    Path file = Path.of("target", "judge", name + ".json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, written.toString());
  }
}
