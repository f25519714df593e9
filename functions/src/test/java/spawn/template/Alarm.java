package spawn.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An alarm of the template, evaluated by its own definition (<a
 * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html">using
 * CloudWatch alarms</a>): the local server does not.
 *
 * @param id its logical id
 * @param expression how its metrics are combined; the id of the only one where it has one
 * @param metrics what it watches, by the ids in the expression
 * @param comparison the operator
 * @param threshold the number that the value is compared with
 */
public record Alarm(
    String id,
    String expression,
    Map<String, Watched> metrics,
    String comparison,
    double threshold) {
  private static final Pattern DIFFERENCE = Pattern.compile("(\\w+)((?: - FILL\\(\\w+, 0\\))+)");
  private static final Pattern SUBTRAHEND = Pattern.compile("FILL\\((\\w+), 0\\)");

  /**
   * A metric that an alarm watches.
   *
   * @param namespace {@code spawn}, or one of AWS's own
   * @param name its name
   * @param dimensions its dimensions
   * @param statistic how the samples of a period become one number
   * @param periodInSeconds how long a period is
   */
  public record Watched(
      String namespace,
      String name,
      Map<String, String> dimensions,
      String statistic,
      int periodInSeconds) {}

  /** Returns an alarm of the template. */
  public static Alarm of(Template template, String id) {
    Function<String, JsonNode> property = name -> template.property(id, name);
    Map<String, Watched> metrics = new TreeMap<>();
    String expression = "only";
    if (property.apply("Metrics").isMissingNode()) {
      JsonNode simple = property.apply("Statistic");
      metrics.put(
          "only",
          new Watched(
              property.apply("Namespace").asText(),
              property.apply("MetricName").asText(),
              dimensions(property.apply("Dimensions")),
              simple.isMissingNode()
                  ? property.apply("ExtendedStatistic").asText()
                  : simple.asText(),
              property.apply("Period").asInt()));
    } else {
      for (JsonNode query : property.apply("Metrics")) {
        if (query.has("Expression")) {
          expression = query.path("Expression").asText();
        } else {
          JsonNode metric = query.at("/MetricStat/Metric");
          metrics.put(
              query.path("Id").asText(),
              new Watched(
                  metric.path("Namespace").asText(),
                  metric.path("MetricName").asText(),
                  dimensions(metric.path("Dimensions")),
                  query.at("/MetricStat/Stat").asText(),
                  query.at("/MetricStat/Period").asInt()));
        }
      }
    }
    return new Alarm(
        id,
        expression,
        metrics,
        property.apply("ComparisonOperator").asText(),
        property.apply("Threshold").asDouble());
  }

  private static Map<String, String> dimensions(JsonNode listed) {
    Map<String, String> dimensions = new TreeMap<>();
    listed.forEach(one -> dimensions.put(one.path("Name").asText(), one.path("Value").asText()));
    return dimensions;
  }

  /**
   * Returns whether a period with these samples counts towards the alarm. One without any does not.
   */
  public boolean isBreachedBy(Function<Watched, List<Double>> samples) {
    Map<String, Double> values = new TreeMap<>();
    metrics.forEach(
        (metric, watched) -> {
          List<Double> given = samples.apply(watched);
          if (!given.isEmpty()) {
            values.put(metric, statistic(watched.statistic(), given));
          }
        });
    Matcher difference = DIFFERENCE.matcher(expression);
    if (difference.matches()) {
      return values.containsKey(difference.group(1))
          && isBreachedBy(
              values.get(difference.group(1))
                  - SUBTRAHEND
                      .matcher(difference.group(2))
                      .results()
                      .mapToDouble(one -> values.getOrDefault(one.group(1), 0.0))
                      .sum());
    }
    return values.containsKey(expression) && isBreachedBy(values.get(expression));
  }

  private boolean isBreachedBy(double value) {
    return switch (comparison) {
      case "GreaterThanThreshold" -> value > threshold;
      case "GreaterThanOrEqualToThreshold" -> value >= threshold;
      default -> throw new IllegalArgumentException("unknown operator " + comparison);
    };
  }

  private static double statistic(String name, List<Double> samples) {
    return switch (name) {
      case "Sum" -> samples.stream().mapToDouble(Double::doubleValue).sum();
      case "Maximum" -> Collections.max(samples);
      case "Minimum" -> Collections.min(samples);
      case "p90" -> percentile(samples, 0.9);
      default -> throw new IllegalArgumentException("unknown statistic " + name);
    };
  }

  private static double percentile(List<Double> samples, double share) {
    List<Double> sorted = new ArrayList<>(samples);
    Collections.sort(sorted);
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }
}
