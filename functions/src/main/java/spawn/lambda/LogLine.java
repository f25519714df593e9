package spawn.lambda;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import spawn.error.Remedy;
import spawn.error.SpawnException;
import spawn.json.Json;

/**
 * A line of a function's log: one JSON document, with what happened in one word as {@code event}
 * and all else as {@code content}. Callers add names, ids, times and numbers: never user data or a
 * payload. Two lines hold policies: the sweep and the repair write down what a role held before
 * they delete or change it.
 *
 * <p>Its metrics are in the namespace {@code spawn}: CloudWatch reads them from the line (<a
 * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded
 * metric format</a>), so neither a call nor a permission is needed. Every combination of a metric
 * with dimensions costs extra, so there are few: each metric by the stack's name, failures also by
 * their name, by who can end them, and by that and the function together. The format takes 100
 * metrics a line, and 30 dimensions a metric; no line comes near either.
 */
public final class LogLine {
  private static final String NAMESPACE = "spawn";
  private static final String STACK = "Stack";
  private static final String TEAM = "team";
  private static final int LONGEST_MESSAGE = 10_000;

  private final Map<String, Object> content = new LinkedHashMap<>();
  private final Map<String, Metric> metrics = new TreeMap<>();
  private final List<Map<String, String>> dimensions = new ArrayList<>();
  private String event = "";

  private record Metric(double value, String unit) {}

  /** Says what happened. The word must not change: people and programs look for it. */
  public LogLine event(String word) {
    event = word;
    return this;
  }

  /** Adds a value, in the form that it has as JSON; nothing for {@code null}. */
  public LogLine with(String name, Object value) {
    if (value != null) {
      content.put(name, value);
    }
    return this;
  }

  /** Adds a metric that counts, in the unit {@code Count}. */
  public LogLine count(String metric, double times) {
    metrics.put(metric, new Metric(times, "Count"));
    return this;
  }

  /** Adds a metric of time, in the unit {@code Seconds}. */
  public LogLine seconds(String metric, double seconds) {
    metrics.put(metric, new Metric(seconds, "Seconds"));
    return this;
  }

  /** Makes this the line of a failure that has a name of its own. */
  LogLine failed(String function, SpawnException failure) {
    return failed(function, failure, failure.getClass().getSimpleName(), failure.remedy())
        .with("message", shortened(failure.getMessage()));
  }

  /**
   * Makes this the line of an unforeseen failure: a bug, or a JVM that cannot go on. All of them
   * are one metric, and the message is left out, since it may quote the data that caused it.
   */
  LogLine failed(String function, Throwable unforeseen) {
    return failed(function, unforeseen, "Unexpected", Remedy.OPERATOR);
  }

  private LogLine failed(String function, Throwable failure, String name, Remedy remedy) {
    metrics.clear();
    dimensions.add(Map.of("Error", name));
    dimensions.add(Map.of("Remedy", remedy.name()));
    dimensions.add(new TreeMap<>(Map.of("Function", function, "Remedy", remedy.name())));
    return event("failed").with("error", failure.getClass().getName()).count("Failures", 1);
  }

  /** A payload can be wrong in more places than a line of CloudWatch has room for. */
  private static String shortened(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE) + " …";
  }

  /** Returns whether nothing has happened that is worth a line. */
  boolean isEmpty() {
    return event.isEmpty();
  }

  /** Returns the line, without a line break, as a stack of this name and of no team writes it. */
  public String text(String stack) {
    return text(stack, "");
  }

  /**
   * Returns the line, without a line break.
   *
   * @param stack the stack that writes it, a dimension of each metric
   * @param team whose stack it is, a field beside the event; empty for none. A stack has one team,
   *     so as a dimension it would only make each metric cost twice.
   */
  public String text(String stack, String team) {
    Map<String, Object> line = new LinkedHashMap<>();
    if (!metrics.isEmpty()) {
      embed(line, stack);
    }
    line.put("event", event);
    if (!team.isEmpty()) {
      line.put(TEAM, team);
    }
    line.put("content", content);
    return Json.text(line);
  }

  /** Adds the metrics with their values, and each dimension with its own. */
  private void embed(Map<String, Object> line, String stack) {
    List<Set<String>> sets = new ArrayList<>();
    List<Map<String, String>> definitions = new ArrayList<>();
    Map<String, Object> directive = new LinkedHashMap<>();
    directive.put("Namespace", NAMESPACE);
    directive.put("Dimensions", sets);
    directive.put("Metrics", definitions);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("Timestamp", Clock.systemUTC().millis());
    metadata.put("CloudWatchMetrics", List.of(directive));
    line.put("_aws", metadata);
    line.put(STACK, stack);
    sets.add(Set.of(STACK));
    for (Map<String, String> more : dimensions) {
      Set<String> set = new LinkedHashSet<>(List.of(STACK));
      set.addAll(more.keySet());
      sets.add(set);
      line.putAll(more);
    }
    metrics.forEach(
        (name, metric) -> {
          Map<String, String> definition = new LinkedHashMap<>();
          definition.put("Name", name);
          definition.put("Unit", metric.unit());
          definitions.add(definition);
          line.put(name, metric.value());
        });
  }
}
