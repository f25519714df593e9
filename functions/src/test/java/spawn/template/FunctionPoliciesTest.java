package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.template.LeastPrivilege.allows;
import static spawn.template.LeastPrivilege.complaints;
import static spawn.template.LeastPrivilege.list;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sns.SnsClient;
import spawn.FunctionCalls;
import spawn.json.Json;
import spawn.role.Tags;

/** Each function may make every call that it makes, and none that it does not make. */
@Tag("slow")
class FunctionPoliciesTest {
  private static final Template TEMPLATE = FunctionCalls.template();
  private static final Map<String, Set<Access>> NEEDED = FunctionCalls.drive(TEMPLATE);

  /** What the stack's other policies for its functions deny, and so no function may ever do. */
  private static final Set<String> DENIED =
      Set.of(
          "iam:PutRolePermissionsBoundary",
          "iam:DeleteRolePermissionsBoundary",
          "iam:UpdateAssumeRolePolicy",
          "iam:CreatePolicyVersion",
          "iam:SetDefaultPolicyVersion",
          "iam:DeletePolicyVersion",
          "iam:DeletePolicy",
          "sts:AssumeRole",
          "states:SendTaskFailure",
          "states:SendTaskHeartbeat",
          "states:SendTaskSuccess"); // but for the role of AnswerApproval, which is not said here

  /** What was decided about writes, for a second judge. */
  private static final Verdicts VERDICTS = new Verdicts();

  @AfterAll
  static void writeWhatWasDecided() throws IOException {
    VERDICTS.write("FunctionPoliciesTest");
  }

