package spawn.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import spawn.template.Alarm;
import spawn.template.Metric;

/**
 * What CloudWatch would measure of the local stack: the metrics in the functions' logs, and those
 * of AWS as far as the servers count.
 */
final class Measurements {
  private final LocalStack stack;
  private final Map<String, String> names = new TreeMap<>();

  Measurements(LocalStack stack) {
    this.stack = stack;
    LocalStack.json(
            stack.run(
                "local/aws", "cloudformation", "describe-stack-resources", "--stack-name", "spawn"))
        .path("StackResources")
        .forEach(
            resource ->
                names.put(
                    resource.path("LogicalResourceId").asText(),
                    resource.path("PhysicalResourceId").asText()));
  }

  /** Returns every metric that is in the logs. */
  Set<Metric> emitted() {
    return stack.logLines().stream()
        .flatMap(line -> Metric.inLine(line).stream())
        .collect(Collectors.toSet());
  }

  /** Returns the samples of any metric from a moment on. */
  Function<Alarm.Watched, List<Double>> since(Instant begin) {
    return metric ->
        switch (metric.namespace()) {
          case "spawn" -> ofLogs(metric, begin);
          case "AWS/States" -> ofExecutions(metric, begin);
          case "AWS/Lambda" -> ofFunctions(metric, begin);
          case "AWS/SQS" -> ofQueues(metric);
          default -> throw new IllegalArgumentException("unknown namespace of " + metric);
        };
  }

  private List<Double> ofLogs(Alarm.Watched metric, Instant begin) {
    return stack.logLines().stream()
        .filter(line -> line.contains("\"_aws\""))
        .map(LocalStack::json)
        .filter(line -> line.at("/_aws/Timestamp").asLong() >= begin.toEpochMilli())
        .filter(line -> line.has(metric.name()))
        .filter(
            line ->
                metric.dimensions().entrySet().stream()
                    .allMatch(one -> line.path(one.getKey()).asText().equals(one.getValue())))
        .map(line -> line.path(metric.name()).asDouble())
        .toList();
  }

  private List<Double> ofExecutions(Alarm.Watched metric, Instant begin) {
    if (!metric.name().equals("ExecutionsFailed")) {
      throw new IllegalArgumentException("not counted here: " + metric);
    }
    return stack
        .stepFunctions()
        .listExecutions(
            list ->
                list.stateMachineArn(stack.output("LaunchStateMachineArn")).statusFilter("FAILED"))
        .executions()
        .stream()
        .filter(execution -> !execution.stopDate().isBefore(begin))
        .map(failed -> 1.0)
        .toList();
  }

  private List<Double> ofFunctions(Alarm.Watched metric, Instant begin) {
    JsonNode answer =
        LocalStack.json(
            stack.run(
                "local/aws",
                "cloudwatch",
                "get-metric-statistics",
                "--namespace",
                metric.namespace(),
                "--metric-name",
                metric.name(),
                "--dimensions",
                "Name=FunctionName,Value=" + physical(metric.dimensions().get("FunctionName")),
                "--start-time",
                begin.toString(),
                "--end-time",
                begin.plusSeconds(3600).toString(),
                "--period",
                "3600",
                "--statistics",
                "Sum"));
    return answer
        .path("Datapoints")
        .valueStream()
        .map(point -> point.path("Sum").asDouble())
        .toList();
  }

  private List<Double> ofQueues(Alarm.Watched metric) {
    if (!metric.name().equals("ApproximateNumberOfMessagesVisible")) {
      throw new IllegalArgumentException("not counted here: " + metric);
    }
    ObjectNode wanted = new ObjectMapper().createObjectNode();
    wanted.put("QueueUrl", physical(metric.dimensions().get("QueueName")));
    wanted.putArray("AttributeNames").add("ApproximateNumberOfMessages");
    return List.of(
        stack
            .ask("sqs", "AmazonSQS.GetQueueAttributes", wanted)
            .at("/Attributes/ApproximateNumberOfMessages")
            .asDouble());
  }

  /** The template as tests read it gives names of the form {@code spawn-EnsureRole-1A2B}. */
  private String physical(String name) {
    return names.get(name.substring(name.indexOf('-') + 1, name.lastIndexOf('-')));
  }
}
