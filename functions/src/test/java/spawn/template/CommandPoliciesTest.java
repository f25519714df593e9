package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people may do who have the policies of the command line, and what they may not. */
class CommandPoliciesTest {
  private static final Template TEMPLATE = Template.read();
  private static final String ACCOUNT = Template.ACCOUNT;
  private static final String INSTANCE =
      "arn:aws:ec2:us-east-1:" + ACCOUNT + ":instance/i-0123456789abcdef0";
  private static final String SSM = "arn:aws:ssm:us-east-1:";
  private static final String SHELL = SSM + ACCOUNT + ":document/SSM-SessionManagerRunShell";

  /** What was decided here, for a second judge. */
  private static final Verdicts VERDICTS = new Verdicts();

  private static final Map<String, String> SPAWNS = Map.of("aws:ResourceTag/spawn:managed", "true");

  /** A session of IAM Identity Center, whose id tells nothing of its user's name. */
  private static final Map<String, String> PERSON = Map.of("aws:userid", "AROAEXAMPLE:ada");

  private static final Map<String, String> USER =
      Map.of("aws:userid", "AIDAEXAMPLE", "aws:username", "ada");

  @AfterAll
  static void writeWhatWasDecided() throws IOException {
    VERDICTS.write("CommandPoliciesTest");
  }

  private static List<ObjectNode> policy(Template template, String id) {
    List<ObjectNode> statements = new ArrayList<>();
    template
        .property(id, "PolicyDocument")
        .path("Statement")
        .forEach(statement -> statements.add(statement.deepCopy()));
    return statements;
  }

  private static boolean allows(List<ObjectNode> statements, Access access) {
    return VERDICTS.allows(statements, access);
  }

  /** What each command asks of AWS, by the policy that is to allow it. */
  private static List<Access> needed(String policy) {
    return switch (policy) {
      case "CommandLinePolicy" ->
          List.of(
              new Access(
                  "cloudformation:DescribeStacks",
                  "arn:aws:cloudformation:us-east-1:" + ACCOUNT + ":stack/spawn/0a1b",
                  Map.of()),
              new Access("ec2:DescribeInstances", "*", Map.of()),
              new Access("ec2:DescribeInstanceStatus", "*", Map.of()),
              new Access("ec2:DescribeIamInstanceProfileAssociations", "*", Map.of()),
              new Access("ec2:DescribeRegions", "*", Map.of()),
              new Access(
                  "iam:GetInstanceProfile",
                  iam("instance-profile/spawn/spawn/us-east-1/20260131/worker"),
                  Map.of()),
              new Access("iam:GetRole", iam("role/spawn/other/eu-west-1/worker"), Map.of()),
              new Access("ec2:DescribeSubnets", "*", Map.of()),
              new Access("ec2:DescribeVpcs", "*", Map.of()),
              new Access("iam:GetAccountSummary", "*", Map.of()),
              ofTheStack("states:DescribeStateMachine", 0),
              ofTheStack("iam:GetPolicy", 1),
              ofTheStack("iam:GetPolicy", 2),
              ofTheStack("lambda:GetFunctionConfiguration", 3),
              ofTheStack("lambda:GetFunctionConfiguration", 4),
              ofTheStack("lambda:GetFunctionConfiguration", 5),
              ofTheStack("lambda:GetFunctionConfiguration", 6),
              ofTheStack("lambda:GetFunctionConfiguration", 7),
              ofTheStack("lambda:GetFunctionConfiguration", 8),
              new Access(
                  "servicequotas:GetServiceQuota",
                  "arn:aws:servicequotas:us-east-1:" + ACCOUNT + ":ec2/L-1216C47A",
                  Map.of()));
      case "RoleTestPolicy" ->
          List.of(
              new Access("iam:GetRole", iam("role/admin"), Map.of()),
              new Access("iam:GetRolePolicy", iam("role/admin"), Map.of()),
              new Access("iam:ListRolePolicies", iam("role/spawn/x"), Map.of()),
              new Access("iam:SimulatePrincipalPolicy", iam("role/admin"), Map.of()),
              new Access("iam:SimulatePrincipalPolicy", iam("user/ada"), USER),
              new Access("iam:SimulateCustomPolicy", "*", Map.of()),
              new Access("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", Map.of()),
              new Access("iam:GetPolicyVersion", iam("policy/own"), Map.of()));
      case "InstanceAccessPolicy" ->
          List.of(
              new Access("ec2:TerminateInstances", INSTANCE, SPAWNS),
              new Access("ssm:SendCommand", INSTANCE, SPAWNS),
              new Access("ssm:SendCommand", SSM + ":document/AWS-RunShellScript", Map.of()),
              new Access("ssm:SendCommand", SSM + ":document/AWS-RunPowerShellScript", Map.of()),
              new Access("ssm:GetCommandInvocation", "*", Map.of()),
              new Access("ssm:DescribeInstanceInformation", "*", Map.of()),
              new Access("ssm:StartSession", INSTANCE, SPAWNS)
                  .with("ssm:SessionDocumentAccessCheck", "true"),
              new Access("ssm:StartSession", SHELL, Map.of()),
              ownSession("ssm:TerminateSession"),
              ownSession("ssm:ResumeSession"),
              new Access("ssm:TerminateSession", session("ada-0a1b"), USER),
              new Access("ssm:ResumeSession", session("ada-0a1b"), USER),
              new Access("ssmmessages:OpenDataChannel", session("AIDAEXAMPLE-0a1b"), USER));
      default -> throw new IllegalArgumentException(policy);
    };
  }

