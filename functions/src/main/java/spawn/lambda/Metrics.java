package spawn.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.cloudwatchlogs.emf.exception.DimensionSetExceededException;
import software.amazon.cloudwatchlogs.emf.model.DimensionSet;
import software.amazon.cloudwatchlogs.emf.model.MetricsContext;
import software.amazon.cloudwatchlogs.emf.model.Unit;

/**
 * Figures of a function as CloudWatch metrics: a line of its log, out of which CloudWatch makes
 * them (<a
 * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded
 * metric format</a>). No call and no permission is needed.
 */
public final class Metrics {
  private static final String NAMESPACE = "spawn";

  private final String function;
  private final Consumer<String> log;

  /**
   * Creates the metrics of a function.
   *
   * @param function its name, the metrics' only dimension
   * @param log takes the lines
   */
  public Metrics(String function, Consumer<String> log) {
    this.function = function;
    this.log = log;
  }

  /** Writes figures by their names: seconds where the name is {@code Seconds}, counts otherwise. */
  public void write(Map<String, Double> figures) {
    try {
      MetricsContext context = new MetricsContext();
      context.setNamespace(NAMESPACE);
      context.setDimensions(DimensionSet.of("Function", function));
      for (Map.Entry<String, Double> figure : figures.entrySet()) {
        context.putMetric(
            figure.getKey(),
            figure.getValue(),
            figure.getKey().equals("Seconds") ? Unit.SECONDS : Unit.COUNT);
      }
      context.serialize().forEach(log);
    } catch (DimensionSetExceededException | JsonProcessingException malformed) {
      throw new IllegalStateException(malformed);
    }
  }
}
