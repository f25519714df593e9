package spawn.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.policy.ReferenceArns;

/** Every publicly known way to more power is closed, or explained in {@code docs/security.md}. */
class EscalationTest {
  private static final Template TEMPLATE = Template.read();
  private static final Path GUIDE = Path.of("docs", "security.md");
  private static final String OPEN = "Known paths that stay open";
  private static final String ACCOUNT = Template.ACCOUNT;

  /** {@code | path, path | principal, principal | reason |}. */
  private static final Pattern OPEN_PATHS =
      Pattern.compile("^\\| ((?:`[a-z0-9-]+`(?:, )?)+) \\| ([A-Za-z, ]+) \\| (.{20,}) \\|$");

  /** {@code | who | may | may not | test |}. */
  private static final Pattern PROOF = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  /** What was decided here, for a second judge. */
  private static final Verdicts VERDICTS = new Verdicts();

  private static boolean allows(List<ObjectNode> statements, Access access) {
    return VERDICTS.allows(statements, access);
  }

  @AfterAll
  static void writeWhatWasDecided() throws IOException {
    VERDICTS.write("EscalationTest");
  }

  /** Everything on everything, behind the boundary: what a payload can ask for at most. */
  private static List<ObjectNode> instance() {
    return policy("InstanceBoundary");
  }

  /** The same for a role of AWS Batch or Spot Fleet. */
  private static List<ObjectNode> service() {
    return policy("ServiceBoundary");
  }

  private static List<ObjectNode> policy(String id) {
    List<ObjectNode> statements = new ArrayList<>();
    TEMPLATE
        .property(id, "PolicyDocument")
        .path("Statement")
        .forEach(statement -> statements.add(statement.deepCopy()));
    return statements;
  }

  private static Map<String, List<ObjectNode>> principals() {
    Map<String, List<ObjectNode>> principals = new LinkedHashMap<>();
    for (String policy :
        List.of(
            "LauncherPolicy",
            "ApproverPolicy",
            "BreakGlassPolicy",
            "RoleSetPolicy",
            "OperatorPolicy",
            "CommandLinePolicy",
            "RoleTestPolicy",
            "InstanceAccessPolicy")) {
      principals.put(policy, policy(policy));
    }
    TEMPLATE
        .idsOf("AWS::Serverless::Function")
        .forEach(function -> principals.put(function, TEMPLATE.statements(function)));
    TEMPLATE
        .idsOf("AWS::Serverless::StateMachine")
        .forEach(machine -> principals.put(machine, TEMPLATE.statements(machine)));
    principals.put("Instance", instance());
    principals.put("Service", service());
    return principals;
  }

  @Test
  void everyKnownPathIsClosedOrExplained() throws IOException {
    Map<String, Set<String>> open = new TreeMap<>();
    principals()
        .forEach(
            (principal, statements) ->
                paths()
                    .forEach(
                        (path, actions) -> {
                          if (actions.stream()
                              .allMatch(action -> isPossible(statements, action, actions))) {
                            open.computeIfAbsent(path, first -> new TreeSet<>()).add(principal);
                          }
                        }));

    assertThat(explained()).isEqualTo(open);
    assertThat(section(OPEN).replace('\n', ' ')).contains(counted(open));
  }

