package spawn.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A metric by its names: CloudWatch tells apart what differs in any of them.
 *
 * @param namespace {@code spawn}, or one of AWS's own
 * @param name its own name
 * @param dimensions the names of its dimensions
 */
public record Metric(String namespace, String name, Set<String> dimensions) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** {@code SEARCH('{spawn,Error,Stack} MetricName="Failures" …', 'Sum', 300)}. */
  private static final Pattern SEARCH =
      Pattern.compile("SEARCH\\('\\{([^,}]+),([^}]+)} MetricName=\"(\\w+)\".*");

  /** Keeps the dimensions in their order. */
  public Metric {
    dimensions = new TreeSet<>(dimensions);
  }

  /** Returns whether the functions emit it, and not AWS. */
  public boolean isSpawns() {
    return namespace.equals("spawn");
  }

  /** Returns the metrics that CloudWatch makes out of a line of a log; none out of most. */
  public static Set<Metric> inLine(String line) {
    if (!line.contains("\"_aws\"")) {
      return Set.of();
    }
    Set<Metric> metrics = new LinkedHashSet<>();
    for (JsonNode directive : json(line).at("/_aws/CloudWatchMetrics")) {
      for (JsonNode metric : directive.path("Metrics")) {
        for (JsonNode dimensions : directive.path("Dimensions")) {
          metrics.add(
              new Metric(
                  directive.path("Namespace").asText(),
                  metric.path("Name").asText(),
                  dimensions.valueStream().map(JsonNode::asText).collect(Collectors.toSet())));
        }
      }
    }
    return metrics;
  }

  /** Returns the metrics that the graphs of a dashboard name. */
  public static Set<Metric> onDashboard(String body) {
    Set<Metric> metrics = new LinkedHashSet<>();
    for (JsonNode widget : json(body).path("widgets")) {
      for (JsonNode row : widget.at("/properties/metrics")) {
        metrics.add(ofRow(row));
      }
    }
    return metrics;
  }

  /** {@code [namespace, name, dimension, value, …, {…}]}, or {@code [{"expression": …}]}. */
  private static Metric ofRow(JsonNode row) {
    if (row.get(0).has("expression")) {
      Matcher search = SEARCH.matcher(row.get(0).path("expression").asText());
      if (!search.matches()) {
        throw new IllegalArgumentException("not a search for one metric: " + row);
      }
      return new Metric(search.group(1), search.group(3), Set.of(search.group(2).split(",")));
    }
    Set<String> dimensions = new TreeSet<>();
    for (int at = 2; at + 1 < row.size(); at += 2) {
      dimensions.add(row.get(at).asText());
    }
    return new Metric(row.get(0).asText(), row.get(1).asText(), dimensions);
  }

  /** Returns the metrics that alarms watch. */
  public static Set<Metric> watchedBy(Collection<Alarm> alarms) {
    return alarms.stream()
        .flatMap(alarm -> alarm.metrics().values().stream())
        .map(
            watched ->
                new Metric(watched.namespace(), watched.name(), watched.dimensions().keySet()))
        .collect(Collectors.toSet());
  }

  /** Returns the values of dimensions in the rows of a dashboard. */
  static List<String> dimensionValues(String body) {
    return Pattern.compile("\"(?:StateMachineArn|FunctionName|QueueName|Stack)\", ?\"([^\"]+)\"")
        .matcher(body)
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }
}