  /** What must stay refused: each is kept out by one resource or condition. */
  private static List<Access> trespasses(String policy) {
    return switch (policy) {
      case "CommandLinePolicy" ->
          List.of(
              new Access(
                  "cloudformation:DescribeStacks",
                  "arn:aws:cloudformation:us-east-1:" + ACCOUNT + ":stack/payroll/0a1b",
                  Map.of()),
              new Access("iam:GetInstanceProfile", iam("instance-profile/admin"), Map.of()),
              new Access("iam:GetRole", iam("role/admin"), Map.of()),
              new Access("iam:GetRole", iam("role/spawned/admin"), Map.of()),
              new Access("iam:GetPolicy", iam("policy/admin"), Map.of()),
              new Access(
                  "servicequotas:GetServiceQuota",
                  "arn:aws:servicequotas:us-east-1:" + ACCOUNT + ":ec2/L-0",
                  Map.of()));
      case "RoleTestPolicy" ->
          List.of(
              new Access("iam:SimulatePrincipalPolicy", iam("user/eve"), USER),
              new Access("iam:GetRole", "arn:aws:iam::999999999999:role/x", Map.of()),
              new Access("iam:GetPolicyVersion", "arn:aws:iam::999999999999:policy/x", Map.of()));
      case "InstanceAccessPolicy" ->
          Stream.of(
                  onInstance("ec2:TerminateInstances"),
                  onInstance("ssm:SendCommand"),
                  onInstance("ssm:StartSession"),
                  Stream.of(
                      new Access("ssm:StartSession", INSTANCE, SPAWNS)
                          .with("ssm:SessionDocumentAccessCheck", "false"),
                      new Access(
                          "ssm:SendCommand", SSM + ":document/AWS-RunRemoteScript", Map.of()),
                      new Access(
                          "ssm:SendCommand",
                          SSM + ACCOUNT + ":document/AWS-RunShellScript",
                          Map.of()),
                      new Access(
                          "ssm:StartSession",
                          SSM + ":document/AWS-StartPortForwardingSessionToRemoteHost",
                          Map.of()),
                      ownSession("ssm:TerminateSession").with("aws:userid", "AROAEXAMPLE:eve"),
                      ownSession("ssm:ResumeSession").with("aws:userid", "AROAEXAMPLE:eve"),
                      ownSession("ssm:ResumeSession")
                          .without("ssm:resourceTag/aws:ssmmessages:session-id"),
                      new Access("ssm:TerminateSession", session("eve-0a1b"), USER),
                      new Access("ssmmessages:OpenDataChannel", session("AIDAOTHER-0a1b"), USER)))
              .flatMap(accesses -> accesses)
              .toList();
      default -> throw new IllegalArgumentException(policy);
    };
  }

  private static Stream<Access> onInstance(String action) {
    Access own = new Access(action, INSTANCE, SPAWNS);
    return Stream.of(
        own.without("aws:ResourceTag/spawn:managed"),
        own.with("aws:ResourceTag/spawn:managed", "false"),
        own.with("aws:ResourceTag/spawn:team", "data"),
        own.on(INSTANCE.replace("us-east-1", "eu-west-1")),
        own.on(INSTANCE.replace(ACCOUNT, "999999999999")));
  }

  private static Access ownSession(String action) {
    return new Access(action, session("ada-0a1b"), PERSON)
        .with("ssm:resourceTag/aws:ssmmessages:session-id", "AROAEXAMPLE:ada");
  }

  private static String session(String id) {
    return SSM + ACCOUNT + ":session/" + id;
  }

