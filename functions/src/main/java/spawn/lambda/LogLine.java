package spawn.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.cloudwatchlogs.emf.exception.DimensionSetExceededException;
import software.amazon.cloudwatchlogs.emf.model.DimensionSet;
import software.amazon.cloudwatchlogs.emf.model.MetricsContext;
import software.amazon.cloudwatchlogs.emf.model.Unit;
import spawn.error.Remedy;
import spawn.error.SpawnException;

/**
 * A line of a function's log: one JSON document, with what happened in one word as {@code event}
 * and all else as {@code content}. Callers add names, ids, times and numbers: never user data or a
 * payload. One line holds policies: the sweep writes down what a role held before it deletes it.
 *
 * <p>Its metrics are in the namespace {@code spawn}: CloudWatch reads them from the line (<a
 * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded
 * metric format</a>), so neither a call nor a permission is needed. Every combination of a metric
 * with dimensions costs extra, so there are few: each metric by the stack's name, failures also by
 * their name, by who can end them, and by that and the function together.
 */
public final class LogLine {
  private static final String NAMESPACE = "spawn";
  private static final String TEAM = "team";
  private static final int LONGEST_MESSAGE = 10_000;

  private final Map<String, Object> content = new LinkedHashMap<>();
  private final Map<String, Metric> metrics = new TreeMap<>();
  private final List<Map<String, String>> dimensions = new ArrayList<>();
  private String event = "";

  private record Metric(double value, Unit unit) {}

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
    metrics.put(metric, new Metric(times, Unit.COUNT));
    return this;
  }

  /** Adds a metric of time, in the unit {@code Seconds}. */
  public LogLine seconds(String metric, double seconds) {
    metrics.put(metric, new Metric(seconds, Unit.SECONDS));
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
    JsonNode values = Json.MAPPER.valueToTree(content);
    if (metrics.isEmpty()) {
      ObjectNode line = Json.MAPPER.createObjectNode().put("event", event);
      if (!team.isEmpty()) {
        line.put(TEAM, team);
      }
      return line.set("content", values).toString();
    }
    try {
      MetricsContext embedded = new MetricsContext();
      embedded.setNamespace(NAMESPACE);
      embedded.setDimensions(dimensionSets(stack));
      metrics.forEach((name, metric) -> embedded.putMetric(name, metric.value(), metric.unit()));
      embedded.putProperty("event", event);
      if (!team.isEmpty()) {
        embedded.putProperty(TEAM, team);
      }
      embedded.putProperty("content", values);
      return String.join("\n", embedded.serialize());
    } catch (DimensionSetExceededException | JsonProcessingException malformed) {
      throw new IllegalStateException(malformed);
    }
  }

  private DimensionSet[] dimensionSets(String stack) throws DimensionSetExceededException {
    List<DimensionSet> sets = new ArrayList<>(List.of(DimensionSet.of("Stack", stack)));
    for (Map<String, String> more : dimensions) {
      DimensionSet set = DimensionSet.of("Stack", stack);
      for (Map.Entry<String, String> dimension : more.entrySet()) {
        set.addDimension(dimension.getKey(), dimension.getValue());
      }
      sets.add(set);
    }
    return sets.toArray(DimensionSet[]::new);
  }
}
