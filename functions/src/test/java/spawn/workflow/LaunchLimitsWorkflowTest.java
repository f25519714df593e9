package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.role.RoleRequests.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Tag;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.GivenInstance;
import spawn.aws.SimulatedAws;

/** What launches may use, through the real definition and the real functions. */
class LaunchLimitsWorkflowTest {
  private static final String DENIED =
      "You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/spawn-RunInstanceRole-1A2B/spawn-RunInstance-1A2B"
          + " is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:us-east-1:123456789012:%s. Encoded authorization failure message: 0a1b";

  private final SimulatedAws aws = SimulatedAws.create();
  private final Stack stack = Stack.on(aws);

  private Stack stack(Map<String, String> parameters) {
    return Stack.on(aws, Workflow.with(parameters), line -> {}, thrown -> {});
  }

  private static JsonNode launch(String member) {
    return json("{'instance': {'ImageId': 'ami-1', " + member + "}}");
  }

  // What belongs to others

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "snap-0000000a | $.instance.BlockDeviceMappings[0].Ebs.SnapshotId | 'BlockDeviceMappings': [{'DeviceName': '/dev/sdf', 'Ebs': {'SnapshotId': 'snap-0000000a'}}]",
        "eni-0000000a  | $.instance.NetworkInterfaces[0].NetworkInterfaceId | 'NetworkInterfaces': [{'DeviceIndex': 0, 'NetworkInterfaceId': 'eni-0000000a'}]",
        "lt-0000000a   | $.instance.LaunchTemplate.LaunchTemplateId | 'LaunchTemplate': {'LaunchTemplateId': 'lt-0000000a', 'Version': '7'}",
        "cr-0000000a   | $.instance.CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId | 'CapacityReservationSpecification': {'CapacityReservationTarget': {'CapacityReservationId': 'cr-0000000a'}}",
        "h-0000000a    | $.instance.Placement.HostId | 'Placement': {'Tenancy': 'host', 'HostId': 'h-0000000a'}",
        "pg-0000000a   | $.instance.Placement.GroupId | 'Placement': {'GroupId': 'pg-0000000a'}"
      })
  void whatIsSomebodyElsesIsLaunchedWithOnlyByItsOwnersWord(String id, String path, String member) {
    Outcome refused = stack.launch("refused", launch(member));
    aws.advance(Duration.ofMinutes(20)); // the profile has settled, so nothing is waited for
    Outcome refusedLater = stack.launch("refusedLater", launch(member));

    for (Outcome outcome : List.of(refused, refusedLater)) {
      assertThat(outcome.error()).contains("spawn.error.LaunchRejected");
      assertThat(outcome.cause())
          .contains(
              path
                  + ": "
                  + id
                  + " is not open to the launches of this stack. Its owner can give it the tag spawn:launch=true; the stack's parameter OpenResources can open all of its kind.");
    }
    assertThat(aws.calls("RunInstances")).isEmpty();

    aws.givenWord(id, "true");
    aws.forgetCalls();
    assertThat(stack.launch("taken", launch(member)).error()).isEmpty();
    assertThat(aws.calls("DescribeTags")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "launch-template       | 'LaunchTemplate': {'LaunchTemplateName': 'theirs'}",
        "placement-group       | 'Placement': {'GroupName': 'theirs'}",
        "resource-group        | 'Placement': {'HostResourceGroupArn': 'arn:aws:resource-groups:us-east-1:123456789012:group/theirs'}",
        "resource-group        | 'CapacityReservationSpecification': {'CapacityReservationTarget': {'CapacityReservationResourceGroupArn': 'arn:aws:resource-groups:us-east-1:123456789012:group/theirs'}}",
        "license-configuration | 'LicenseSpecifications': [{'LicenseConfigurationArn': 'arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-1'}]"
      })
  void whatNoTagCanOpenIsRefusedBeforeAnythingIsAskedOrMade(String kind, String member) {
    Outcome refused = stack.launch("refused", launch(member));

    assertThat(refused.error()).contains("spawn.error.InvalidRequest");
    assertThat(aws.calls()).isEmpty();
    assertThat(stack(Map.of("OpenResources", kind)).launch("taken", launch(member)).error())
        .isEmpty();
    assertThat(aws.calls("DescribeTags")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"false", "TRUE", "team-a", "''"})
  void anotherWordIsNone(String word) {
    aws.givenWord("lt-0000000a", word);

    assertThat(
            stack
                .launch("refused", launch("'LaunchTemplate': {'LaunchTemplateId': 'lt-0000000a'}"))
                .error())
        .contains("spawn.error.LaunchRejected");
  }

  /** A filter of EC2 takes wildcards. */
  @ParameterizedTest
  @ValueSource(strings = {"snap-*", "*", "snap-0000000?"})
  void theWordOfOneIsNotThatOfAnother(String id) {
    aws.givenWord("snap-0000000a", "true");

    Outcome refused =
        stack.launch(
            "refused", launch("'BlockDeviceMappings': [{'Ebs': {'SnapshotId': '" + id + "'}}]"));

    assertThat(refused.error()).contains("spawn.error.LaunchRejected");
    assertThat(refused.cause().orElseThrow()).contains("SnapshotId: " + id + " is not open");
  }

  @Test
  void everythingThatIsNotOpenIsNamedAtOnce() {
    aws.givenWord("snap-0000000b", "true");
    String volume = "{'Ebs': {'SnapshotId': 'snap-0000000%s'}}";

    Outcome refused =
        stack.launch(
            "refused",
            launch(
                "'BlockDeviceMappings': [%s, %s, %s]"
                    .formatted(
                        volume.formatted("a"), volume.formatted("b"), volume.formatted("c"))));

    assertThat(refused.cause().orElseThrow().lines())
        .hasSize(2)
        .allMatch(line -> line.matches(".*\\[[02]]\\.Ebs\\.SnapshotId: snap-0000000[ac] is .*"));
  }

  @Test
  void moreThanOneCallOfIdsAreLookedAt() {
    List<String> volumes = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      aws.givenWord("snap-%08x".formatted(i), "true");
      volumes.add("{'Ebs': {'SnapshotId': 'snap-%08x'}}".formatted(i));
    }
    aws.forgetCalls();

    assertThat(
            stack
                .launch(
                    "many", launch("'BlockDeviceMappings': [" + String.join(",", volumes) + "]"))
                .error())
        .isEmpty();
    assertThat(aws.calls("DescribeTags")).hasSize(2);
  }

  @Test
  void aLookThatEc2IsTooBusyForIsRepeated() {
    aws.givenWord("lt-0000000a", "true");
    aws.faults(stack.limited(Faults.beforeFirst("DescribeTags", AwsErrors::requestLimitExceeded)));

    assertThat(
            stack
                .launch("busy", launch("'LaunchTemplate': {'LaunchTemplateId': 'lt-0000000a'}"))
                .error())
        .isEmpty();
  }

  @Test
  void aTagThatEc2DoesNotShowYetIsNoWordYet() {
    aws.ec2ReadsLagUpTo(Duration.ofMinutes(10));
    aws.personsEc2("us-east-1")
        .createTags(
            tag ->
                tag.resources("lt-0000000a")
                    .tags(Tag.builder().key("spawn:launch").value("true").build()));
    JsonNode payload = launch("'LaunchTemplate': {'LaunchTemplateId': 'lt-0000000a'}");
    aws.advance(Duration.ofMinutes(11));

    assertThat(stack.launch("later", payload).error()).isEmpty();
    aws.personsEc2("us-east-1")
        .deleteTags(
            tag -> tag.resources("lt-0000000a").tags(Tag.builder().key("spawn:launch").build()));
    aws.advance(Duration.ofMinutes(11));
    assertThat(stack.launch("takenBack", payload).error()).contains("spawn.error.LaunchRejected");
  }

  // Limits

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "AllowedInstanceTypes  | t3.*            | 'InstanceType': 'p5.48xlarge'",
        "MaxInstances          | 2               | 'MaxCount': 1000",
        "AllowedSubnets        | subnet-0000000a | 'SubnetId': 'subnet-0000000b'",
        "AllowedSecurityGroups | sg-0000000a     | 'SecurityGroupIds': ['sg-0000000b']",
        "AllowedImages         | ami-0000000a    | 'KeyName': 'me'",
        "RequiredTags          | CostCenter      | 'KeyName': 'me'",
        "AllowUserData         | no              | 'UserData': '#!/bin/sh'"
      })
  void aLimitOfTheStackEndsALaunchBeforeAnythingIsWritten(
      String parameter, String value, String member) {
    Outcome refused = stack(Map.of(parameter, value)).launch("refused", launch(member));

    assertThat(refused.error()).contains("spawn.error.InvalidRequest");
    assertThat(refused.cause().orElseThrow()).contains("(" + parameter + ")");
    assertThat(aws.calls()).isEmpty();
    assertThat(stack.launch("taken", launch(member)).error()).isEmpty();
  }

  @Test
  void aPlanIsHeldToTheLimitsToo() {
    JsonNode plan =
        json("{'instance': {'ImageId': 'ami-1', 'MaxCount': 9}, 'options': {'plan': true}}");

    assertThat(stack(Map.of("MaxInstances", "8")).launch("plan", plan).error())
        .contains("spawn.error.InvalidRequest");
  }

  // What IAM denies

  private Outcome launchedWhere(String denial) {
    denyLaunches(denial);
    return stack.launch("denied", launch("'InstanceType': 't3.micro'"));
  }

  private void denyLaunches(String denial) {
    Ec2Exception answer = AwsErrors.ec2("UnauthorizedOperation", 403, DENIED.formatted(denial));
    aws.faults(
        stack.limited(
            new Faults() {
              @Override
              public void before(Call call) {
                if (call.operation().equals("RunInstances")) {
                  throw answer;
                }
              }
            }));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "instance/* with an explicit deny in an identity-based policy",
        "instance/* with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/spawn-LaunchLimits-1A2B",
        "volume/* with an explicit deny in a permissions boundary: arn:aws:iam::123456789012:policy/launches",
        "subnet/subnet-1 because no permissions boundary allows the ec2:RunInstances action"
      })
  void whatALimitDeniesIsTheCallers(String denial) {
    Outcome refused = launchedWhere(denial);

    assertThat(refused.error()).contains("spawn.error.LaunchRejected");
    assertThat(refused.cause().orElseThrow())
        .contains("EC2 answered UnauthorizedOperation", "see docs/teams.md");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "instance/* because no identity-based policy allows the ec2:RunInstances action",
        "instance/* with an explicit deny in a service control policy"
      })
  void whatNobodyAllowsIsTheOperators(String denial) {
    assertThat(launchedWhere(denial).error()).contains("spawn.error.AccessDenied");
  }

  /** The proof for a stopped instance is a dry run of its like, which a limit may exclude. */
  @Test
  void aStoppedInstanceOfATypeThatLaunchesMayNotStartStillGetsItsRole() {
    String instance = GivenInstance.stoppedWith(aws, "old");
    denyLaunches("instance/* with an explicit deny in an identity-based policy");

    Outcome outcome = stack.launch("associated", Stack.event("running-instance", instance));

    assertThat(outcome.error()).isEmpty();
    assertThat(aws.instance(instance).orElseThrow().profile().orElseThrow().profileArn())
        .doesNotEndWith("/old");
  }

  // Parameters that hold images

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "InvalidAMIID.Malformed | Invalid id: \"hunter2\" (expecting \"ami-...\")",
        "InvalidAMIID.NotFound  | The image id '[hunter2]' does not exist",
        "InvalidParameterValue  | Value (hunter2) for parameter imageId is invalid.",
        "AuthFailure            | Not authorized for images: [hunter2]",
        "SomethingQuiteNew      | hunter2 is no image id"
      })
  void noRefusalTellsACallerWhatAParameterHolds(String code, String sentence) {
    Stack opened =
        stack(
            Map.of("ImageParameterArns", "arn:aws:ssm:us-east-1:123456789012:parameter/images/*"));
    for (boolean isDryRun : List.of(true, false)) {
      aws.faults(
          opened.limited(
              new Faults() {
                @Override
                public void before(Call call) {
                  if (call.operation().equals("RunInstances") && call.isWrite() != isDryRun) {
                    throw AwsErrors.ec2(code, 400, sentence);
                  }
                }
              }));

      Outcome refused =
          opened.launch(
              "refused" + isDryRun, json("{'instance': {'ImageId': 'resolve:ssm:/images/a'}}"));

      assertThat(refused.error()).contains("spawn.error.LaunchRejected");
      assertThat(refused.toString())
          .contains(code, "resolve:ssm:/images/a")
          .doesNotContain("hunter2");
    }
    assertThat(
            opened
                .launch("public", json("{'instance': {'ImageId': 'resolve:ssm:/aws/service/a'}}"))
                .cause()
                .orElseThrow())
        .contains(sentence);
  }

  @Test
  void aParameterThatHoldsNoImagesIsNotReadAtAll() {
    Outcome refused =
        stack.launch("refused", json("{'instance': {'ImageId': 'resolve:ssm:/prod/db/password'}}"));

    assertThat(refused.error()).contains("spawn.error.InvalidRequest");
    assertThat(aws.calls()).isEmpty();
  }
}
