package spawn.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
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
 * and all else as {@code content}. Whoever adds to it adds names, ids, times and numbers: never
 * user data, never a payload or a policy out of one.
 *
 * <p>Its figures become metrics in the namespace {@code spawn}: CloudWatch makes them out of the
 * line (<a
 * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded
 * metric format</a>), so neither a call nor a permission is needed. Every combination of a metric
 * with dimensions is paid for by itself, so there are few: each by the stack's name, failures also
 * by their name and by who can end them.
 */
public final class LogLine {
  private static final String NAMESPACE = "spawn";
  private static final int LONGEST_MESSAGE = 10_000;

  private final Map<String, Object> content = new LinkedHashMap<>();
  private final Map<String, Double> figures = new TreeMap<>();
  private final Map<String, String> groups = new TreeMap<>();
  private String event = "";

  /** Says what happened. The word stays as it is: people and programs look for it. */
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

  /** Adds a metric: seconds where its name says so, a count otherwise. */
  public LogLine figure(String metric, double value) {
    figures.put(metric, value);
    return this;
  }

  /** Makes this the line of a failure that spawn names. */
  LogLine failed(SpawnException failure) {
    return failed(failure, failure.getClass().getSimpleName(), failure.remedy())
        .with("message", shortened(failure.getMessage()));
  }

  /**
   * Makes this the line of a failure that nobody foresaw. All of them are one metric, and the
   * message is left out: it may quote what the code stumbled over.
   */
  LogLine failed(RuntimeException bug) {
    return failed(bug, "Unexpected", Remedy.OPERATOR);
  }

  private LogLine failed(RuntimeException failure, String name, Remedy remedy) {
    figures.clear();
    groups.put("Error", name);
    groups.put("Remedy", remedy.name());
    return event("failed").with("error", failure.getClass().getName()).figure("Failures", 1);
  }

  /** A payload can be wrong in more places than a line of CloudWatch has room for. */
  private static String shortened(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE) + " …";
  }

  /** Returns whether nothing has happened that would be worth a line. */
  boolean isEmpty() {
    return event.isEmpty();
  }

  /** Returns the line, without a line break, as a stack of this name writes it. */
  public String text(String stack) {
    JsonNode values = Json.MAPPER.valueToTree(content);
    if (figures.isEmpty()) {
      return Json.MAPPER.createObjectNode().put("event", event).set("content", values).toString();
    }
    try {
      MetricsContext metrics = new MetricsContext();
      metrics.setNamespace(NAMESPACE);
      metrics.setDimensions(dimensions(stack));
      for (Map.Entry<String, Double> figure : figures.entrySet()) {
        Unit unit = figure.getKey().contains("Seconds") ? Unit.SECONDS : Unit.COUNT;
        metrics.putMetric(figure.getKey(), figure.getValue(), unit);
      }
      metrics.putProperty("event", event);
      metrics.putProperty("content", values);
      return String.join("\n", metrics.serialize());
    } catch (DimensionSetExceededException | JsonProcessingException malformed) {
      throw new IllegalStateException(malformed);
    }
  }

  private DimensionSet[] dimensions(String stack) throws DimensionSetExceededException {
    DimensionSet[] sets = new DimensionSet[groups.size() + 1];
    sets[0] = DimensionSet.of("Stack", stack);
    int next = 1;
    for (Map.Entry<String, String> group : groups.entrySet()) {
      sets[next++] = DimensionSet.of("Stack", stack, group.getKey(), group.getValue());
    }
    return sets;
  }
}