  /** Of the parts of the stack that the command looks at, the one at a place in its policy. */
  private static Access ofTheStack(String action, int place) {
    JsonNode whole =
        policy(TEMPLATE, "CommandLinePolicy").stream()
            .filter(statement -> statement.path("Sid").asText().equals("SeeThatTheStackIsWhole"))
            .findFirst()
            .orElseThrow();
    return new Access(action, whole.path("Resource").get(place).asText(), Map.of());
  }

  private static String iam(String rest) {
    return "arn:aws:iam::" + ACCOUNT + ":" + rest;
  }

  @ParameterizedTest
  @ValueSource(strings = {"CommandLinePolicy", "RoleTestPolicy", "InstanceAccessPolicy"})
  void whatTheCommandsAskForIsAllowedAndNothingElse(String id) {
    List<ObjectNode> statements = policy(TEMPLATE, id);

    assertThat(needed(id)).allMatch(access -> allows(statements, access));
    assertThat(trespasses(id)).noneMatch(access -> allows(statements, access));
    Set<String> asked = new TreeSet<>();
    needed(id).forEach(access -> asked.add(access.action()));
    assertThat(granted(statements)).isEqualTo(asked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CommandLinePolicy", "RoleTestPolicy", "InstanceAccessPolicy"})
  void noActionResourceOrConditionCanBeTakenAwayUnnoticed(String id) {
    List<ObjectNode> statements = policy(TEMPLATE, id);
    for (int at = 0; at < statements.size(); at++) {
      for (String element : List.of("Action", "Resource")) {
        for (int part = 0; part < parts(statements.get(at), element).size(); part++) {
          List<ObjectNode> fewer = copy(statements);
          ArrayNode left = parts(fewer.get(at), element);
          left.remove(part);
          fewer.get(at).set(element, left);

          assertThat(needed(id))
              .as("%s without part %d of %s", statements.get(at), part, element)
              .anyMatch(access -> !LeastPrivilege.allows(fewer, access));
        }
      }
      for (String operator : names(statements.get(at).path("Condition"))) {
        for (String key : names(statements.get(at).path("Condition").path(operator))) {
          List<ObjectNode> looser = copy(statements);
          ((ObjectNode) looser.get(at).path("Condition").path(operator)).remove(key);

          assertThat(trespasses(id))
              .as("%s without %s", statements.get(at), key)
              .anyMatch(access -> LeastPrivilege.allows(looser, access));
        }
      }
    }
  }

  @Test
  void teamsReachTheirOwnInstancesOnly() {
    Access shell = new Access("ssm:SendCommand", INSTANCE, SPAWNS);
    List<ObjectNode> ofData = policy(TEMPLATE.with("Team", "data"), "InstanceAccessPolicy");

    assertThat(allows(ofData, shell.with("aws:ResourceTag/spawn:team", "data"))).isTrue();
    assertThat(allows(ofData, shell.with("aws:ResourceTag/spawn:team", "web"))).isFalse();
    assertThat(allows(ofData, shell)).isFalse();
  }

  /** Of whatever service: groups, clusters and environments hand their tags on to instances. */
  @ParameterizedTest
  @CsvSource({
    "InstanceBoundary, ec2:CreateTags, spawn:managed",
    "InstanceBoundary, ec2:CreateTags, Spawn:MANAGED",
    "InstanceBoundary, ec2:DeleteTags, spawn:team",
    "InstanceBoundary, elasticmapreduce:AddTags, spawn:managed",
    "InstanceBoundary, autoscaling:CreateOrUpdateTags, spawn:team",
    "ServiceBoundary, ec2:CreateTags, spawn:managed",
    "ServiceBoundary, ec2:CreateTags, Spawn:Team",
    "ServiceBoundary, autoscaling:CreateOrUpdateTags, spawn:managed"
  })
  void nobodyMakesAnInstanceOfOthersOneOfSpawns(String boundary, String action, String key) {
    List<ObjectNode> statements = policy(TEMPLATE, boundary);
    Access tag = new Access(action, INSTANCE, Map.of("aws:TagKeys", "Name," + key));

    assertThat(allows(statements, tag)).isFalse();
    assertThat(allows(statements, tag.with("aws:TagKeys", "Name"))).isTrue();
  }

  private static Set<String> granted(List<ObjectNode> statements) {
    Set<String> actions = new TreeSet<>();
    statements.forEach(
        statement ->
            LeastPrivilege.list(statement.path("Action"))
                .forEach(action -> actions.add(action.asText())));
    return actions;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static ArrayNode parts(ObjectNode statement, String element) {
    ArrayNode parts = statement.arrayNode();
    LeastPrivilege.list(statement.path(element)).forEach(parts::add);
    return parts;
  }

  private static List<ObjectNode> copy(List<ObjectNode> statements) {
    return new ArrayList<>(statements.stream().map(ObjectNode::deepCopy).toList());
  }
}
