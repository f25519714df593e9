package spawn.template;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;
import static spawn.template.LeastPrivilege.allows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.error.InvalidRequest;
import spawn.launch.LaunchPlan;
import spawn.launch.NamedResource;
import spawn.launch.PayloadReader;

/**
 * What the owner of a stack lets its launches use: as payloads are read, and as IAM decides by the
 * template's policies.
 */
class LaunchLimitsTest {
  private static final PayloadReader READER = new PayloadReader(CONTEXT);
  private static final Template TEMPLATE = Template.read();
  private static final String ARN = "arn:aws:ec2:us-east-1:" + Template.ACCOUNT + ":";
  private static final String PLAIN = "'ImageId': 'ami-0000000a', 'InstanceType': 't3.micro'";

  private static List<String> problems(Map<String, String> limits, String payload) {
    try {
      READER.read(json(payload), "one", limits);
      return List.of();
    } catch (InvalidRequest refused) {
      return refused.problems().stream().map(String::valueOf).toList();
    }
  }

  private static List<String> ofLaunch(Map<String, String> limits, String instance) {
    return problems(limits, "{'instance': {" + instance + "}}");
  }

  // What payloads say, and what they leave open

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'InstanceType': 't3.micro'           | ",
        "'InstanceType': 't3.2xlarge'         | ",
        "'InstanceType': 'm7i.large'          | ",
        "'InstanceType': 't3a.micro'          | $.instance.InstanceType: \"t3a.micro\" is not what this stack allows (AllowedInstanceTypes): t3.*, m7i.large.",
        "'InstanceType': 'm7i.large2'         | $.instance.InstanceType: \"m7i.large2\" is not",
        "'InstanceType': 'p5.48xlarge'        | $.instance.InstanceType: \"p5.48xlarge\" is not",
        "'InstanceType': 'T3.micro'           | $.instance.InstanceType: \"T3.micro\" is not",
        "'KeyName': 'me'                      | $.instance: Must have an InstanceType that this stack allows (AllowedInstanceTypes)",
        "'LaunchTemplate': {'LaunchTemplateId': 'lt-1'} | $.instance: Must have an InstanceType",
        "'InstanceType': null                 | $.instance: Must have an InstanceType",
        "'InstanceType': 7                    | $.instance.InstanceType: Must be a string"
      })
  void aTypeIsNamedAndAmongThoseThatAreAllowed(String member, String problem) {
    told(
        ofLaunch(
            Map.of("AllowedInstanceTypes", "t3.*, m7i.large"), "'ImageId': 'ami-1', " + member),
        problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'MaxCount': 3                  | ",
        "'MinCount': 3                  | ",
        "'KeyName': 'me'                | ",
        "'MinCount': 1, 'MaxCount': 4   | $.instance.MaxCount: Must be 3 or less, not 4",
        "'MinCount': 1000               | $.instance.MinCount: Must be 3 or less, not 1000",
        "'MinCount': 2, 'MaxCount': 2000000000 | $.instance.MaxCount: Must be 3 or less"
      })
  void aLaunchStartsNoMoreThanItMay(String member, String problem) {
    told(ofLaunch(Map.of("MaxInstances", "3"), PLAIN + ", " + member), problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'SubnetId': 'subnet-0000000a' | ",
        "'SubnetId': 'subnet-0000000b' | $.instance.SubnetId: \"subnet-0000000b\" is not what this stack allows",
        "'KeyName': 'me'               | $.instance: Must have a SubnetId that this stack allows (AllowedSubnets)",
        "'NetworkInterfaces': []       | $.instance: Must have a SubnetId",
        "'LaunchTemplate': {'LaunchTemplateId': 'lt-1'} | $.instance: Must have a SubnetId",
        "'NetworkInterfaces': [{'DeviceIndex': 0, 'SubnetId': 'subnet-0000000a'}] | ",
        "'NetworkInterfaces': [{'DeviceIndex': 0}] | $.instance.NetworkInterfaces[0]: Must have a SubnetId",
        "'SubnetId': 'subnet-0000000a', 'NetworkInterfaces': [{}] | $.instance.NetworkInterfaces[0]: Must have a SubnetId",
        "'NetworkInterfaces': [{'SubnetId': 'subnet-0000000a'}, {'SubnetId': 'subnet-0000000b'}] | $.instance.NetworkInterfaces[1].SubnetId: \"subnet-0000000b\" is not",
        "'NetworkInterfaces': [{'NetworkInterfaceId': 'eni-1'}] | $.instance.NetworkInterfaces[0].NetworkInterfaceId: Must be left out: an existing interface has a subnet",
        "'SubnetId': 'subnet-0000000a', 'SecondaryInterfaces': [{'SecondarySubnetId': 'ss-1'}] | $.instance.SecondaryInterfaces: Must be left out"
      })
  void aSubnetIsNamedAndAmongThoseThatAreAllowed(String member, String problem) {
    told(ofLaunch(Map.of("AllowedSubnets", "subnet-0000000a"), PLAIN + ", " + member), problem);
  }

  @Test
  void subnetsToTryInTurnAreHeldToTheSame() {
    String launch = "{'instance': {" + PLAIN + "}, 'options': {'subnetIds': [%s]}}";
    Map<String, String> limits = Map.of("AllowedSubnets", "subnet-0000000a,subnet-0000000b");

    assertThat(problems(limits, launch.formatted("'subnet-0000000a', 'subnet-0000000b'")))
        .isEmpty();
    told(
        problems(limits, launch.formatted("'subnet-0000000a', 'subnet-0000000c'")),
        "$.options.subnetIds[1]: \"subnet-0000000c\" is not");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'SecurityGroupIds': ['sg-0000000a'] | ",
        "'SecurityGroupIds': ['sg-0000000a', 'sg-0000000b'] | $.instance.SecurityGroupIds[1]: \"sg-0000000b\" is not",
        "'SecurityGroups': ['default'] | $.instance.SecurityGroups: Must be left out",
        "'SecurityGroups': ['sg-0000000a'] | $.instance.SecurityGroups: Must be left out",
        "'KeyName': 'me' | $.instance: Must have SecurityGroupIds that this stack allows",
        "'SecurityGroupIds': [] | $.instance: Must have SecurityGroupIds",
        "'NetworkInterfaces': [{'Groups': ['sg-0000000a']}] | ",
        "'NetworkInterfaces': [{'DeviceIndex': 0}] | $.instance.NetworkInterfaces[0]: Must have Groups",
        "'SecurityGroupIds': ['sg-0000000a'], 'NetworkInterfaces': [{}] | $.instance.NetworkInterfaces[0]: Must have Groups",
        "'NetworkInterfaces': [{'Groups': ['sg-0000000a', 'sg-0000000c']}] | $.instance.NetworkInterfaces[0].Groups[1]: \"sg-0000000c\" is not",
        "'NetworkInterfaces': [{'NetworkInterfaceId': 'eni-1'}] | $.instance.NetworkInterfaces[0].NetworkInterfaceId: Must be left out"
      })
  void groupsAreNamedByTheirIdsAndAmongThoseThatAreAllowed(String member, String problem) {
    told(ofLaunch(Map.of("AllowedSecurityGroups", "sg-0000000a"), PLAIN + ", " + member), problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'ImageId': 'ami-0000000a' | ",
        "'ImageId': 'ami-0000000b' | $.instance.ImageId: \"ami-0000000b\" is not what this stack allows (AllowedImages)",
        "'LaunchTemplate': {'LaunchTemplateId': 'lt-1'} | $.instance: Must have an ImageId",
        "'ImageId': 'ami-0000000a', 'KernelId': 'aki-1' | $.instance.KernelId: \"aki-1\" is not",
        "'ImageId': 'ami-0000000a', 'RamdiskId': 'ari-1' | $.instance.RamdiskId: \"ari-1\" is not",
        "'ImageId': 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023' | "
      })
  void anImageIsNamedAndAmongThoseThatAreAllowed(String member, String problem) {
    told(ofLaunch(Map.of("AllowedImages", "ami-0000000a"), member), problem);
  }

  @Test
  void aWordAmongTheAllowedImagesStandsForThoseThatCarryIt() {
    LaunchPlan plan =
        READER.read(
            json("{'instance': {'ImageId': 'ami-0000000b'}}"),
            "one",
            Map.of("AllowedImages", "ami-0000000a, golden"));

    assertThat(plan.named())
        .containsExactly(
            new NamedResource("image", "ami-0000000b", List.of("golden"), "$.instance.ImageId"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/aws/service/ami-amazon-linux-latest/al2023:3 | true",
        "aws/service/x              | true",
        "/images/mine               | true",
        "images/mine:latest         | true",
        "arn:aws:ssm:us-east-1:123456789012:parameter/images/mine:4 | true",
        "arn:aws:ssm:us-east-1:999999999999:parameter/images/mine | false",
        "arn:aws:ssm:us-east-1:999999999999:parameter/aws/service/x | false",
        "/prod/db/password          | false",
        "/prod/images/mine          | false",
        "/prod:/aws/service/x       | false",
        "/aws/servicex              | false",
        "//aws/service/x            | false",
        "''                         | false"
      })
  void ec2ReadsOnlyTheParametersThatHoldImages(String parameter, boolean allowed) {
    Map<String, String> limits =
        Map.of("ImageParameterArns", "arn:aws:ssm:us-east-1:123456789012:parameter/images/*");

    for (String prefix : List.of("resolve:ssm:", "Resolve:SSM:")) {
      told(
          ofLaunch(limits, "'ImageId': '" + prefix + parameter + "'"),
          allowed
              ? null
              : "$.instance.ImageId: Names a parameter that this stack does not let EC2");
    }
    if (!allowed && !parameter.startsWith("arn:")) {
      Access read =
          new Access(
              "ssm:GetParameters",
              ARN.replace("ec2", "ssm") + "parameter" + parameter.replaceFirst(":.*", ""),
              Map.of());
      assertThat(
              allows(
                  TEMPLATE
                      .with("ImageParameterArns", limits.get("ImageParameterArns"))
                      .statements("RunInstance"),
                  read))
          .isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                | '' | lt-0000000a needs true",
        "''                | launch-template | nothing",
        "lt-0000000a       | '' | nothing",
        "lt-0000000b       | '' | refused",
        "lt-0000000b       | launch-template | refused",
        "lt-0000000b,golden | '' | lt-0000000a needs golden"
      })
  void aLaunchTemplateIsListedOrNeedsAWord(String allowed, String open, String outcome) {
    Map<String, String> limits = Map.of("AllowedLaunchTemplates", allowed, "OpenResources", open);
    String launch = "'LaunchTemplate': {'LaunchTemplateId': 'lt-0000000a', 'Version': '$Latest'}";

    if (outcome.equals("refused")) {
      told(ofLaunch(limits, launch), "$.instance.LaunchTemplate.LaunchTemplateId: \"lt-0000000a\"");
    } else {
      assertThat(READER.read(json("{'instance': {" + launch + "}}"), "one", limits).named())
          .extracting(named -> named.id() + " needs " + String.join(",", named.words()))
          .isEqualTo(outcome.equals("nothing") ? List.of() : List.of(outcome));
    }
  }

  @Test
  void aLaunchTemplateIsNamedByItsNameOnlyWhereAllAreOpen() {
    String launch = "'LaunchTemplate': {'LaunchTemplateName': 'theirs'}";

    told(
        ofLaunch(Map.of(), launch),
        "$.instance.LaunchTemplate.LaunchTemplateName: Must be left out: give LaunchTemplateId");
    told(
        ofLaunch(
            Map.of("AllowedLaunchTemplates", "lt-1", "OpenResources", "launch-template"), launch),
        "$.instance.LaunchTemplate.LaunchTemplateName: Must be left out");
    told(ofLaunch(Map.of("OpenResources", "launch-template"), launch), null);
    told(
        ofLaunch(Map.of("OpenResources", "launch-template", "AllowUserData", "no"), launch),
        "$.instance.LaunchTemplate.LaunchTemplateName: Must be left out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'instance': {'ImageId': 'ami-1'}} | ",
        "{'instance': {'ImageId': 'ami-1', 'UserData': '#!/bin/sh\\nid'}} | $.instance.UserData: Must be left out",
        "{'instance': {'ImageId': 'ami-1', 'UserData': ''}} | $.instance.UserData: Must be left out",
        "{'instance': {'ImageId': 'ami-1'}, 'run': 'id'} | $.run: Must be left out"
      })
  void userDataAndScriptsCanBeRuledOut(String payload, String problem) {
    told(problems(Map.of("AllowUserData", "no"), payload), problem);
    told(problems(Map.of("AllowUserData", "yes"), payload), null);
  }

  @Test
  void whereNoUserDataMayComeALaunchTemplateNeedsAWordWhateverIsOpen() {
    assertThat(
            READER
                .read(
                    json("{'instance': {'LaunchTemplate': {'LaunchTemplateId': 'lt-1'}}}"),
                    "one",
                    Map.of("AllowUserData", "no", "OpenResources", "launch-template"))
                .named())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'ResourceType': 'instance', 'Tags': [{'Key': 'CostCenter', 'Value': '7'}, {'Key': 'Owner', 'Value': 'me'}]}] | ",
        "[{'ResourceType': 'instance', 'Tags': [{'Key': 'CostCenter', 'Value': '7'}]}, {'ResourceType': 'instance', 'Tags': [{'Key': 'Owner', 'Value': 'me'}]}] | ",
        "[{'ResourceType': 'instance', 'Tags': [{'Key': 'CostCenter', 'Value': '7'}]}] | Must give the instances the tag \"Owner\", with a value",
        "[{'ResourceType': 'instance', 'Tags': [{'Key': 'costcenter', 'Value': '7'}, {'Key': 'Owner', 'Value': 'me'}]}] | Must give the instances the tag \"CostCenter\"",
        "[{'ResourceType': 'instance', 'Tags': [{'Key': 'CostCenter', 'Value': ' '}, {'Key': 'Owner', 'Value': 'me'}]}] | Must give the instances the tag \"CostCenter\"",
        "[{'ResourceType': 'instance', 'Tags': [{'Key': 'CostCenter'}, {'Key': 'Owner', 'Value': 'me'}]}] | Must give the instances the tag \"CostCenter\"",
        "[{'ResourceType': 'volume', 'Tags': [{'Key': 'CostCenter', 'Value': '7'}, {'Key': 'Owner', 'Value': 'me'}]}] | Must give the instances the tags \"CostCenter\", \"Owner\"",
        "[] | Must give the instances the tags"
      })
  void aLaunchTagsItsInstancesAsItMust(String tags, String problem) {
    told(
        ofLaunch(
            Map.of("RequiredTags", "CostCenter,Owner"), PLAIN + ", 'TagSpecifications': " + tags),
        problem == null ? null : "$.instance.TagSpecifications: " + problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "instance",
        "volume",
        "network-interface",
        "spot-instances-request",
        "elastic-gpu"
      })
  void noLaunchGivesTheOwnersWordToWhatItMakes(String type) {
    for (String key : List.of("spawn:launch", "Spawn:Launch")) {
      told(
          ofLaunch(
              Map.of("OpenResources", "snapshot"),
              PLAIN
                  + ", 'TagSpecifications': [{'ResourceType': '%s', 'Tags': [{'Key': '%s', 'Value': 'true'}]}]"
                      .formatted(type, key)),
          "$.instance.TagSpecifications[0].Tags[0].Key: \"" + key + "\" is not a valid tag key");
    }
    Access tag =
        new Access(
            "ec2:CreateTags",
            ARN + type + "/*",
            Map.of("ec2:CreateAction", "RunInstances", "aws:RequestTag/spawn:launch", "true"));
    assertThat(List.of("RunInstance", "WaitForPropagation"))
        .noneMatch(function -> allows(TEMPLATE.statements(function), tag))
        .allMatch(
            function ->
                allows(TEMPLATE.statements(function), tag.without("aws:RequestTag/spawn:launch")));
  }

  @Test
  void everyProblemIsToldAtOnce() {
    assertThat(
            ofLaunch(
                Map.of(
                    "AllowedInstanceTypes", "t3.*",
                    "MaxInstances", "2",
                    "AllowedSubnets", "subnet-0000000a",
                    "AllowedSecurityGroups", "sg-0000000a",
                    "AllowedImages", "ami-1",
                    "RequiredTags", "CostCenter",
                    "AllowUserData", "no"),
                "'ImageId': 'ami-2', 'MaxCount': 1000, 'UserData': 'x'"))
        .hasSize(7);
  }

  @Test
  void anExecutionOfAnEarlierVersionHasNoLimits() {
    told(ofLaunch(Map.of(), PLAIN + ", 'MaxCount': 1000, 'UserData': '#!/bin/sh'"), null);
  }

  private static void told(List<String> problems, String beginning) {
    if (beginning == null) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(problems).hasSize(1).allMatch(problem -> problem.startsWith(beginning));
    }
  }

  // What IAM decides

  private static final Map<String, String> ALL_LIMITS =
      Map.of(
          "AllowedInstanceTypes", "t3.*,m7i.large",
          "AllowedSubnets", "subnet-0000000a",
          "AllowedSecurityGroups", "sg-0000000a",
          "AllowedImages", "ami-0000000a,golden",
          "AllowedLaunchTemplates", "lt-0000000a,golden",
          "RequiredTags", "CostCenter,Owner");

  private static Template with(Map<String, String> parameters) {
    Template template = TEMPLATE;
    for (Map.Entry<String, String> one : parameters.entrySet()) {
      template = template.with(one.getKey(), one.getValue());
    }
    return template;
  }

  private static Access launch(String resource, Map<String, String> context) {
    return new Access("ec2:RunInstances", ARN + resource, context);
  }

  /** What each limit's denial leaves, and then what it denies. */
  private static final Map<String, List<Access>> ASKED =
      new TreeMap<>(
          Map.of(
              "AllowedInstanceTypes",
              List.of(
                  launch(
                      "instance/*", Map.of("ec2:InstanceType", "t3.micro", "aws:TagKeys", "Owner")),
                  launch(
                      "instance/*",
                      Map.of("ec2:InstanceType", "p5.48xlarge", "aws:TagKeys", "Owner")),
                  launch(
                      "instance/*",
                      Map.of("ec2:InstanceType", "m1.small", "aws:TagKeys", "Owner"))),
              "AllowedSubnets",
              List.of(
                  launch("subnet/subnet-0000000a", Map.of("ec2:SubnetID", "subnet-0000000a")),
                  launch("subnet/subnet-0000000b", Map.of("ec2:SubnetID", "subnet-0000000b"))),
              "AllowedSecurityGroups",
              List.of(
                  launch(
                      "security-group/sg-0000000a", Map.of("ec2:SecurityGroupID", "sg-0000000a")),
                  launch(
                      "security-group/sg-0000000b", Map.of("ec2:SecurityGroupID", "sg-0000000b"))),
              "NewInterfacesOnly",
              List.of(
                  launch("network-interface/*", Map.of()),
                  launch("network-interface/eni-1", Map.of()),
                  launch("secondary-subnet/ss-1", Map.of())),
              "AllowedImages",
              List.of(
                  launch(
                      "image/ami-0000000b",
                      Map.of(
                          "ec2:ImageID", "ami-0000000b", "aws:ResourceTag/spawn:launch", "golden")),
                  launch(
                      "image/ami-0000000b",
                      Map.of(
                          "ec2:ImageID", "ami-0000000b", "aws:ResourceTag/spawn:launch", "true")),
                  launch("image/ami-0000000b", Map.of("ec2:ImageID", "ami-0000000b"))),
              "AllowedLaunchTemplates",
              List.of(
                  launch(
                      "launch-template/lt-0000000a",
                      Map.of("ec2:LaunchTemplate", ARN + "launch-template/lt-0000000a")),
                  launch(
                      "launch-template/lt-0000000b",
                      Map.of("ec2:LaunchTemplate", ARN + "launch-template/lt-0000000b")),
                  launch(
                      "launch-template/lt-0000000b",
                      Map.of(
                          "ec2:LaunchTemplate",
                          ARN + "launch-template/lt-0000000b",
                          "aws:ResourceTag/spawn:launch",
                          "true"))),
              "OneOfTheRequiredTags",
              List.of(
                  launch(
                      "instance/*",
                      Map.of("ec2:InstanceType", "t3.micro", "aws:TagKeys", "Owner,spawn:managed")),
                  launch(
                      "instance/*",
                      Map.of(
                          "ec2:InstanceType", "t3.micro", "aws:TagKeys", "Name,spawn:managed")))));

  static List<String> denials() {
    return List.copyOf(ASKED.keySet());
  }

  @ParameterizedTest
  @MethodSource("denials")
  void neitherALimitsDenialNorItsConditionCanBeTakenAwayUnnoticed(String sid) {
    for (String function : List.of("RunInstance", "WaitForPropagation")) {
      List<ObjectNode> statements = with(ALL_LIMITS).statements(function);
      List<Access> asked = ASKED.get(sid);
      List<Access> denied = asked.subList(1, asked.size());
      assertThat(statements.stream().map(one -> one.path("Sid").asText())).contains(sid);

      assertThat(allows(statements, asked.get(0))).isTrue();
      assertThat(denied)
          .noneMatch(access -> allows(statements, access))
          .allMatch(access -> allows(without(statements, sid), access));
      assertThat(unconditional(statements, sid))
          .allSatisfy(looser -> assertThat(allows(looser, asked.get(0))).isFalse());
    }
  }

  /** Both halves of a condition count: an id that is listed, or a word. */
  @Test
  void aListedIdNeedsNoWordAndAWordNoListedId() {
    List<ObjectNode> statements = with(ALL_LIMITS).statements("RunInstance");

    assertThat(
            List.of(
                launch("image/ami-0000000a", Map.of("ec2:ImageID", "ami-0000000a")),
                ASKED.get("AllowedImages").get(0),
                ASKED.get("AllowedLaunchTemplates").get(0),
                ASKED
                    .get("AllowedLaunchTemplates")
                    .get(1)
                    .with("aws:ResourceTag/spawn:launch", "golden")))
        .allMatch(access -> allows(statements, access));
  }

  @Test
  void everyDenialOfALimitIsTried() {
    Set<String> sids =
        with(ALL_LIMITS).statements("RunInstance").stream()
            .filter(one -> one.path("Action").asText().equals("ec2:RunInstances"))
            .filter(one -> one.path("Effect").asText().equals("Deny"))
            .map(one -> one.path("Sid").asText())
            .filter(sid -> !sid.endsWith("WithAWord"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(sids).isEqualTo(ASKED.keySet());
  }

  private static List<ObjectNode> without(List<ObjectNode> statements, String sid) {
    return statements.stream().filter(one -> !one.path("Sid").asText().equals(sid)).toList();
  }

  private static List<List<ObjectNode>> unconditional(List<ObjectNode> statements, String sid) {
    List<List<ObjectNode>> looser = new ArrayList<>();
    for (int at = 0; at < statements.size(); at++) {
      if (statements.get(at).path("Sid").asText().equals(sid)
          && statements.get(at).has("Condition")) {
        List<ObjectNode> copy = new ArrayList<>(statements);
        copy.set(at, statements.get(at).deepCopy());
        copy.get(at).remove("Condition");
        looser.add(copy);
      }
    }
    return looser;
  }

  @Test
  void withEveryKindOpenedAndNoLimitOnlyTheOwnersWordIsDenied() {
    Template open = TEMPLATE.with("OpenResources", String.join(",", KINDS));

    assertThat(
            open.property("LaunchLimits", "PolicyDocument")
                .path("Statement")
                .valueStream()
                .map(one -> one.path("Sid").asText()))
        .containsExactly("GiveNoOwnersWord");
    assertThat(
            open.with("AllowUserData", "no")
                .property("LaunchLimits", "PolicyDocument")
                .path("Statement")
                .valueStream()
                .map(one -> one.path("Sid").asText()))
        .containsExactly("GiveNoOwnersWord", "LaunchTemplatesWithAWord");
  }

  @Test
  void oneHundredIdsFitIntoThePolicyOfTheLimits() {
    String groups =
        IntStream.range(0, 50).mapToObj("sg-%017x"::formatted).collect(Collectors.joining(","));
    String subnets =
        IntStream.range(0, 50).mapToObj("subnet-%017x"::formatted).collect(Collectors.joining(","));
    Template template =
        with(ALL_LIMITS).with("AllowedSubnets", subnets).with("AllowedSecurityGroups", groups);

    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assertThat(template.property("LaunchLimits", "PolicyDocument").toString().replace(" ", ""))
        .hasSizeLessThanOrEqualTo(6_144);
  }

  // The boundary of the functions that launch

  @Test
  void theTwoFunctionsThatLaunchHaveTheBoundaryOfTheOwner() {
    String own = "arn:aws:iam::123456789012:policy/launches";

    assertThat(TEMPLATE.with("LaunchBoundaryArn", own).idsOf("AWS::Serverless::Function"))
        .filteredOn(
            function ->
                TEMPLATE
                    .with("LaunchBoundaryArn", own)
                    .property(function, "PermissionsBoundary")
                    .asText()
                    .equals(own))
        .containsExactlyInAnyOrder("RunInstance", "WaitForPropagation");
    assertThat(TEMPLATE.property("RunInstance", "PermissionsBoundary").isMissingNode()).isTrue();
  }

  // Everything together, at random

  private static final List<String> KINDS =
      List.of(
          "snapshot",
          "network-interface",
          "launch-template",
          "capacity-reservation",
          "dedicated-host",
          "placement-group",
          "resource-group",
          "license-configuration");

  /** What has been opened to launches by its owner, and by which word. */
  private static final Map<String, String> WORDS =
      Map.of(
          "ami-0000000b", "golden",
          "lt-0000000b", "golden",
          "lt-0000000c", "true",
          "snap-0000000b", "true",
          "snap-0000000c", "golden",
          "eni-0000000b", "true",
          "cr-0000000b", "true",
          "h-0000000b", "true",
          "pg-0000000b", "true");

  @Tag("slow")
  @Test
  void launchesAtRandomAreDecidedAsTheOracleAndIamDecideThem() {
    int accepted = 0;
    int denied = 0;
    for (int seed = 0; seed < 1_500; seed++) {
      Random random = new Random(seed);
      Map<String, String> limits = randomLimits(random);
      JsonNode payload = randomPayload(random);
      Set<String> excluded = new LaunchOracle(limits, WORDS, payload).excluded();
      String what =
          "seed %d: %s under %s is excluded by %s".formatted(seed, payload, limits, excluded);

      assertThat(isTaken(limits, payload)).as(what).isEqualTo(excluded.isEmpty());
      boolean byIam = isAllowedByIam(limits, payload);
      if (excluded.isEmpty()) {
        assertThat(byIam).as(what).isTrue();
        accepted++;
      } else if (excluded.stream().anyMatch(LaunchOracle.HELD_BY_IAM::contains)) {
        assertThat(byIam).as(what).isFalse();
        denied++;
      }
    }
    assertThat(accepted).isGreaterThan(100);
    assertThat(denied).isGreaterThan(500);
  }

  private static boolean isTaken(Map<String, String> limits, JsonNode payload) {
    try {
      return READER.read(payload, "one", limits).named().stream()
          .allMatch(named -> named.words().contains(WORDS.getOrDefault(named.id(), "")));
    } catch (InvalidRequest refused) {
      return false;
    }
  }

  /** IAM sees the launch as it is sent, into the first of the subnets that are tried in turn. */
  private static boolean isAllowedByIam(Map<String, String> limits, JsonNode payload) {
    ObjectNode unchecked = payload.deepCopy();
    Map<String, String> open =
        Map.of(
            "OpenResources",
            String.join(",", KINDS),
            "ImageParameterArns",
            "arn:aws:ssm:us-east-1:123456789012:parameter/*");
    RunInstancesRequest launch =
        READER
            .read(unchecked, "one", open)
            .instance()
            .orElseThrow()
            .with(
                "arn:aws:iam::123456789012:instance-profile/spawn/a",
                "a",
                "one",
                Optional.ofNullable(payload.at("/options/subnetIds/0").textValue()));
    List<ObjectNode> statements = with(limits).statements("RunInstance");
    boolean hidesItsImage = launch.imageId() != null && launch.imageId().startsWith("resolve:");
    return LaunchAccess.of(launch, "us-east-1", id -> Optional.ofNullable(WORDS.get(id))).stream()
        .filter(access -> !(hidesItsImage && access.resource().contains(":image/ami-0000000000")))
        .allMatch(access -> allows(statements, access));
  }

  private static Map<String, String> randomLimits(Random random) {
    Map<String, String> limits = new TreeMap<>();
    Map<String, List<String>> values =
        Map.of(
            "AllowedInstanceTypes", List.of("t3.*", "m7i.large", "*.large"),
            "AllowedSubnets", List.of("subnet-0000000a", "subnet-0000000b"),
            "AllowedSecurityGroups", List.of("sg-0000000b", "sg-0000000c"),
            "AllowedImages", List.of("ami-0000000a", "golden"),
            "AllowedLaunchTemplates", List.of("lt-0000000a", "golden", "true"),
            "RequiredTags", List.of("CostCenter", "Owner"),
            "OpenResources", KINDS,
            "ImageParameterArns", List.of("arn:aws:ssm:us-east-1:123456789012:parameter/images/*"));
    new TreeMap<>(values)
        .forEach(
            (name, possible) -> {
              if (random.nextInt(3) == 0) {
                limits.put(
                    name,
                    possible.stream()
                        .filter(value -> random.nextBoolean())
                        .collect(Collectors.joining(",")));
              }
            });
    if (random.nextInt(4) == 0) {
      limits.put("MaxInstances", "3");
    }
    if (random.nextInt(4) == 0) {
      limits.put("AllowUserData", "no");
    }
    return limits;
  }

  private static JsonNode randomPayload(Random random) {
    List<String> members = new ArrayList<>();
    some(
        random,
        1,
        members,
        "'InstanceType': '%s'",
        "t3.micro",
        "t3a.large",
        "m7i.large",
        "p5.48xlarge");
    some(
        random,
        1,
        members,
        "'ImageId': '%s'",
        "ami-0000000a",
        "ami-0000000a",
        "ami-0000000b",
        "ami-0000000c",
        "resolve:ssm:/aws/service/x",
        "resolve:ssm:/images/mine",
        "resolve:ssm:/prod/password");
    some(
        random,
        2,
        members,
        "'LaunchTemplate': {%s}",
        "'LaunchTemplateId': 'lt-0000000a'",
        "'LaunchTemplateId': 'lt-0000000b'",
        "'LaunchTemplateId': 'lt-0000000c'",
        "'LaunchTemplateName': 'theirs'");
    some(random, 3, members, "%s", "'MaxCount': 2", "'MaxCount': 4", "'MinCount': 5");
    some(
        random,
        3,
        members,
        "'SubnetId': '%s'",
        "subnet-0000000a",
        "subnet-0000000b",
        "subnet-0000000c");
    some(
        random,
        2,
        members,
        "'SecurityGroupIds': [%s]",
        "'sg-0000000b'",
        "'sg-0000000b', 'sg-0000000c'",
        "'sg-0000000a'");
    some(random, 6, members, "'SecurityGroups': ['%s']", "default");
    some(
        random,
        3,
        members,
        "'NetworkInterfaces': [%s]",
        "{'DeviceIndex': 0}",
        "{'SubnetId': 'subnet-0000000a', 'Groups': ['sg-0000000b']}",
        "{'SubnetId': 'subnet-0000000c', 'Groups': ['sg-0000000b', 'sg-0000000a']}",
        "{'NetworkInterfaceId': 'eni-0000000a'}",
        "{'NetworkInterfaceId': 'eni-0000000b'}, {'SubnetId': 'subnet-0000000b', 'Groups': ['sg-0000000c']}");
    some(random, 8, members, "'SecondaryInterfaces': [{'SecondarySubnetId': '%s'}]", "ss-0000000a");
    some(random, 6, members, "'KernelId': '%s'", "aki-0000000a");
    some(
        random,
        4,
        members,
        "'BlockDeviceMappings': [{'DeviceName': '/dev/sdf', 'Ebs': {%s}}]",
        "'SnapshotId': 'snap-0000000a'",
        "'SnapshotId': 'snap-0000000b'",
        "'SnapshotId': 'snap-0000000c'",
        "'VolumeSize': 8");
    some(
        random,
        6,
        members,
        "'CapacityReservationSpecification': {'CapacityReservationTarget': {%s}}",
        "'CapacityReservationId': 'cr-0000000a'",
        "'CapacityReservationId': 'cr-0000000b'",
        "'CapacityReservationResourceGroupArn': 'arn:aws:resource-groups:us-east-1:123456789012:group/a'");
    some(
        random,
        4,
        members,
        "'Placement': {%s}",
        "'HostId': 'h-0000000a'",
        "'HostId': 'h-0000000b'",
        "'GroupId': 'pg-0000000a'",
        "'GroupId': 'pg-0000000b'",
        "'GroupName': 'theirs'",
        "'HostResourceGroupArn': 'arn:aws:resource-groups:us-east-1:123456789012:group/a'",
        "'Tenancy': 'default'");
    some(
        random,
        8,
        members,
        "'LicenseSpecifications': [{'LicenseConfigurationArn': '%s'}]",
        "arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-1");
    some(
        random,
        2,
        members,
        "'TagSpecifications': [{'ResourceType': '%s}]",
        "instance', 'Tags': [{'Key': 'CostCenter', 'Value': '7'}, {'Key': 'Owner', 'Value': 'a'}]",
        "instance', 'Tags': [{'Key': 'Owner', 'Value': 'a'}]",
        "volume', 'Tags': [{'Key': 'Owner', 'Value': 'a'}]");
    boolean hasUserData = random.nextInt(5) == 0;
    if (hasUserData) {
      members.add("'UserData': '#!/bin/sh'");
    }
    if (members.stream().noneMatch(one -> one.matches("'(ImageId|LaunchTemplate)'.*"))) {
      members.add("'ImageId': 'ami-0000000a'");
    }
    List<String> parts =
        new ArrayList<>(List.of("'instance': {" + String.join(", ", members) + "}"));
    if (!hasUserData) {
      some(random, 5, parts, "'run': '%s'", "uptime");
    }
    if (members.stream().noneMatch(one -> one.matches("'(SubnetId|NetworkInterfaces)'.*"))) {
      some(
          random,
          2,
          parts,
          "'options': {'subnetIds': [%s]}",
          "'subnet-0000000a', 'subnet-0000000b'",
          "'subnet-0000000c'");
    }
    return json("{" + String.join(", ", parts) + "}");
  }

  /** Adds one of some members, in one of so many cases; in most, where that is one. */
  private static void some(
      Random random, int oneIn, List<String> members, String form, String... values) {
    boolean isLeftOut = oneIn == 1 ? random.nextInt(8) == 0 : random.nextInt(oneIn) != 0;
    if (!isLeftOut) {
      members.add(form.formatted(values[random.nextInt(values.length)]));
    }
  }
}
