package spawn.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static spawn.template.LeastPrivilege.allows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documented permissions for a deployment go with what the template deploys. */
class DeployerPolicyTest {
  private static final String ROLE = "arn:aws:iam::123456789012:role/spawn-EnsureRoleRole-1A2B";

  private static final String DASHBOARD =
      "arn:aws:cloudwatch::123456789012:dashboard/spawn-us-east-1";

  /** What makes and removes each type of resource, and where. */
  private static final Map<String, List<Access>> BY_TYPE =
      Map.of(
          "AWS::CloudWatch::Alarm",
          List.of(
              access("cloudwatch", "PutMetricAlarm", "alarm:spawn-TooMuchWouldGo-1A2B"),
              access("cloudwatch", "DeleteAlarms", "alarm:spawn-TooMuchWouldGo-1A2B")),
          "AWS::CloudWatch::Dashboard",
          List.of(
              new Access("cloudwatch:PutDashboard", DASHBOARD, Map.of()),
              new Access("cloudwatch:DeleteDashboards", DASHBOARD, Map.of())),
          "AWS::Serverless::StateMachine",
          made("states", "StateMachine", "stateMachine:spawn-launch"),
          "AWS::Serverless::Function",
          made("lambda", "Function", "function:spawn-EnsureRole-1A2B"),
          "AWS::Logs::LogGroup",
          List.of(
              access("logs", "CreateLogGroup", "log-group:spawn-EnsureRole"),
              access("logs", "AssociateKmsKey", "log-group:spawn-EnsureRole"),
              access("logs", "DeleteLogGroup", "log-group:spawn-EnsureRole")),
          "AWS::SQS::Queue",
          made("sqs", "Queue", "spawn-TerminationQueue-1A2B"),
          "AWS::SQS::QueuePolicy",
          List.of(access("sqs", "SetQueueAttributes", "spawn-TerminationQueue-1A2B")),
          "AWS::Events::Rule",
          List.of(
              access("events", "PutRule", "rule/spawn-TerminationRule-1A2B"),
              access("events", "PutTargets", "rule/spawn-TerminationRule-1A2B"),
              access("events", "DeleteRule", "rule/spawn-TerminationRule-1A2B")),
          "AWS::IAM::ManagedPolicy",
          List.of(
              new Access(
                  "iam:CreatePolicy",
                  "arn:aws:iam::123456789012:policy/spawn-InstanceBoundary-1A2B",
                  Map.of()),
              new Access(
                  "iam:DeletePolicy",
                  "arn:aws:iam::123456789012:policy/spawn-InstanceBoundary-1A2B",
                  Map.of())));

  private static List<ObjectNode> policy() throws IOException {
    List<ObjectNode> statements = new ArrayList<>();
    JsonNode document =
        new ObjectMapper()
            .readTree(Files.readString(Path.of("docs", "deployer-policy.json"), UTF_8));
    document.path("Statement").forEach(statement -> statements.add((ObjectNode) statement));
    return statements;
  }

  @Test
  void eachTypeOfResourceCanBeMadeAndRemoved() throws IOException {
    List<ObjectNode> policy = policy();

    assertThat(BY_TYPE.keySet()).containsExactlyInAnyOrderElementsOf(Template.read().types());
    assertThat(BY_TYPE.values())
        .allSatisfy(needed -> assertThat(needed).allMatch(access -> allows(policy, access)));
  }

  @ParameterizedTest
  @CsvSource({
    "lambda.amazonaws.com, true",
    "states.amazonaws.com, true",
    "scheduler.amazonaws.com, true",
    "ec2.amazonaws.com, false"
  })
  void theStacksRolesArePassedToWhatRunsThem(String service, boolean passed) throws IOException {
    assertThat(
            allows(
                policy(), new Access("iam:PassRole", ROLE, Map.of("iam:PassedToService", service))))
        .isEqualTo(passed);
  }

  @ParameterizedTest
  @CsvSource({
    "iam:PutRolePolicy, arn:aws:iam::123456789012:role/admin",
    "iam:PutRolePolicy, arn:aws:iam::123456789012:role/spawn/worker",
    "iam:CreatePolicyVersion, arn:aws:iam::123456789012:policy/ours",
    "lambda:UpdateFunctionCode, arn:aws:lambda:us-east-1:123456789012:function:resize-images",
    "lambda:DeleteEventSourceMapping, arn:aws:lambda:us-east-1:123456789012:event-source-mapping:0a1b",
    "states:DeleteStateMachine, arn:aws:states:us-east-1:123456789012:stateMachine:other",
    "sqs:DeleteQueue, arn:aws:sqs:us-east-1:123456789012:jobs",
    "cloudwatch:DeleteDashboards, arn:aws:cloudwatch::123456789012:dashboard/sales",
    "cloudwatch:DeleteAlarms, arn:aws:cloudwatch:us-east-1:123456789012:alarm:sales",
    "ec2:RunInstances, arn:aws:ec2:us-east-1:123456789012:instance/*"
  })
  void nothingOfAnotherStackIsTouched(String action, String resource) throws IOException {
    assertThat(allows(policy(), new Access(action, resource, Map.of()))).isFalse();
  }

  @Test
  void actionsAreNamedOneByOne() throws IOException {
    assertThat(policy())
        .allSatisfy(
            statement ->
                assertThat(statement.path("Action")).noneMatch(a -> a.asText().contains("*")));
  }

  private static List<Access> made(String service, String kind, String resource) {
    return List.of(
        access(service, "Create" + kind, resource), access(service, "Delete" + kind, resource));
  }

  private static Access access(String service, String operation, String resource) {
    return new Access(
        service + ":" + operation,
        "arn:aws:" + service + ":us-east-1:123456789012:" + resource,
        Map.of());
  }
}