  static List<String> functions() {
    return TEMPLATE.idsOf("AWS::Serverless::Function");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aFunctionMayDoWhatItDoesAndNothingElse(String function) {
    assertThat(complaints(TEMPLATE.statements(function), NEEDED.get(function))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noActionOrResourceCanBeTakenAwayUnnoticed(String function) {
    List<ObjectNode> statements = TEMPLATE.statements(function);
    for (int at = 0; at < statements.size(); at++) {
      if (statements.get(at).path("Effect").asText().equals("Allow")) {
        for (String element : List.of("Action", "Resource")) {
          for (int part = 0; part < list(statements.get(at).path(element)).size(); part++) {
            List<ObjectNode> fewer = copy(statements);
            ArrayNode parts = asArray(fewer.get(at), element);
            JsonNode removed = parts.remove(part);

            assertThat(complaints(fewer, NEEDED.get(function)))
                .as("%s without %s", function, removed)
                .isNotEmpty();
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noActionCanBeAddedUnnoticed(String function) {
    List<ObjectNode> statements = TEMPLATE.statements(function);
    for (int at = 0; at < statements.size(); at++) {
      if (statements.get(at).path("Effect").asText().equals("Allow")) {
        List<JsonNode> present = list(statements.get(at).path("Action"));
        for (String action : knownActions()) {
          if (present.stream().noneMatch(one -> one.asText().equals(action))) {
            List<ObjectNode> more = copy(statements);
            asArray(more.get(at), "Action").add(action);

            assertThat(LeastPrivilege.isComplaint(more, NEEDED.get(function)))
                .as("%s with %s", function, action)
                .isTrue();
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noWriteIsAllowedBeyondItsLimits(String function) {
    List<ObjectNode> statements = TEMPLATE.statements(function);

    assertThat(NEEDED.get(function)).allMatch(access -> VERDICTS.allows(statements, access));
    assertThat(trespasses(function)).noneMatch(access -> VERDICTS.allows(statements, access));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noConditionCanBeTakenAwayUnnoticed(String function) {
    List<ObjectNode> statements = TEMPLATE.statements(function);
    for (int at = 0; at < statements.size(); at++) {
      // A denial without its condition denies more, which the first test would notice.
      if (statements.get(at).has("Condition")
          && statements.get(at).path("Effect").asText().equals("Allow")) {
        List<ObjectNode> looser = copy(statements);
        looser.get(at).remove("Condition");

        if (statements.get(at).path("Effect").asText().equals("Deny")) {
          assertThat(complaints(looser, NEEDED.get(function)))
              .as("%s without the condition of %s", function, statements.get(at).path("Sid"))
              .isNotEmpty();
        } else {
          assertThat(trespasses(function))
              .as("%s without the condition of %s", function, statements.get(at).path("Sid"))
              .anyMatch(access -> allows(looser, access));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"WaitForPropagation", "RunInstance"})
  void noDenialOfALaunchCanBeTakenAwayUnnoticed(String function) {
    List<ObjectNode> statements = TEMPLATE.statements(function);
    int denials = 0;
    for (int at = 0; at < statements.size(); at++) {
      if (statements.get(at).path("Effect").asText().equals("Deny")
          && statements.get(at).path("Action").asText().startsWith("ec2:")
          && !statements.get(at).path("Sid").asText().equals("GiveNoOwnersWord")) {
        List<ObjectNode> fewer = copy(statements);
        fewer.remove(at);

        assertThat(trespasses(function))
            .as("%s without %s", function, statements.get(at).path("Sid"))
            .anyMatch(access -> allows(fewer, access));
        denials++;
      }
    }
    assertThat(denials).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noFunctionTouchesABoundaryOrATrustPolicyOrTakesARoleEvenIfEverythingIsGranted(
      String function) {
    List<ObjectNode> statements = copy(TEMPLATE.statements(function));
    ObjectNode everything = statements.get(0).objectNode();
    everything.put("Effect", "Allow").put("Action", "*").put("Resource", "*");
    statements.add(everything);

    assertThat(knownActions())
        .filteredOn(action -> !allows(statements, new Access(action, "*", Map.of())))
        .containsExactlyInAnyOrderElementsOf(DENIED);
  }

  /** What takes something from a role or a profile, or changes a role that exists. */
  private static List<Access> takings() {
    Map<String, String> asMuchAsThereIs =
        Map.of(
            "iam:PermissionsBoundary",
            TEMPLATE.environment("ResolvePolicies").get("SPAWN_BOUNDARY"),
            "aws:ResourceTag/spawn:managed",
            "true",
            "aws:ResourceTag/spawn:set",
            "metaflow",
            "aws:ResourceTag/spawn:deleting",
            "2026-01-01T00:00:00Z");
    String iam = "arn:aws:iam::123456789012:";
    return Stream.concat(
            Stream.of("DetachRolePolicy", "DeleteRolePolicy", "UntagRole", "UpdateRole")
                .map(
                    action ->
                        new Access(
                            "iam:" + action,
                            iam + "role/spawn/spawn/us-east-1/a",
                            asMuchAsThereIs)),
            Stream.of(
                new Access("iam:DeleteRole", iam + "role/spawn/spawn/us-east-1/a", asMuchAsThereIs),
                new Access(
                    "iam:RemoveRoleFromInstanceProfile",
                    iam + "instance-profile/spawn/spawn/us-east-1/a",
                    asMuchAsThereIs),
                new Access(
                    "iam:DeleteInstanceProfile",
                    iam + "instance-profile/spawn/spawn/us-east-1/a",
                    asMuchAsThereIs)))
        .toList();
  }

  /**
   * Editions of the service authorization reference differ in whether DeleteRole has this key. If
   * IAM does not send it, a statement that asks for it allows nothing.
   */
  @Test
  void aMarkedRoleIsDeletedWhetherOrNotIamSendsItsBoundaryWithTheCall() {
    Access delete =
        new Access(
            "iam:DeleteRole",
            "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/a",
            Map.of(
                "aws:ResourceTag/spawn:managed", "true",
                "aws:ResourceTag/spawn:deleting", "2026-01-01T00:00:00Z"));
    List<ObjectNode> sweep = TEMPLATE.statements("CleanupUnusedRoles");

    assertThat(allows(sweep, delete)).isTrue();
    assertThat(allows(sweep, delete.with("iam:PermissionsBoundary", "arn:aws:iam::aws:policy/a")))
        .isTrue();
    assertThat(allows(sweep, delete.without("aws:ResourceTag/spawn:deleting"))).isFalse();
    assertThat(allows(sweep, delete.without("aws:ResourceTag/spawn:managed"))).isFalse();
  }

  static List<String> functionsOfALaunch() {
    return TEMPLATE
        .property("LaunchStateMachine", "DefinitionSubstitutions")
        .propertyStream()
        .filter(substitution -> isAFunction(substitution.getValue()))
        .map(Map.Entry::getKey)
        .map(substitution -> substitution.replaceAll("Arn$", ""))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("functionsOfALaunch")
  void noFunctionOfALaunchTakesAnythingFromARoleOrAProfile(String function) {
    assertThat(functions()).contains(function);
    assertThat(takings())
        .noneMatch(access -> allows(TEMPLATE.statements(function), access))
        .allMatch(
            access ->
                allows(TEMPLATE.statements("ConvergeRole"), access)
                    || allows(TEMPLATE.statements("CleanupUnusedRoles"), access));
  }

  @Test
  void aRunOfASetTakesPoliciesAndTagsAndNeitherRolesNorProfiles() {
    assertThat(takings())
        .filteredOn(access -> allows(TEMPLATE.statements("ConvergeRole"), access))
        .extracting(Access::action)
        .containsExactlyInAnyOrder(
            "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:UntagRole", "iam:UpdateRole");
  }

  @Test
  void aRepairTouchesOnlyWholeRolesOfLaunchesAndNoneOfSpawnsOwnTags() {
    List<ObjectNode> repair = TEMPLATE.statements("RepairRoles");
    List<Access> writes =
        NEEDED.get("RepairRoles").stream()
            .filter(access -> !access.action().matches("iam:(Get|List).*"))
            .toList();

    assertThat(writes)
        .extracting(Access::action)
        .contains(
            "iam:PutRolePolicy",
            "iam:AttachRolePolicy",
            "iam:DetachRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateRole");
    for (Access write : writes) {
      assertThat(ofRolesThatAreNotWholeRolesOfLaunches(write))
          .noneMatch(access -> allows(repair, access));
      assertThat(allows(repair, write.without("aws:ResourceTag/spawn:managed"))).isFalse();
      if (write.action().contains("Tag")) {
        assertThat(List.of("spawn:policies", "SPAWN:Policies", "spawn:record-0", "team,spawn:keep"))
            .noneMatch(keys -> allows(repair, write.with("aws:TagKeys", keys)));
      }
    }
  }

  @Test
  void aRunOfASetTakesNoneOfSpawnsOwnTags() throws IllegalAccessException {
    Set<String> own = new TreeSet<>();
    for (Field constant : Tags.class.getFields()) {
      // No role of a set has a record of what it was made with.
      if (constant.get(null) instanceof String key
          && key.startsWith("spawn:")
          && !key.equals(Tags.RECORD)) {
        own.add(key);
      }
    }

    assertThat(
            TEMPLATE.statements("ConvergeRole").stream()
                .map(one -> one.at("/Condition/ForAllValues:StringNotEqualsIgnoreCase/aws:TagKeys"))
                .flatMap(JsonNode::valueStream)
                .map(JsonNode::asText))
        .containsExactlyInAnyOrderElementsOf(own);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LookAtInstance", "WaitForInstances"})
  void lookingAtInstancesIsAllowedNoWrite(String function) {
    assertThat(
            TEMPLATE.statements(function).stream()
                .filter(statement -> statement.path("Effect").asText().equals("Allow"))
                .flatMap(statement -> list(statement.path("Action")).stream())
                .map(JsonNode::asText))
        .isNotEmpty()
        .allMatch(action -> action.startsWith("ec2:Describe"));
  }

  @Test
  void writingRolesDownIsAllowedNoWrite() {
    assertAllowsOnly("ExportRole", "iam:(Get|List|GenerateServiceLastAccessedDetails).*");
  }

  @Test
  void testingPermissionsIsAllowedNoWrite() {
    assertAllowsOnly("TestPermissions", "iam:(Get|List|Simulate).*");
  }

  @Test
  void lookingIsAllowedNoWrite() {
    assertAllowsOnly(
        "AuditRoles", "(ec2:Describe|iam:(Get|List|GenerateServiceLastAccessedDetails)).*");
  }

  private static void assertAllowsOnly(String function, String actions) {
    assertThat(
            TEMPLATE.statements(function).stream()
                .filter(statement -> statement.path("Effect").asText().equals("Allow"))
                .flatMap(statement -> list(statement.path("Action")).stream())
                .map(JsonNode::asText))
        .isNotEmpty()
        .allMatch(action -> action.matches(actions));
  }

  @Test
  void onlyTheLookAtAnInstanceAndThePlanAskForOtherRegions() {
    Access regions = new Access("ec2:DescribeRegions", "*", Map.of());

    assertThat(functionsOfALaunch())
        .filteredOn(function -> allows(TEMPLATE.statements(function), regions))
        .containsExactly("PlanLaunch", "LookAtInstance");
  }

  @Test
  void aPlanIsAllowedOnlyReads() {
    assertThat(
            TEMPLATE.statements("PlanLaunch").stream()
                .filter(statement -> statement.path("Effect").asText().equals("Allow"))
                .flatMap(statement -> list(statement.path("Action")).stream())
                .map(JsonNode::asText))
        .isNotEmpty()
        .allMatch(action -> action.matches("(iam|ssm):(Get|List).*|ec2:Describe.*"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EnsureRole", "ConvergeRole"})
  void anOrganizationsBoundaryReplacesTheStacks(String function) {
    String own = "arn:aws:iam::123456789012:policy/ours";
    Template changed = Template.read().with("BoundaryArn", own);
    Access create =
        new Access(
            "iam:CreateRole",
            "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/a",
            Map.of("iam:PermissionsBoundary", own));
    String stacks = Template.read().environment("ResolvePolicies").get("SPAWN_BOUNDARY");

    assertThat(changed.environment("ResolvePolicies")).containsEntry("SPAWN_BOUNDARY", own);
    assertThat(allows(changed.statements(function), create)).isTrue();
    assertThat(allows(changed.statements(function), create.with("iam:PermissionsBoundary", stacks)))
        .isFalse();
    assertThat(allows(TEMPLATE.statements(function), create)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EnsureRole", "ConvergeRole"})
  void boundariesThatPayloadsMayNameAreAcceptedBesideTheFirst(String function) {
    String named = "arn:aws:iam::123456789012:policy/named";
    Template changed = Template.read().with("AllowedBoundaryArns", named);
    Access create =
        new Access(
            "iam:CreateRole",
            "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/a",
            Map.of("iam:PermissionsBoundary", named));
    String stacks = Template.read().environment("ResolvePolicies").get("SPAWN_BOUNDARY");

    assertThat(allows(changed.statements(function), create)).isTrue();
    assertThat(allows(changed.statements(function), create.with("iam:PermissionsBoundary", stacks)))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "arn:aws:iam::123456789012:policy/ours, ''",
    "'', arn:aws:iam::123456789012:policy/named",
    "arn:aws:iam::123456789012:policy/ours, arn:aws:iam::123456789012:policy/named"
  })
  void aRoleOfBatchIsMadeBehindItsOwnBoundaryWhicheverElseThereAre(String own, String allowed) {
    Template changed =
        Template.read().with("BoundaryArn", own).with("AllowedBoundaryArns", allowed);
    String boundary = changed.environment("ResolvePolicies").get("SPAWN_SERVICE_BOUNDARY");
    Access create =
        new Access(
            "iam:CreateRole",
            "arn:aws:iam::123456789012:role/spawn/spawn/us-east-1/batch-service",
            Map.of("iam:PermissionsBoundary", boundary));

    assertThat(boundary).contains("ServiceBoundary");
    assertThat(List.of("EnsureRole", "ConvergeRole"))
        .allMatch(function -> allows(changed.statements(function), create));
    assertThat(
            NEEDED.get("EnsureRole").stream()
                .filter(
                    access ->
                        access.resource().endsWith(":role/spawn/spawn/us-east-1/batch-service"))
                .filter(access -> access.context().containsValue(boundary))
                .map(Access::action))
        .contains("iam:CreateRole", "iam:AttachRolePolicy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EnsureRole", "ConvergeRole"})
  void noBoundaryCanBeTakenAwayUnnoticed(String function) {
    List<ObjectNode> statements = TEMPLATE.statements(function);
    int boundaries = 0;
    for (int at = 0; at < statements.size(); at++) {
      JsonNode named = statements.get(at).at("/Condition/ArnEquals/iam:PermissionsBoundary");
      for (int one = 0; one < named.size(); one++) {
        List<ObjectNode> fewer = copy(statements);
        ((ArrayNode) fewer.get(at).at("/Condition/ArnEquals/iam:PermissionsBoundary")).remove(one);

        assertThat(complaints(fewer, NEEDED.get(function)))
            .as("without %s", named.get(one))
            .isNotEmpty();
        boundaries++;
      }
    }
    assertThat(boundaries).isEqualTo(2);
  }

  @Test
  void withoutPassableRolesOnlySpawnsOwnArePassed() {
    Access pass =
        new Access(
            "iam:PassRole",
            FunctionCalls.OWN_ROLE,
            Map.of("iam:PassedToService", "ec2.amazonaws.com"));

    for (String function :
        List.of("EnsureProfile", "WaitForPropagation", "RunInstance", "AssociateProfile")) {
      assertThat(allows(Template.read().statements(function), pass)).isFalse();
      assertThat(allows(TEMPLATE.statements(function), pass)).isTrue();
    }
  }

  /**
   * Elastic Inference has ended (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances</a>),
   * so nothing can be launched with it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"WaitForPropagation", "RunInstance"})
  void aLaunchMayNameEveryKindOfResourceThatAwsAuthorizesItOnIfAllAreOpen(String function)
      throws IOException {
    Template opened =
        Template.read()
            .with(
                "OpenResources",
                "snapshot,network-interface,launch-template,capacity-reservation,dedicated-host,placement-group,resource-group,license-configuration");
    JsonNode kinds =
        Json.read(FunctionPoliciesTest.class.getResourceAsStream("launch-resources.json"))
            .path("RunInstances");

    assertThat(kinds.properties()).hasSizeGreaterThan(15);
    assertThat(kinds.properties())
        .filteredOn(kind -> !mayBeNamed(opened.statements(function), kind.getValue()))
        .extracting(Map.Entry::getKey)
        .containsExactly("elastic-inference");
    assertThat(kinds.properties())
        .filteredOn(kind -> !mayBeNamed(Template.read().statements(function), kind.getValue()))
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrder(
            "capacity-reservation",
            "elastic-inference",
            "group",
            "launch-template",
            "license-configuration",
            "placement-group");
  }

  private static boolean mayBeNamed(List<ObjectNode> statements, JsonNode kind) {
    String arn =
        kind.asText()
            .replace("${Partition}", "aws")
            .replace("${Region}", "us-east-1")
            .replace("${Account}", "999999999999")
            .replaceAll("\\$\\{\\w+}", "some-1");
    return allows(statements, new Access("ec2:RunInstances", arn, Map.of()));
  }

  /** The example does not get in the way of anything but the launches that it is about. */
  @Test
  void theExampleOfALaunchBoundaryDeniesWhatItIsAboutAndNothingElse() throws IOException {
    List<ObjectNode> example = new ArrayList<>();
    Json.read(Files.readString(Path.of("docs", "launch-boundary.json")))
        .path("Statement")
        .forEach(statement -> example.add((ObjectNode) statement));
    String ec2 = "arn:aws:ec2:us-east-1:";
    Access image =
        new Access("ec2:RunInstances", ec2 + ":image/ami-1", Map.of("ec2:Owner", "amazon"));
    Access volume =
        new Access(
            "ec2:RunInstances", ec2 + "123456789012:volume/*", Map.of("ec2:Encrypted", "true"));
    Access address =
        new Access(
            "ec2:RunInstances",
            ec2 + "123456789012:network-interface/*",
            Map.of("ec2:AssociatePublicIpAddress", "false"));
    Access instance =
        new Access(
            "ec2:RunInstances",
            ec2 + "123456789012:instance/*",
            Map.of("ec2:MetadataHttpTokens", "required"));

    assertThat(List.of(image, volume, address, instance))
        .allMatch(access -> allows(example, access));
    assertThat(
            List.of(
                image.with("ec2:Owner", "999999999999"),
                volume.with("ec2:Encrypted", "false"),
                address.with("ec2:AssociatePublicIpAddress", "true"),
                instance.with("ec2:MetadataHttpTokens", "optional")))
        .noneMatch(access -> allows(example, access));
    for (String function : List.of("RunInstance", "WaitForPropagation")) {
      assertThat(NEEDED.get(function))
          .filteredOn(access -> !access.action().equals("ec2:RunInstances"))
          .hasSizeGreaterThan(5)
          .allMatch(access -> allows(example, access));
    }
  }

  @Test
  void withoutVolumeKeysNoFunctionUsesAKey() {
    for (String function : functions()) {
      assertThat(NEEDED.get(function))
          .filteredOn(access -> access.action().startsWith("kms:"))
          .noneMatch(access -> allows(Template.read().statements(function), access));
    }
  }

  @Test
  void aStackCanBeOpenedToInstancesWithoutTheTag() {
    Access replace =
        new Access(
            "ec2:ReplaceIamInstanceProfileAssociation",
            "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0",
            Map.of());
    Template open = Template.read().with("AssociateInstances", "any");

    assertThat(allows(TEMPLATE.statements("AssociateProfile"), replace)).isFalse();
    assertThat(allows(open.statements("AssociateProfile"), replace)).isTrue();
    assertThat(open.environment("LookAtInstance"))
        .containsEntry("SPAWN_ASSOCIATE_INSTANCES", "any");
  }

  @Test
  void inChinaARoleIsPassedUnderEitherNameOfEc2() {
    Template china =
        Template.read()
            .with("AWS::Partition", "aws-cn")
            .with("AWS::URLSuffix", "amazonaws.com.cn")
            .with("AWS::Region", "cn-north-1");

    for (String service : List.of("ec2.amazonaws.com", "ec2.amazonaws.com.cn")) {
      assertThat(
              allows(
                  china.statements("RunInstance"),
                  new Access(
                      "iam:PassRole",
                      "arn:aws-cn:iam::123456789012:role/spawn/spawn/cn-north-1/a",
                      Map.of("iam:PassedToService", service))))
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LaunchStateMachine",
        "BreakGlassStateMachine",
        "RoleSetStateMachine",
        "ApprovalStateMachine",
        "AnswersStateMachine"
      })
  void aWorkflowMayRunItsStatesAndNothingElse(String machine) {
    List<JsonNode> allowed =
        TEMPLATE.statements(machine).stream()
            .filter(statement -> statement.path("Action").asText().equals("lambda:InvokeFunction"))
            .flatMap(statement -> list(statement.path("Resource")).stream())
            .toList();

    assertThat(allowed)
        .containsExactlyInAnyOrderElementsOf(
            TEMPLATE
                .property(machine, "DefinitionSubstitutions")
                .propertyStream()
                .map(Map.Entry::getValue)
                .filter(FunctionPoliciesTest::isAFunction)
                .toList());
  }

  /**
   * Beside functions, logs and traces: a launch starts what asks, follows it and hears of its end
   * (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html">starting
   * executions from a workflow</a>); nobody is asked where the glass is broken.
   */
  @Test
  void onlyALaunchAsks() {
    String states = "arn:aws:states:us-east-1:123456789012:";
    Access start =
        new Access("states:StartExecution", states + "stateMachine:spawn-approval", Map.of());
    Access stop =
        new Access("states:StopExecution", states + "execution:spawn-approval:one", Map.of());
    List<String> machines = TEMPLATE.idsOf("AWS::Serverless::StateMachine");

    assertThat(machines)
        .filteredOn(machine -> allows(TEMPLATE.statements(machine), start))
        .containsExactly("LaunchStateMachine");
    assertThat(machines)
        .filteredOn(machine -> allows(TEMPLATE.statements(machine), stop))
        .containsExactly("LaunchStateMachine");
    for (String other :
        List.of("spawn-launch", "spawn-override", "spawn-answers", "spawn-role-set")) {
      assertThat(machines)
          .noneMatch(
              machine ->
                  allows(TEMPLATE.statements(machine), start.on(states + "stateMachine:" + other)));
    }
  }

  private static boolean isAFunction(JsonNode substitution) {
    return substitution.asText().endsWith(":live");
  }

  @Test
  void onlyTheRulesOfTheStackSendToTheQueue() {
    JsonNode statement =
        TEMPLATE.property("TerminationQueuePolicy", "PolicyDocument").at("/Statement/0");

    assertThat(statement.at("/Principal/Service").asText()).isEqualTo("events.amazonaws.com");
    assertThat(statement.at("/Condition/ArnEquals/aws:SourceArn").valueStream())
        .extracting(JsonNode::asText)
        .satisfiesExactly(
            rule -> assertThat(rule).contains(":rule/spawn-TerminationRule"),
            rule -> assertThat(rule).contains(":rule/spawn-NightlyRule"));
  }

  private static final String OWN_PATH = "/spawn/spawn/us-east-1/";

  /** The account's root, the path of all stacks, and those of another stack or region. */
  private static final List<String> PATHS_OF_OTHERS =
      List.of(
          "/", "/spawn/", "/spawn/spawn/", "/spawn/spawn/eu-west-1/", "/spawn/other/us-east-1/");

  /** Needed writes, each with one thing changed that must not be possible. */
  private static List<Access> trespasses(String function) {
    List<Access> trespasses = new ArrayList<>();
    // A role whose boundary the stack has had before must be revoked like any other.
    boolean anyBoundary = function.equals("RevokeRole");
    for (Access access : NEEDED.get(function)) {
      String action = access.action();
      boolean readsOnly = action.matches("[^:]+:(Get|List|Describe).*");
      if (!readsOnly && access.resource().contains(OWN_PATH)) {
        for (String other : PATHS_OF_OTHERS) {
          trespasses.add(access.on(access.resource().replace(OWN_PATH, other)));
        }
      }
      if (!readsOnly && access.context().containsKey("iam:PermissionsBoundary")) {
        trespasses.add(access.without("iam:PermissionsBoundary"));
        if (!action.contains(":De") && !anyBoundary) {
          trespasses.add(
              access.with(
                  "iam:PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess"));
        }
      }
      if (action.matches("iam:(De(lete|tach)|Remove|Untag).*")) {
        trespasses.add(access.without("aws:ResourceTag/spawn:managed"));
      }
      if (action.matches("iam:(De(lete|tach)Role|UntagRole|UpdateRole).*")) {
        Stream.of(
                "aws:ResourceTag/spawn:revoked",
                "aws:ResourceTag/spawn:deleting",
                "aws:ResourceTag/spawn:set")
            .filter(access.context()::containsKey)
            .findFirst()
            .ifPresentOrElse(
                tag -> trespasses.add(access.without(tag)),
                () -> trespasses.addAll(ofRolesThatAreNotWholeRolesOfLaunches(access)));
      }
      if (access.context().getOrDefault("aws:TagKeys", "").equals("spawn:deleting")) {
        trespasses.add(access.without("aws:ResourceTag/spawn:managed"));
        trespasses.add(access.with("aws:TagKeys", "spawn:deleting,spawn:managed"));
        trespasses.add(access.with("aws:TagKeys", "spawn:keep"));
        trespasses.add(access.with("aws:TagKeys", "team"));
      }
      if (access.context().getOrDefault("aws:TagKeys", "").equals("spawn:revoked")) {
        trespasses.add(access.with("aws:TagKeys", "spawn:revoked,spawn:managed"));
        trespasses.add(access.with("aws:TagKeys", "spawn:lease-until"));
        trespasses.add(access.with("aws:TagKeys", "team"));
      }
      if (action.equals("iam:UntagRole")
          && !access.context().getOrDefault("aws:TagKeys", "").contains("spawn:")) {
        trespasses.add(access.with("aws:TagKeys", "team,spawn:managed"));
        trespasses.add(access.with("aws:TagKeys", "team,SPAWN:Managed"));
      }
      if (action.equals("iam:PassRole")) {
        trespasses.add(access.with("iam:PassedToService", "lambda.amazonaws.com"));
        trespasses.add(access.on("arn:aws:iam::123456789012:role/admin"));
      }
      if (action.equals("iam:CreateServiceLinkedRole")) {
        trespasses.add(access.with("iam:AWSServiceName", "autoscaling.amazonaws.com"));
      }
      if (action.startsWith("kms:")) {
        trespasses.add(access.without("kms:ViaService"));
        trespasses.add(access.with("kms:ViaService", "rds.us-east-1.amazonaws.com"));
      }
      String topic = "kms:EncryptionContext:aws:sns:topicArn";
      if (access.context().containsKey(topic)) {
        trespasses.add(access.without(topic));
        trespasses.add(access.with(topic, FunctionCalls.APPROVAL_TOPIC + "s"));
      } else if (action.startsWith("kms:")) {
        trespasses.add(access.on(FunctionCalls.VOLUME_KEY.replace("1b2c", "ffff")));
      }
      if (action.equals("kms:CreateGrant")) {
        trespasses.add(access.with("kms:GrantIsForAWSResource", "false"));
      }
      if (action.matches("ec2:(A|Disa)ssociateIam.*|ec2:ReplaceIam.*")) {
        trespasses.add(access.without("aws:ResourceTag/spawn:associate"));
        trespasses.add(access.with("aws:ResourceTag/spawn:associate", "false"));
      }
      if (action.equals("ec2:RunInstances")
          && !access.resource().contains(":snapshot/") // IAM may be asked for the image's own too
          && access.context().containsKey("aws:ResourceTag/spawn:launch")) {
        trespasses.add(access.without("aws:ResourceTag/spawn:launch"));
        trespasses.add(access.with("aws:ResourceTag/spawn:launch", "false"));
      }
      if (action.equals("sns:Publish")) {
        trespasses.add(access.on(FunctionCalls.APPROVAL_TOPIC + "s"));
      }
      if (action.equals("states:StartExecution")) {
        trespasses.add(access.on(access.resource().replace("-answers", "-launch")));
      }
      if (action.equals("states:SendTaskSuccess")) {
        trespasses.add(
            access.with(
                "aws:PrincipalArn", "arn:aws:iam::123456789012:role/spawn-ConfirmAnswerRole-1A2B"));
      }
      if (action.equals("ssm:GetParameters")) {
        trespasses.add(access.on("arn:aws:ssm:us-east-1:123456789012:parameter/prod/db/password"));
      }
      if (action.equals("ec2:CreateTags")) {
        trespasses.add(access.with("aws:RequestTag/spawn:launch", "true"));
        trespasses.add(access.without("ec2:CreateAction"));
        trespasses.add(access.with("ec2:CreateAction", "CreateVolume"));
      }
    }
    return trespasses;
  }

  private static List<Access> ofRolesThatAreNotWholeRolesOfLaunches(Access access) {
    return List.of(
        access.without("aws:ResourceTag/spawn:leased-id"),
        access.with("aws:ResourceTag/spawn:deleting", "2026-01-01T00:00:00Z"),
        access.with("aws:ResourceTag/spawn:revoked", "2026-01-01T00:00:00Z"),
        access.with("aws:ResourceTag/spawn:set", "nightly"));
  }

  /**
   * Returns every action of IAM, EC2, Step Functions and SNS that the SDK knows, and a few of
   * others that matter.
   */
  private static List<String> knownActions() {
    return Stream.of(
            operations("iam", IamClient.class),
            operations("ec2", Ec2Client.class),
            operations("states", SfnClient.class),
            operations("sns", SnsClient.class),
            Stream.of("iam:PassRole", "sts:AssumeRole", "ssm:GetParameters", "ssm:GetParameter"),
            Stream.of("kms:CreateGrant", "kms:Encrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy"),
            Stream.of("s3:GetObject", "kms:Decrypt", "lambda:InvokeFunction", "iam:*", "ec2:*"))
        .flatMap(actions -> actions)
        .filter(action -> !action.endsWith("*") || action.length() < 6)
        .distinct()
        .sorted()
        .toList();
  }

  private static Stream<String> operations(String service, Class<?> client) {
    return Arrays.stream(client.getMethods())
        .filter(method -> method.getParameterCount() == 1)
        .filter(method -> AwsRequest.class.isAssignableFrom(method.getParameterTypes()[0]))
        .map(Method::getName)
        .filter(name -> !name.endsWith("Paginator"))
        .map(name -> service + ":" + Character.toUpperCase(name.charAt(0)) + name.substring(1));
  }

  private static List<ObjectNode> copy(List<ObjectNode> statements) {
    return new ArrayList<>(statements.stream().map(ObjectNode::deepCopy).toList());
  }

  private static ArrayNode asArray(ObjectNode statement, String element) {
    ArrayNode array = statement.arrayNode().addAll(list(statement.path(element)));
    statement.set(element, array);
    return array;
  }
}