  /** Says how many paths there are, and how many of them are open to whom. */
  private static String counted(Map<String, Set<String>> open) {
    long ofTheKinds = paths().keySet().stream().filter(path -> path.startsWith("kind-")).count();
    long instance = open.values().stream().filter(to -> to.contains("Instance")).count();
    long service = open.values().stream().filter(to -> to.contains("Service")).count();
    return "%d paths are tried: %d that are published, with the ways out of a boundary, and %d of the same kinds. For an instance %d are closed and %d open, for a Service %d and %d."
        .formatted(
            paths().size(),
            paths().size() - ofTheKinds,
            ofTheKinds,
            paths().size() - instance,
            instance,
            paths().size() - service,
            service);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LauncherPolicy",
        "ApproverPolicy",
        "BreakGlassPolicy",
        "RoleSetPolicy",
        "CommandLinePolicy",
        "RoleTestPolicy"
      })
  void startingExecutionsOpensNoPathByItself(String policy) {
    List<ObjectNode> starter = principals().get(policy);

    assertThat(paths().values())
        .noneMatch(
            actions -> actions.stream().allMatch(action -> isPossible(starter, action, actions)));
  }

  @ParameterizedTest
  @CsvSource({
    "iam:CreateRole, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/new",
    "iam:PassRole, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:DeleteRolePermissionsBoundary, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:CreatePolicyVersion, arn:aws:iam::123456789012:policy/spawn-InstanceBoundary-1A2B",
    "organizations:LeaveOrganization, *",
    "account:CloseAccount, *",
    "billing:UpdateBillingPreferences, *",
    "payments:UpdatePaymentPreferences, *",
    "sso:CreateAccountAssignment, *",
    "sts:AssumeRoot, *",
    "sts:GetFederationToken, *",
    "sts:AssumeRole, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "sts:AssumeRole, arn:aws:iam::123456789012:role/spawn-EnsureRoleRole-1A2B",
    "sts:AssumeRole, arn:aws:iam::999999999999:role/OrganizationAccountAccessRole",
    "sts:AssumeRole, arn:aws:iam::999999999999:role/AWSControlTowerExecution",
    "cloudformation:UpdateStack, arn:aws:cloudformation:us-east-1:123456789012:stack/spawn/0a1b",
    "lambda:UpdateFunctionCode, arn:aws:lambda:us-east-1:123456789012:function:spawn-EnsureRole-1A2B",
    "lambda:InvokeFunction, arn:aws:lambda:us-east-1:123456789012:function:spawn-EnsureRole-1A2B:live",
    "lambda:InvokeFunction, arn:aws:lambda:us-east-1:123456789012:function:spawn-RevokeRole-1A2B:live",
    "iam:DeleteRolePolicy, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:PutRolePolicy, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:UntagRole, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:TagRole, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "states:StartExecution, arn:aws:states:us-east-1:123456789012:stateMachine:spawn-launch",
    "states:StartExecution, arn:aws:states:us-east-1:123456789012:stateMachine:spawn-role-set",
    "states:UpdateStateMachine, arn:aws:states:us-east-1:123456789012:stateMachine:spawn-launch",
    "states:StopExecution, arn:aws:states:us-east-1:123456789012:execution:spawn-launch:one",
    "states:StartExecution, arn:aws:states:us-east-1:123456789012:stateMachine:spawn-override",
    "states:StartExecution, arn:aws:states:us-east-1:123456789012:stateMachine:spawn-answers",
    "states:GetExecutionHistory, arn:aws:states:us-east-1:123456789012:execution:spawn-approval:one",
    "states:SendTaskSuccess, *",
    "states:SendTaskFailure, *",
    "lambda:InvokeFunction, arn:aws:lambda:us-east-1:123456789012:function:spawn-AnswerApproval-1A2B:live",
    "sqs:PurgeQueue, arn:aws:sqs:us-east-1:123456789012:spawn-TerminationQueue-1A2B",
    "events:DisableRule, arn:aws:events:us-east-1:123456789012:rule/spawn-TerminationRule-1A2B",
    "events:DisableRule, arn:aws:events:us-east-1:123456789012:rule/spawn-NightlyRule-1A2B",
    "scheduler:DeleteSchedule, arn:aws:scheduler:us-east-1:123456789012:schedule/default/spawn-AuditRolesWeekly-1A2B",
    "logs:DeleteLogGroup, arn:aws:logs:us-east-1:123456789012:log-group:spawn-EnsureRoleLogs-1A2B",
    "logs:DeleteLogGroup, arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/spawn-launch",
    "cloudwatch:DeleteAlarms, arn:aws:cloudwatch:us-east-1:123456789012:alarm:spawn-Failed-1A2B",
    "cloudwatch:DisableAlarmActions, arn:aws:cloudwatch:us-east-1:123456789012:alarm:spawn-Failed-1A2B",
    "cloudwatch:PutDashboard, arn:aws:cloudwatch::123456789012:dashboard/spawn-us-east-1",
    "logs:DeleteLogStream, arn:aws:logs:us-east-1:123456789012:log-group:spawn-EnsureRole:log-stream:x",
    "sns:SetTopicAttributes, arn:aws:sns:us-east-1:123456789012:spawn-alarms",
    "states:UpdateMapRun, arn:aws:states:us-east-1:123456789012:mapRun:spawn-role-set/all:0a1b",
    "s3:PutObject, arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-0a1b/spawn.zip",
    "s3:PutBucketPolicy, arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-0a1b",
    "sts:AssumeRole, arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-us-east-1",
    "sts:GetWebIdentityToken, *",
    "sts:GetDelegatedAccessToken, *",
    "sso-oauth:CreateTokenWithIAM, arn:aws:sso::123456789012:application/ssoins-1/apl-1",
    "identity-sync:CreateSyncFilter, arn:aws:identity-sync:us-east-1:123456789012:profile/one",
    "ds-data:AddGroupMember, arn:aws:ds:us-east-1:123456789012:directory/d-1",
    "ds:ResetUserPassword, arn:aws:ds:us-east-1:123456789012:directory/d-1",
    "ds:EnableRoleAccess, arn:aws:ds:us-east-1:123456789012:directory/d-1",
    "budgets:ExecuteBudgetAction, arn:aws:budgets::123456789012:budget/one/action/1",
    "savingsplans:CreateSavingsPlan, *",
    "ec2:PurchaseReservedInstancesOffering, *",
    "supportplans:CreateSupportPlanSchedule, *",
    "shield:CreateSubscription, *",
    "route53domains:RegisterDomain, *",
    "aws-marketplace:Subscribe, *",
    "cloudformation:CreateStackSet, *",
    "cloudformation:CreateStackInstances, arn:aws:cloudformation:us-east-1:123456789012:stackset/one:0a1b",
    "cloudtrail:StopLogging, arn:aws:cloudtrail:us-east-1:123456789012:trail/all",
    "guardduty:DeleteDetector, arn:aws:guardduty:us-east-1:123456789012:detector/one",
    "guardduty:AcceptAdministratorInvitation, *",
    "config:StopConfigurationRecorder, arn:aws:config:us-east-1:123456789012:configuration-recorder/default/one",
    "securityhub:DisableSecurityHub, arn:aws:securityhub:us-east-1:123456789012:hub/default",
    "securitylake:DeleteDataLake, arn:aws:securitylake:us-east-1:123456789012:data-lake/default",
    "s3:PutAccountPublicAccessBlock, *",
    "ec2:DisableSnapshotBlockPublicAccess, *",
    "ec2:DisableImageBlockPublicAccess, *",
    "ec2:DisableEbsEncryptionByDefault, *",
    "ec2:EnableSerialConsoleAccess, *",
    "lakeformation:PutDataLakeSettings, *",
    "logs:PutAccountPolicy, *",
    "logs:DeleteLogDelivery, *",
    "logs:UpdateLogDelivery, *"
  })
  void noInstanceMay(String action, String resource) {
    assertThat(allows(instance(), new Access(action, resource, Map.of()))).isFalse();
  }

  @Test
  void noInstanceFeedsOrStarvesTheStacksFunctions() {
    Access change =
        new Access(
            "lambda:DeleteEventSourceMapping",
            "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:0a1b",
            Map.of(
                "lambda:FunctionArn",
                "arn:aws:lambda:us-east-1:123456789012:function:spawn-CleanupUnusedRoles-1A2B:live"));

    assertThat(allows(instance(), change)).isFalse();
    assertThat(
            allows(
                instance(),
                change.with(
                    "lambda:FunctionArn",
                    "arn:aws:lambda:us-east-1:123456789012:function:resize-images")))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "s3:GetObject, arn:aws:s3:::data/key",
    "sts:AssumeRole, arn:aws:iam::999999999999:role/reader",
    "sts:GetCallerIdentity, *",
    "lambda:InvokeFunction, arn:aws:lambda:us-east-1:123456789012:function:resize-images",
    "sqs:ReceiveMessage, arn:aws:sqs:us-east-1:123456789012:jobs",
    "logs:PutLogEvents, arn:aws:logs:us-east-1:123456789012:log-group:/my/app:log-stream:x",
    "states:StartExecution, arn:aws:states:us-east-1:123456789012:stateMachine:nightly",
    "s3:PutObject, arn:aws:s3:::results/key",
    "sts:GetServiceBearerToken, *",
    "ds:CreateComputer, arn:aws:ds:us-east-1:123456789012:directory/d-1",
    "ds:DescribeDirectories, *",
    "aws-marketplace:MeterUsage, *",
    "guardduty:SendSecurityTelemetry, *",
    "securityhub:BatchImportFindings, arn:aws:securityhub:us-east-1:123456789012:product/aquasecurity/aquasecurity",
    "config:PutEvaluations, *",
    "cloudtrail:LookupEvents, *",
    "ec2:CreateTags, arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"
  })
  void whatARoleIsGrantedOtherwiseWorks(String action, String resource) {
    assertThat(allows(instance(), new Access(action, resource, Map.of()))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "iam:CreateRole, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/new",
    "iam:PutRolePolicy, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:AttachRolePolicy, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:UpdateAssumeRolePolicy, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:DeleteRolePermissionsBoundary, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "iam:CreatePolicyVersion, arn:aws:iam::123456789012:policy/spawn-ServiceBoundary-1A2B",
    "iam:AddRoleToInstanceProfile, arn:aws:iam::123456789012:instance-profile/spawn/spawn/us-east-1/worker",
    "sts:AssumeRole, arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
    "sts:AssumeRole, arn:aws:iam::999999999999:role/reader",
    "organizations:LeaveOrganization, *",
    "s3:GetObject, arn:aws:s3:::data/key",
    "secretsmanager:GetSecretValue, arn:aws:secretsmanager:us-east-1:123456789012:secret:key",
    "ssm:SendCommand, arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0",
    "batch:SubmitJob, arn:aws:batch:us-east-1:123456789012:job-queue/jobs",
    "ec2:AssociateIamInstanceProfile, arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0",
    "ec2:ModifyInstanceAttribute, arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0",
    "ec2:CreateLaunchTemplateVersion, arn:aws:ec2:us-east-1:123456789012:launch-template/lt-1",
    "ec2:CreateTags, arn:aws:ec2:us-east-1:999999999999:instance/i-0123456789abcdef0",
    "ecs:ExecuteCommand, arn:aws:ecs:us-east-1:123456789012:task/cluster/0a1b",
    "ecs:RegisterContainerInstance, arn:aws:ecs:us-east-1:123456789012:cluster/cluster",
    "ecs:TagResource, arn:aws:ecs:us-east-1:123456789012:cluster/cluster",
    "lambda:InvokeFunction, arn:aws:lambda:us-east-1:123456789012:function:spawn-EnsureRole-1A2B:live",
    "states:StartExecution, arn:aws:states:us-east-1:123456789012:stateMachine:spawn-launch",
    "states:SendTaskSuccess, *",
    "sqs:SendMessage, arn:aws:sqs:us-east-1:123456789012:spawn-TerminationQueue-1A2B",
    "sns:Publish, arn:aws:sns:us-east-1:123456789012:spawn-alarms",
    "cloudformation:UpdateStack, arn:aws:cloudformation:us-east-1:123456789012:stack/spawn/0a1b",
    "logs:PutLogEvents, arn:aws:logs:us-east-1:123456789012:log-group:spawn-EnsureRole:log-stream:x",
    "logs:CreateLogStream, arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/spawn-launch:log-stream:x"
  })
  void noRoleOfAServiceMay(String action, String resource) {
    assertThat(allows(service(), new Access(action, resource, Map.of()))).isFalse();
  }

  @Test
  void aRoleOfAServiceMayDoWhatAwssOwnPoliciesForItHoldAndNothingElse() throws IOException {
    Set<String> theirs = new TreeSet<>();
    try (InputStream data =
        EscalationTest.class.getResourceAsStream("/spawn/service-policies.json")) {
      new ObjectMapper()
          .readTree(data)
          .forEach(policy -> policy.path("actions").forEach(action -> theirs.add(action.asText())));
    }

    assertThat(
            granted(
                service().stream()
                    .filter(statement -> statement.path("Effect").asText().equals("Allow"))
                    .toList()))
        .isEqualTo(theirs);
  }

  @ParameterizedTest
  @CsvSource({
    "ec2:RunInstances, arn:aws:ec2:us-east-1::image/ami-1",
    "ec2:RunInstances, arn:aws:ec2:us-east-1:999999999999:subnet/subnet-1",
    "ec2:RequestSpotFleet, arn:aws:ec2:us-east-1:123456789012:spot-fleet-request/*",
    "ec2:CreateTags, arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0",
    "ec2:CreateTags, arn:aws:ec2:us-east-1:123456789012:spot-instances-request/sir-1",
    "autoscaling:CreateAutoScalingGroup, arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:0a1b:autoScalingGroupName/a-asg-0",
    "ecs:RunTask, arn:aws:ecs:us-east-1:123456789012:task-definition/job:1",
    "ecs:TagResource, arn:aws:ecs:us-east-1:123456789012:task/a_Batch_0a1b/2c3d",
    "iam:GetRole, arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    "iam:GetInstanceProfile, arn:aws:iam::123456789012:instance-profile/spawn/spawn/us-east-1/worker",
    "logs:CreateLogGroup, arn:aws:logs:us-east-1:123456789012:log-group:/aws/batch/job",
    "logs:DescribeLogGroups, arn:aws:logs:us-east-1:123456789012:log-group::log-stream:*",
    "elasticloadbalancing:RegisterInstancesWithLoadBalancer, arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/a",
    "elasticloadbalancing:RegisterTargets, arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/0a1b"
  })
  void whatBatchAndSpotFleetDoWorks(String action, String resource) {
    assertThat(allows(service(), new Access(action, resource, Map.of()))).isTrue();
  }

  @Test
  void aRoleOfAServicePassesSpawnsRolesToInstancesAndTasksOnly() {
    Access pass =
        new Access(
            "iam:PassRole",
            "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
            Map.of("iam:PassedToService", "ec2.amazonaws.com"));

    assertThat(List.of("ec2.amazonaws.com", "ec2.amazonaws.com.cn", "ecs-tasks.amazonaws.com"))
        .allMatch(to -> allows(service(), pass.with("iam:PassedToService", to)));
    assertThat(
            List.of(
                "lambda.amazonaws.com",
                "batch.amazonaws.com",
                "spotfleet.amazonaws.com",
                "cloudformation.amazonaws.com"))
        .noneMatch(to -> allows(service(), pass.with("iam:PassedToService", to)));
    assertThat(allows(service(), pass.without("iam:PassedToService"))).isFalse();
    assertThat(
            List.of(
                "arn:aws:iam::123456789012:role/admin",
                "arn:aws:iam::123456789012:role/spawned/worker",
                "arn:aws:iam::123456789012:role/spawn-EnsureRoleRole-1A2B",
                "arn:aws:iam::999999999999:role/spawn/spawn/us-east-1/worker"))
        .noneMatch(role -> allows(service(), pass.on(role)));
  }

  @Test
  void aRoleOfAServiceMakesTheServiceLinkedRolesOfItsWorkOnly() {
    Access create =
        new Access(
            "iam:CreateServiceLinkedRole",
            "arn:aws:iam::123456789012:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
            Map.of("iam:AWSServiceName", "spot.amazonaws.com"));

    assertThat(List.of("spot", "spotfleet", "autoscaling", "ecs"))
        .allMatch(
            name -> allows(service(), create.with("iam:AWSServiceName", name + ".amazonaws.com")));
    assertThat(List.of("batch", "organizations", "sso"))
        .noneMatch(
            name -> allows(service(), create.with("iam:AWSServiceName", name + ".amazonaws.com")));
    assertThat(allows(service(), create.without("iam:AWSServiceName"))).isFalse();
    assertThat(allows(service(), create.on("arn:aws:iam::123456789012:role/admin"))).isFalse();
  }

  /** The key of a condition heeds no letter case, and neither does a denial that names one. */
  @ParameterizedTest
  @CsvSource({
    "InstanceBoundary, spawn:associate",
    "InstanceBoundary, Spawn:ASSOCIATE",
    "ServiceBoundary, spawn:associate",
    "ServiceBoundary, Spawn:ASSOCIATE"
  })
  void nobodyOpensAnInstanceOfOthersToSpawn(String boundary, String tagKey) {
    String key = "aws:RequestTag/" + tagKey;
    Access tag =
        new Access(
            "ec2:CreateTags",
            "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0",
            Map.of(key, "true"));

    assertThat(allows(policy(boundary), tag)).isFalse();
    assertThat(allows(policy(boundary), tag.with("ec2:CreateAction", "RunInstances"))).isTrue();
    assertThat(
            allows(
                policy(boundary),
                new Access(
                    "ec2:RunInstances",
                    "arn:aws:ec2:us-east-1:123456789012:instance/*",
                    Map.of(key, "true"))))
        .isTrue();
    assertThat(allows(policy(boundary), tag.without(key))).isTrue();
  }

  /** A group puts its tags on the instances that it starts, with a permission of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"InstanceBoundary", "ServiceBoundary"})
  void nobodyOpensTheInstancesThatAGroupWillStart(String boundary) {
    Access tag =
        new Access(
            "autoscaling:CreateOrUpdateTags",
            "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:0a1b:autoScalingGroupName/web",
            Map.of("aws:RequestTag/spawn:associate", "true"));

    assertThat(allows(policy(boundary), tag)).isFalse();
    assertThat(allows(policy(boundary), tag.without("aws:RequestTag/spawn:associate"))).isTrue();
  }

  /** Some services put the tags of their own resources on the instances that run for them. */
  @ParameterizedTest
  @CsvSource({
    "elasticmapreduce:AddTags, arn:aws:elasticmapreduce:us-east-1:123456789012:cluster/j-1",
    "elasticbeanstalk:UpdateTagsForResource, arn:aws:elasticbeanstalk:us-east-1:123456789012:environment/web/prod",
    "autoscaling:CreateAutoScalingGroup, arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:0a1b:autoScalingGroupName/web",
    "cloudformation:TagResource, arn:aws:cloudformation:us-east-1:123456789012:stack/web/0a1b",
    "tag:TagResources, *"
  })
  void noInstanceOpensOthersByWayOfAServiceThatHandsTagsOn(String action, String resource) {
    Access tag = new Access(action, resource, Map.of("aws:RequestTag/spawn:associate", "true"));

    assertThat(allows(instance(), tag)).isFalse();
    assertThat(allows(instance(), tag.without("aws:RequestTag/spawn:associate"))).isTrue();
  }

  /** Not even on what is made: it could be a copy of a snapshot of others. */
  @ParameterizedTest
  @ValueSource(strings = {"InstanceBoundary", "ServiceBoundary", "BoundariesStay"})
  void nobodyOpensAnythingToLaunches(String policy) {
    List<ObjectNode> statements = new ArrayList<>(policy(policy));
    statements.add(everything(statements.get(0)));
    Access tag =
        new Access(
            "ec2:CreateTags",
            "arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0",
            Map.of("aws:RequestTag/spawn:launch", "true"));

    assertThat(allows(statements, tag)).isFalse();
    assertThat(allows(statements, tag.with("ec2:CreateAction", "CopySnapshot"))).isFalse();
    assertThat(
            allows(
                statements,
                new Access(
                    "ec2:CreateNetworkInterface",
                    "arn:aws:ec2:us-east-1:123456789012:network-interface/eni-1",
                    tag.context())))
        .isFalse();
    assertThat(allows(statements, tag.without("aws:RequestTag/spawn:launch"))).isTrue();
  }

  /** What an organization can hold against the code of EnsureRole: the document in the guide. */
  @Test
  void aResourceControlPolicyLeavesSpawnsRolesToAwssServices() throws IOException {
    String text = section(OPEN);
    int from = text.indexOf("```json\n") + 8;
    JsonNode document =
        new ObjectMapper().readTree(text.substring(from, text.indexOf("\n```", from)));
    List<ObjectNode> statements = new ArrayList<>();
    document.path("Statement").forEach(statement -> statements.add(statement.deepCopy()));
    assertThat(statements)
        .allSatisfy(
            statement -> {
              assertThat(statement.path("Effect").asText()).isEqualTo("Deny");
              assertThat(statement.path("Principal").asText()).isEqualTo("*");
            });
    statements.add(
        everything(statements.get(0)).put("Principal", "*")); // RCPFullAWSAccess, always there
    Access service =
        new Access(
            "sts:AssumeRole",
            "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/worker",
            Map.of("aws:PrincipalIsAWSService", "true"));

    assertThat(allows(statements, service)).isTrue();
    assertThat(List.of("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"))
        .map(action -> new Access(action, service.resource(), Map.of()))
        .noneMatch(access -> allows(statements, access))
        .noneMatch(access -> allows(statements, access.with("aws:PrincipalIsAWSService", "false")))
        .allMatch(access -> allows(statements, access.on("arn:aws:iam::123456789012:role/admin")));
  }

  private static ObjectNode everything(ObjectNode like) {
    return like.objectNode().put("Effect", "Allow").put("Action", "*").put("Resource", "*");
  }

  @Test
  void noInstanceHidesOrMakesUpWhatTheAlarmsWatch() {
    Access put =
        new Access("cloudwatch:PutMetricData", "*", Map.of("cloudwatch:namespace", "spawn"));

    assertThat(allows(instance(), put)).isFalse();
    assertThat(allows(instance(), put.with("cloudwatch:namespace", "CWAgent"))).isTrue();
  }

  @Test
  void noInstanceChangesTheAlarmsTopicThatOthersMayPublishTo() {
    String topic = "arn:aws:sns:us-east-1:123456789012:operators";
    List<ObjectNode> boundary = new ArrayList<>();
    TEMPLATE
        .with("AlarmTopicArn", topic)
        .property("InstanceBoundary", "PolicyDocument")
        .path("Statement")
        .forEach(statement -> boundary.add(statement.deepCopy()));

    assertThat(
            List.of(
                "sns:SetTopicAttributes",
                "sns:DeleteTopic",
                "sns:RemovePermission",
                "sns:Subscribe",
                "sns:TagResource"))
        .allMatch(action -> allows(instance(), new Access(action, topic, Map.of())))
        .noneMatch(action -> allows(boundary, new Access(action, topic, Map.of())));
    assertThat(allows(boundary, new Access("sns:Publish", topic, Map.of()))).isTrue();
  }

  @Test
  void noInstanceUsesTheBucketOfTheArtifacts() {
    List<ObjectNode> boundary = new ArrayList<>();
    TEMPLATE
        .with("ArtifactsBucket", "spawn-artifacts-123456789012")
        .property("InstanceBoundary", "PolicyDocument")
        .path("Statement")
        .forEach(statement -> boundary.add(statement.deepCopy()));
    String bucket = "arn:aws:s3:::spawn-artifacts-123456789012";
    List<Access> uses =
        List.of(
            new Access("s3:PutObject", bucket + "/spawn.zip", Map.of()),
            new Access("s3:PutBucketPolicy", bucket, Map.of()));

    assertThat(uses)
        .allMatch(access -> allows(instance(), access))
        .noneMatch(access -> allows(boundary, access));
    assertThat(allows(boundary, new Access("s3:PutObject", "arn:aws:s3:::data/key", Map.of())))
        .isTrue();
  }

  /**
   * The wildcard may stand for a name, a region or an account; EC2's own guide has it for a type.
   */
  @Test
  void noDenialRestsOnAWildcardForATypeOfResource() {
    for (String policy : List.of("InstanceBoundary", "ServiceBoundary", "BoundariesStay")) {
      assertThat(policy(policy))
          .flatMap(statement -> LeastPrivilege.list(statement.path("Resource")))
          .extracting(JsonNode::asText)
          .filteredOn(resource -> !resource.equals("*"))
          .allMatch(resource -> resource.split(":", 6)[5].matches("[^*]{2,}.*"))
          .noneMatch(resource -> resource.split(":", 6)[2].contains("*"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "InstanceBoundary",
        "ServiceBoundary",
        "BoundariesStay",
        "LauncherPolicy",
        "ApproverPolicy",
        "BreakGlassPolicy",
        "RoleSetPolicy",
        "OperatorPolicy",
        "CommandLinePolicy",
        "RoleTestPolicy",
        "InstanceAccessPolicy"
      })
  void aManagedPolicyKeepsToIamsSize(String policy) {
    // State machines' names have at most 80 characters, so a stack's has at most 71:
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
    assertThat(TEMPLATE.idsOf("AWS::Serverless::StateMachine"))
        .extracting(machine -> TEMPLATE.property(machine, "Name").asText())
        .contains("spawn-role-set", "spawn-approval")
        .allMatch(name -> name.length() - "spawn".length() + 71 <= 80);
    Template longNames =
        TEMPLATE
            .with("AWS::StackName", "s".repeat(71))
            .with("AWS::Partition", "aws-us-gov")
            .with("AWS::Region", "us-gov-west-1")
            .with("RolePath", "/" + "p".repeat(38) + "/")
            .with("ArtifactsBucket", "b".repeat(63))
            .with(
                "AlarmTopicArn",
                "arn:aws-us-gov:sns:us-gov-west-1:123456789012:" + "t".repeat(256));

    // Characters without white space:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assertThat(longNames.property(policy, "PolicyDocument").toString().replace(" ", ""))
        .hasSizeLessThanOrEqualTo(6_144);
  }

  @ParameterizedTest
  @ValueSource(strings = {"InstanceBoundary", "ServiceBoundary"})
  void aBoundaryOutlivesTheStack(String boundary) {
    assertThat(TEMPLATE.member(boundary, "DeletionPolicy").asText())
        .isEqualTo("RetainExceptOnCreate");
    assertThat(TEMPLATE.member(boundary, "UpdateReplacePolicy").asText()).isEqualTo("Retain");
  }

  @Test
  void aLauncherStartsAndFollowsLaunchesOfThisStackOnly() {
    startsAndFollows(
        "LauncherPolicy",
        "spawn-launch",
        List.of("spawn-role-set", "spawn-approval", "spawn-answers", "spawn-override", "other"));
  }

  @Test
  void whoMayRunRoleSetsStartsAndFollowsThoseOfThisStackOnly() {
    startsAndFollows(
        "RoleSetPolicy",
        "spawn-role-set",
        List.of("spawn-launch", "spawn-approval", "spawn-answers", "spawn-override", "other"));
  }

  @Test
  void whoMayBreakTheGlassStartsAndFollowsSuchLaunchesOfThisStackOnly() {
    startsAndFollows(
        "BreakGlassPolicy",
        "spawn-override",
        List.of("spawn-launch", "spawn-role-set", "spawn-approval", "spawn-answers", "other"));
  }

  /** An approver reads what is asked, but no token; a token alone would be worth nothing. */
  @Test
  void anApproverAnswersAndDoesNotLaunch() {
    List<ObjectNode> approver = principals().get("ApproverPolicy");
    String states = "arn:aws:states:us-east-1:" + ACCOUNT + ":";

    assertThat(granted(approver))
        .containsExactlyInAnyOrder(
            "lambda:InvokeFunction", "states:ListExecutions", "states:DescribeExecution");
    assertThat(TEMPLATE.idsOf("AWS::Serverless::Function"))
        .filteredOn(
            function ->
                allows(
                    approver,
                    new Access(
                        "lambda:InvokeFunction",
                        "arn:aws:lambda:us-east-1:%s:function:spawn-%s-1A2B:live"
                            .formatted(ACCOUNT, function),
                        Map.of())))
        .containsExactly("AnswerApproval");
    for (String machine : List.of("spawn-launch", "spawn-override", "spawn-answers")) {
      assertThat(executionsOf(machine)).noneMatch(access -> allows(approver, access));
    }
    assertThat(
            allows(
                approver,
                new Access(
                    "states:DescribeExecution", states + "execution:spawn-approval:one", Map.of())))
        .isTrue();
  }

  /** By no function, by no token, by no record, and by reading none of them. */
  @ParameterizedTest
  @ValueSource(strings = {"LauncherPolicy", "BreakGlassPolicy", "RoleSetPolicy", "OperatorPolicy"})
  void whoeverIsNoApproverCannotAnswer(String policy) {
    List<ObjectNode> statements = principals().get(policy);
    String states = "arn:aws:states:us-east-1:" + ACCOUNT + ":";
    String function = "arn:aws:lambda:us-east-1:" + ACCOUNT + ":function:spawn-AnswerApproval-1A2B";

    assertThat(
            List.of(
                new Access("lambda:InvokeFunction", function, Map.of()),
                new Access("lambda:InvokeFunction", function + ":live", Map.of()),
                new Access("states:SendTaskSuccess", "*", Map.of()),
                new Access("states:SendTaskFailure", "*", Map.of()),
                new Access(
                    "states:StartExecution", states + "stateMachine:spawn-answers", Map.of()),
                new Access(
                    "states:StartExecution", states + "stateMachine:spawn-approval", Map.of()),
                new Access(
                    "states:GetExecutionHistory",
                    states + "execution:spawn-approval:one",
                    Map.of())))
        .noneMatch(access -> allows(statements, access));
  }

  /** Whatever else is granted to a function: its role tells it apart. */
  @Test
  void noFunctionButTheOneThatTakesAnswersSendsATaskToken() {
    Access send = new Access("states:SendTaskSuccess", "*", Map.of());

    for (String function : TEMPLATE.idsOf("AWS::Serverless::Function")) {
      List<ObjectNode> statements = new ArrayList<>(TEMPLATE.statements(function));
      statements.add(everything(statements.get(0)));
      Access sent =
          send.with(
              "aws:PrincipalArn",
              "arn:aws:iam::%s:role/spawn-%sRole-1A2B".formatted(ACCOUNT, function));
      assertThat(allows(statements, sent))
          .as(function)
          .isEqualTo(function.equals("AnswerApproval"));
    }
  }

  private static void startsAndFollows(String policy, String machine, List<String> others) {
    List<ObjectNode> statements = principals().get(policy);

    assertThat(granted(statements))
        .containsExactlyInAnyOrder(
            "states:StartExecution", "states:DescribeExecution", "states:GetExecutionHistory");
    assertThat(executionsOf(machine)).allMatch(access -> allows(statements, access));
    assertThat(others)
        .flatMap(EscalationTest::executionsOf)
        .noneMatch(access -> allows(statements, access));
  }

  private static List<Access> executionsOf(String machine) {
    String states = "arn:aws:states:us-east-1:" + ACCOUNT + ":";
    String execution = states + "execution:" + machine + ":one";
    return List.of(
        new Access("states:StartExecution", states + "stateMachine:" + machine, Map.of()),
        new Access("states:DescribeExecution", execution, Map.of()),
        new Access("states:GetExecutionHistory", execution, Map.of()));
  }

  @Test
  void onlyOperatorsHaveRolesWrittenDown() {
    assertThat(granted(principals().get("LauncherPolicy"))).doesNotContain("lambda:InvokeFunction");
    assertThat(granted(principals().get("RoleSetPolicy"))).doesNotContain("lambda:InvokeFunction");
    assertThat(granted(principals().get("OperatorPolicy"))).contains("lambda:InvokeFunction");
  }

  @Test
  void anOperatorWatchesStopsAndSweepsButDoesNotLaunch() {
    assertThat(granted(principals().get("OperatorPolicy")))
        .containsExactlyInAnyOrder(
            "states:ListExecutions",
            "states:DescribeExecution",
            "states:GetExecutionHistory",
            "states:StopExecution",
            "lambda:InvokeFunction",
            "logs:DescribeLogStreams",
            "logs:FilterLogEvents",
            "logs:GetLogEvents",
            "sqs:GetQueueAttributes",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:DescribeAlarmHistory",
            "cloudwatch:GetDashboard",
            "cloudwatch:GetMetricData");
  }

  @Test
  void everyLineOfTheGuideNamesATestThatExists() throws Exception {
    String table = section("Who may do what");
    Matcher proof = PROOF.matcher(table);
    int proofs = 0;
    while (proof.find()) {
      proofs++;
      String name = proof.group(2);
      assertThat(test(proof.group(1)).getDeclaredMethods())
          .as(proof.group())
          .anyMatch(method -> method.getName().equals(name));
    }
    assertThat(table.lines().filter(line -> line.startsWith("| ")).skip(2))
        .allMatch(line -> PROOF.matcher(line).find());
    assertThat(proofs).isPositive();
  }

  private static Class<?> test(String name) throws IOException, ClassNotFoundException {
    Path sources = Path.of("functions", "src", "test", "java");
    try (Stream<Path> files = Files.walk(sources)) {
      Path source = files.filter(file -> file.endsWith(name + ".java")).findFirst().orElseThrow();
      return Class.forName(
          sources.relativize(source).toString().replace(".java", "").replace('/', '.'));
    }
  }

  private static Set<String> granted(List<ObjectNode> statements) {
    Set<String> actions = new TreeSet<>();
    statements.forEach(
        statement ->
            LeastPrivilege.list(statement.path("Action"))
                .forEach(action -> actions.add(action.asText())));
    return actions;
  }

  /** Whether an action can be done to anything that would give power, whichever way is best. */
  private static boolean isPossible(
      List<ObjectNode> statements, String action, List<String> ofPath) {
    return targets(action).stream()
        .anyMatch(
            target ->
                contexts(action, ofPath).stream()
                    .anyMatch(context -> allows(statements, new Access(action, target, context))));
  }

  /** A resource of an administrator's, and what spawn makes, as far as the action accepts it. */
  private static List<String> targets(String action) {
    String iam = "arn:aws:iam::" + ACCOUNT + ":";
    List<String> identities =
        Stream.of(
                iam + "role/admin",
                iam + "role/spawn/spawn/us-east-1/worker",
                iam + "user/admin",
                iam + "group/admins",
                iam + "policy/admin",
                iam + "instance-profile/spawn/spawn/us-east-1/worker")
            .filter(arn -> ReferenceArns.accepts(action, arn))
            .toList();
    return identities.isEmpty() ? ReferenceArns.of(action) : identities;
  }

  /**
   * Whatever tags a policy asks for are there: some of spawn's functions can write them. A role is
   * passed to the service that is called, or to the one whose machines run for it.
   */
  private static List<Map<String, String>> contexts(String action, List<String> ofPath) {
    Map<String, String> tagged =
        Map.of(
            "iam:PermissionsBoundary",
            TEMPLATE.environment("ResolvePolicies").get("SPAWN_BOUNDARY"),
            "aws:ResourceTag/spawn:managed",
            "true",
            "aws:ResourceTag/spawn:set",
            "metaflow",
            "aws:ResourceTag/spawn:deleting",
            "2026-01-01T00:00:00Z",
            "aws:ResourceTag/spawn:associate",
            "true");
    return action.equals("iam:PassRole")
        ? Stream.concat(
                ofPath.stream().map(one -> one.substring(0, one.indexOf(':'))),
                Stream.of("ec2", "ecs-tasks"))
            .distinct()
            .map(service -> Map.of("iam:PassedToService", service + ".amazonaws.com"))
            .toList()
        : List.of(tagged);
  }

  private static Map<String, List<String>> paths() {
    try (InputStream data =
        EscalationTest.class.getResourceAsStream("/spawn/escalation-paths.json")) {
      Map<String, List<String>> paths = new TreeMap<>();
      JsonNode listed = new ObjectMapper().readTree(data).path("paths");
      listed
          .properties()
          .forEach(
              path ->
                  paths.put(
                      path.getKey(), path.getValue().valueStream().map(JsonNode::asText).toList()));
      return paths;
    } catch (IOException brokenTest) {
      throw new java.io.UncheckedIOException(brokenTest);
    }
  }

  private static Map<String, Set<String>> explained() throws IOException {
    Map<String, Set<String>> explained = new TreeMap<>();
    section(OPEN)
        .lines()
        .map(OPEN_PATHS::matcher)
        .filter(Matcher::matches)
        .forEach(
            row -> {
              for (String path : names(row.group(1).replace("`", ""))) {
                explained
                    .computeIfAbsent(path, first -> new TreeSet<>())
                    .addAll(names(row.group(2)));
              }
            });
    return explained;
  }

  private static List<String> names(String list) {
    return Pattern.compile(", ").splitAsStream(list).toList();
  }

  private static String section(String title) throws IOException {
    String guide = Files.readString(GUIDE, UTF_8);
    int from = guide.indexOf("\n## " + title + "\n");
    assertThat(from).as("section " + title).isNotNegative();
    int to = guide.indexOf("\n## ", from + 1);
    return guide.substring(from, to < 0 ? guide.length() : to);
  }
}
