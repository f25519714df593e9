package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenInstance;
import spawn.aws.SimulatedAws;
import spawn.lambda.LogLine;
import spawn.workflow.ApprovedLaunch;
import spawn.workflow.Stack;
import spawn.workflow.Workflow;

/** The dashboard and the alarms name what there is, and all of it. */
class DashboardTest {
  private static final Template TEMPLATE = Template.read();
  private static final String BODY = TEMPLATE.property("Dashboard", "DashboardBody").asText();

  /**
   * What AWS publishes: <a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html">Step
   * Functions</a>, <a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html">Lambda</a>
   * and <a
   * href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html">SQS</a>.
   */
  private static final Map<String, Metric> OF_AWS =
      List.of(
              new Metric("AWS/States", "ExecutionsStarted", Set.of("StateMachineArn")),
              new Metric("AWS/States", "ExecutionsFailed", Set.of("StateMachineArn")),
              new Metric("AWS/States", "ExecutionsTimedOut", Set.of("StateMachineArn")),
              new Metric("AWS/States", "ExecutionsAborted", Set.of("StateMachineArn")),
              new Metric("AWS/States", "ExecutionThrottled", Set.of("StateMachineArn")),
              new Metric("AWS/Lambda", "Errors", Set.of("FunctionName")),
              new Metric("AWS/Lambda", "Throttles", Set.of("FunctionName")),
              new Metric("AWS/Lambda", "Duration", Set.of("FunctionName")),
              new Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", Set.of("QueueName")),
              new Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", Set.of("QueueName")),
              new Metric("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", Set.of("QueueName")))
          .stream()
          .collect(Collectors.toMap(Metric::name, metric -> metric));

  private static List<Alarm> alarms() {
    return TEMPLATE.idsOf("AWS::CloudWatch::Alarm").stream()
        .map(id -> Alarm.of(TEMPLATE, id))
        .toList();
  }

  private static Set<Metric> shown() {
    Set<Metric> shown = new HashSet<>(Metric.onDashboard(BODY));
    shown.addAll(Metric.watchedBy(alarms()));
    return shown;
  }

  /** Runs the functions through all that they count. */
  private static Set<Metric> emitted() {
    List<LogLine> lines = new ArrayList<>();
    SimulatedAws aws = SimulatedAws.create();
    Stack stack = Stack.on(aws, Workflow.read(), lines::add, thrown -> {});
    stack.launch("made", Stack.event("launch"));
    stack.launch("again", Stack.event("launch"));
    ApprovedLaunch.run(lines::add);
    aws.givenRole("my-own-role");
    stack.launch("own", Stack.event("existing-role"));
    aws.faults(stack.limited(denyingTheFirstLaunch()));
    stack.launch("denied", Stack.event("job-array"));
    aws.faults(stack.limited(Faults.NONE));
    stack.launch("wrong", Stack.event("three-mistakes"));
    stack.launch("there", Stack.event("running-instance", GivenInstance.running(aws)));
    stack.roleSet("set", Stack.event("role-set-of-own-roles"));
    stack.roleSet("set-changed", changedSet());
    aws.advance(Duration.ofHours(2));
    stack.sweep(Stack.event("nightly"));
    stack.audit(Stack.event("nightly"));
    stack.repair(new ObjectMapper().createObjectNode().put("repair", true));
    return lines.stream()
        .flatMap(line -> Metric.inLine(line.text("spawn")).stream())
        .collect(Collectors.toSet());
  }

  private static JsonNode changedSet() {
    ObjectNode set = (ObjectNode) Stack.event("role-set-of-own-roles");
    set.remove("tags");
    return set;
  }

  private static Faults denyingTheFirstLaunch() {
    AtomicBoolean denied = new AtomicBoolean();
    return new Faults() {
      @Override
      public void before(Call call) {
        if (call.operation().equals("RunInstances")
            && call.isWrite()
            && denied.compareAndSet(false, true)) {
          throw AwsErrors.ec2("InvalidParameterValue", 400, "Invalid IAM Instance Profile name");
        }
      }
    };
  }

  @Test
  void whatIsShownOfSpawnIsExactlyWhatItsFunctionsEmit() {
    assertThat(shown().stream().filter(Metric::isSpawns))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(emitted());
  }

  @Test
  void whatIsShownOfAwsIsWhatAwsPublishes() {
    assertThat(shown().stream().filter(metric -> !metric.isSpawns()))
        .isNotEmpty()
        .allSatisfy(metric -> assertThat(OF_AWS.get(metric.name())).isEqualTo(metric));
  }

  @Test
  void onlyThisStackIsShown() {
    assertThat(Metric.dimensionValues(BODY))
        .isNotEmpty()
        .allSatisfy(value -> assertThat(value).matches("(.*:)?spawn(-.*)?"));
    assertThat(TEMPLATE.with("AWS::StackName", "other").property("Dashboard", "DashboardBody"))
        .satisfies(other -> assertThat(other.toString()).contains("Stack=\\\\\\\"other\\\\\\\""));
  }

  @Test
  void everyAlarmIsOnIt() throws IOException {
    JsonNode widget = new ObjectMapper().readTree(BODY).at("/widgets/0");

    assertThat(widget.path("type").asText()).isEqualTo("alarm");
    assertThat(widget.at("/properties/alarms").valueStream().map(JsonNode::asText))
        .containsExactlyInAnyOrderElementsOf(
            alarms().stream()
                .map(
                    alarm ->
                        "arn:aws:cloudwatch:us-east-1:%s:alarm:spawn-%s-1A2B"
                            .formatted(Template.ACCOUNT, alarm.id()))
                .toList());
  }

  @Test
  void noGraphCoversAnother() throws IOException {
    Set<String> taken = new HashSet<>();
    for (JsonNode widget : new ObjectMapper().readTree(BODY).path("widgets")) {
      int right = widget.path("x").asInt() + widget.path("width").asInt();
      int bottom = widget.path("y").asInt() + widget.path("height").asInt();
      assertThat(right).isLessThanOrEqualTo(24);
      for (int x = widget.path("x").asInt(); x < right; x++) {
        for (int y = widget.path("y").asInt(); y < bottom; y++) {
          assertThat(taken.add(x + "," + y)).as("%s at %d,%d", widget, x, y).isTrue();
        }
      }
    }
  }
}
