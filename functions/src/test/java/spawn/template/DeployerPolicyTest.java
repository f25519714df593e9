package spawn.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static spawn.template.LeastPrivilege.allows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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

  /** What SAM makes of the template's resources, and what each is called in an ARN. */
  private static final Map<String, List<String>> EXPANDED =
      Map.ofEntries(
          Map.entry("AWS::CloudWatch::Alarm", List.of("cloudwatch:us-east-1:", "alarm:spawn-A-1")),
          Map.entry("AWS::CloudWatch::Dashboard", List.of("cloudwatch::", "dashboard/spawn-us")),
          Map.entry("AWS::Events::Rule", List.of("events:us-east-1:", "rule/spawn-Rule-1")),
          Map.entry("AWS::IAM::ManagedPolicy", List.of("iam::", "policy/spawn-Boundary-1")),
          Map.entry("AWS::IAM::Role", List.of("iam::", "role/spawn-EnsureRoleRole-1")),
          Map.entry("AWS::Lambda::Alias", List.of("lambda:us-east-1:", "function:spawn-F-1:live")),
          Map.entry(
              "AWS::Lambda::EventSourceMapping",
              List.of("lambda:us-east-1:", "event-source-mapping:0a1b")),
          Map.entry("AWS::Lambda::Function", List.of("lambda:us-east-1:", "function:spawn-F-1")),
          Map.entry("AWS::Lambda::Version", List.of("lambda:us-east-1:", "function:spawn-F-1:7")),
          Map.entry("AWS::Logs::LogGroup", List.of("logs:us-east-1:", "log-group:spawn-F")),
          Map.entry("AWS::SQS::Queue", List.of("sqs:us-east-1:", "spawn-TerminationQueue-1")),
          Map.entry("AWS::SQS::QueuePolicy", List.of("sqs:us-east-1:", "spawn-TerminationQueue-1")),
          Map.entry(
              "AWS::Scheduler::Schedule",
              List.of("scheduler:us-east-1:", "schedule/default/spawn-N")),
          Map.entry(
              "AWS::StepFunctions::StateMachine",
              List.of("states:us-east-1:", "stateMachine:spawn-launch")));

  /**
   * What a handler calls only where a property is set, by the property. The template sets none of
   * them; one that it sets has to leave this list.
   */
  private static final Map<String, List<String>> ONLY_WITH =
      Map.ofEntries(
          Map.entry(
              "BearerTokenAuthenticationEnabled", List.of("logs:PutBearerTokenAuthentication")),
          Map.entry("CapacityProviderConfig", List.of("lambda:PassCapacityProvider")),
          Map.entry(
              "CodeSigningConfigArn",
              List.of(
                  "lambda:GetCodeSigningConfig",
                  "lambda:PutFunctionCodeSigningConfig",
                  "lambda:DeleteFunctionCodeSigningConfig")),
          Map.entry(
              "DataProtectionPolicy",
              List.of(
                  "logs:PutDataProtectionPolicy",
                  "logs:DeleteDataProtectionPolicy",
                  "logs:CreateLogDelivery",
                  "s3:REST.PUT.OBJECT",
                  "firehose:TagDeliveryStream")),
          Map.entry("DeletionProtectionEnabled", List.of("logs:PutLogGroupDeletionProtection")),
          Map.entry(
              "DeploymentPreference",
              List.of(
                  "codedeploy:CreateDeployment",
                  "codedeploy:GetDeployment",
                  "codedeploy:GetDeploymentConfig",
                  "codedeploy:GetDeploymentGroup",
                  "codedeploy:StopDeployment")),
          Map.entry("FieldIndexPolicies", List.of("logs:PutIndexPolicy", "logs:DeleteIndexPolicy")),
          Map.entry(
              "FileSystemConfigs",
              List.of("elasticfilesystem:DescribeMountTargets", "s3files:ListMountTargets")),
          Map.entry("FunctionScalingConfig", List.of("lambda:PutFunctionScalingConfig")),
          Map.entry("Groups", List.of("iam:AttachGroupPolicy", "iam:DetachGroupPolicy")),
          Map.entry(
              "KmsKeyArn",
              List.of(
                  "kms:CreateGrant",
                  "kms:Decrypt",
                  "kms:DescribeKey",
                  "kms:Encrypt",
                  "kms:GenerateDataKey")),
          Map.entry("Layers", List.of("lambda:GetLayerVersion")),
          Map.entry(
              "PermissionsBoundary",
              List.of("iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary")),
          Map.entry(
              "ProvisionedConcurrencyConfig",
              List.of(
                  "lambda:PutProvisionedConcurrencyConfig",
                  "lambda:DeleteProvisionedConcurrencyConfig")),
          Map.entry("RecursiveLoop", List.of("lambda:PutFunctionRecursionConfig")),
          Map.entry(
              "ResourcePolicyDocument",
              List.of("logs:PutResourcePolicy", "logs:DeleteResourcePolicy")),
          Map.entry("RuntimeManagementConfig", List.of("lambda:PutRuntimeManagementConfig")),
          Map.entry("Users", List.of("iam:AttachUserPolicy", "iam:DetachUserPolicy")),
          Map.entry(
              "VpcConfig",
              List.of(
                  "ec2:DescribeNetworkInterfaces",
                  "ec2:DescribeSecurityGroups",
                  "ec2:DescribeSubnets",
                  "ec2:DescribeVpcs")));

  /** Where an action is asked about something else than the resource itself. */
  private static final Map<String, Access> ELSEWHERE =
      Map.of(
          "iam:PassRole",
          new Access("iam:PassRole", ROLE, Map.of("iam:PassedToService", "lambda.amazonaws.com")),
          "iam:AttachRolePolicy",
          new Access("iam:AttachRolePolicy", ROLE, Map.of()),
          "iam:DetachRolePolicy",
          new Access("iam:DetachRolePolicy", ROLE, Map.of()),
          "logs:DescribeLogGroups",
          new Access("logs:DescribeLogGroups", "*", Map.of()),
          "logs:DescribeResourcePolicies",
          new Access("logs:DescribeResourcePolicies", "*", Map.of()),
          "s3:GetObject",
          new Access("s3:GetObject", "arn:aws:s3:::spawn-artifacts-123456789012/0a1b", Map.of()),
          "s3:GetObjectVersion",
          new Access(
              "s3:GetObjectVersion", "arn:aws:s3:::spawn-artifacts-123456789012/0a1b", Map.of()));

  private static List<String> handlerPermissions(String type) throws IOException {
    List<String> permissions = new ArrayList<>();
    handlers().path(type).forEach(permission -> permissions.add(permission.asText()));
    return permissions;
  }

  private static JsonNode handlers() throws IOException {
    try (InputStream data =
        DeployerPolicyTest.class.getResourceAsStream("handler-permissions.json")) {
      return new ObjectMapper().readTree(data).path("types");
    }
  }

  static Set<String> expandedTypes() {
    return EXPANDED.keySet();
  }

  @ParameterizedTest
  @MethodSource("expandedTypes")
  void whatCloudFormationsHandlersCallIsAllowedUnlessItIsForAPropertyThatIsNotSet(String type)
      throws IOException {
    List<ObjectNode> policy = policy();
    List<String> unset = ONLY_WITH.values().stream().flatMap(List::stream).toList();

    assertThat(handlerPermissions(type))
        .isNotEmpty()
        .filteredOn(permission -> !unset.contains(permission))
        .allSatisfy(
            permission ->
                assertThat(allows(policy, access(type, permission))).as(permission).isTrue());
  }

  private static Access access(String type, String permission) {
    Access elsewhere = ELSEWHERE.get(permission);
    if (elsewhere != null) {
      return elsewhere;
    }
    String arn =
        "arn:aws:" + EXPANDED.get(type).get(0) + "123456789012:" + EXPANDED.get(type).get(1);
    return new Access(
        permission,
        arn,
        type.equals("AWS::Lambda::EventSourceMapping")
            ? Map.of(
                "lambda:FunctionArn", "arn:aws:lambda:us-east-1:123456789012:function:spawn-F-1")
            : Map.of());
  }

  @Test
  void theListOfHandlersIsThatOfTheExpandedTemplate() throws IOException {
    assertThat(handlers().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(EXPANDED.keySet());
  }

  @Test
  void theTemplateSetsNoPropertyThatItsDeployerIsNotPreparedFor() {
    assertThat(Template.read().propertyNames())
        .isNotEmpty()
        .doesNotContainAnyElementsOf(ONLY_WITH.keySet());
  }

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
    "iam:PutRolePolicy, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
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
