package spawn.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static spawn.role.RoleRequests.CONTEXT;
import static spawn.role.RoleRequests.json;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import spawn.error.InvalidRequest;
import spawn.error.Problem;
import spawn.payload.Sha256;

class PayloadReaderTest {
  private final PayloadReader reader = new PayloadReader(CONTEXT);

  private LaunchPlan read(String payload) {
    return reader.read(json(payload), "execution-7");
  }

  private RunInstancesRequest request(String instance) {
    return read("{'instance': " + instance + "}")
        .instance()
        .orElseThrow()
        .with("profile", "role", "execution-7", Optional.empty());
  }

  private List<Problem> problems(String payload) {
    return catchThrowableOfType(InvalidRequest.class, () -> read(payload)).problems();
  }

  @Test
  void anInstanceWithoutIamGetsTheDefaultRole() {
    LaunchPlan plan = read("{'instance': {'ImageId': 'ami-1'}}");

    assertThat(plan.role().orElseThrow().names())
        .hasSize(6)
        .startsWith("spored-instance-role", "spored-instance-role-3c3d44be");
    assertThat(plan.role().orElseThrow().described()).isTrue();
    assertThat(plan.role().orElseThrow().creator()).isEqualTo("execution-7");
    assertThat(plan.planOnly()).isFalse();
  }

  @Test
  void aLaunchWaitsUntilItsInstancesRunUnlessThePayloadSaysOtherwise() {
    String launch = "{'instance': {'ImageId': 'ami-1'}, 'options': {%s}}";

    assertThat(read(launch.formatted("")).waitsUntilRunning()).isTrue();
    assertThat(read(launch.formatted("'wait': null")).waitsUntilRunning()).isTrue();
    assertThat(read(launch.formatted("'wait': 'running'")).waitsUntilRunning()).isTrue();
    assertThat(read(launch.formatted("'wait': 'pending'")).waitsUntilRunning()).isFalse();
  }

  @Test
  void aLaunchIsCompletedWithOneInstanceAndImdsV2AndTags() {
    RunInstancesRequest request = request("{'ImageId': 'ami-1'}");

    assertThat(request.minCount()).isEqualTo(1);
    assertThat(request.maxCount()).isEqualTo(1);
    assertThat(request.metadataOptions().httpTokensAsString()).isEqualTo("required");
    assertThat(request.metadataOptions().httpPutResponseHopLimit()).isEqualTo(1);
    assertThat(request.iamInstanceProfile().arn()).isEqualTo("profile");
    assertThat(request.tagSpecifications())
        .extracting(tags -> tags.resourceTypeAsString())
        .containsExactly("instance", "volume");
    assertThat(request.tagSpecifications())
        .allSatisfy(
            tags ->
                assertThat(tags.tags())
                    .extracting(tag -> tag.key() + "=" + tag.value())
                    .containsExactly(
                        "spawn:managed=true", "spawn:role=role", "spawn:execution=execution-7"));
  }

  @Test
  void whatTheCallerSetsStays() {
    RunInstancesRequest request =
        request(
            "{'ImageId': 'ami-1', 'MinCount': 2, 'MaxCount': 5,"
                + " 'MetadataOptions': {'HttpTokens': 'optional', 'HttpPutResponseHopLimit': 2},"
                + " 'TagSpecifications': [{'ResourceType': 'instance', 'Tags': [{'Key': 'job', 'Value': 'x'}]},"
                + " {'ResourceType': 'network-interface', 'Tags': [{'Key': 'eni', 'Value': 'y'}]}]}");

    assertThat(request.minCount()).isEqualTo(2);
    assertThat(request.maxCount()).isEqualTo(5);
    assertThat(request.metadataOptions().httpTokensAsString()).isEqualTo("optional");
    assertThat(request.metadataOptions().httpPutResponseHopLimit()).isEqualTo(2);
    assertThat(request.tagSpecifications())
        .extracting(tags -> tags.resourceTypeAsString() + tags.tags().size())
        .containsExactly("network-interface1", "instance4", "volume3");
  }

  @Test
  void aMaxCountAboveOneAloneStartsAtOne() {
    RunInstancesRequest request = request("{'ImageId': 'ami-1', 'MaxCount': 8}");

    assertThat(request.minCount()).isEqualTo(1);
    assertThat(request.maxCount()).isEqualTo(8);
  }

  @Test
  void everyKindOfMemberIsReadUnderEc2sOwnName() {
    RunInstancesRequest request =
        request(
            "{'LaunchTemplate': {'LaunchTemplateId': 'lt-1', 'Version': '3'}, 'EbsOptimized': true,"
                + " 'SecurityGroupIds': ['sg-1', 'sg-2'], 'CpuOptions': {'CoreCount': 4},"
                + " 'InstanceMarketOptions': {'MarketType': 'spot', 'SpotOptions': {'ValidUntil': '2026-12-01T00:00:00Z'}},"
                + " 'BlockDeviceMappings': [{'DeviceName': '/dev/xvda', 'Ebs': {'VolumeSize': 50, 'Encrypted': true}}],"
                + " 'KeyName': null}");

    assertThat(request.launchTemplate().launchTemplateId()).isEqualTo("lt-1");
    assertThat(request.ebsOptimized()).isTrue();
    assertThat(request.securityGroupIds()).containsExactly("sg-1", "sg-2");
    assertThat(request.cpuOptions().coreCount()).isEqualTo(4);
    assertThat(request.instanceMarketOptions().spotOptions().validUntil())
        .isEqualTo("2026-12-01T00:00:00Z");
    assertThat(request.blockDeviceMappings().get(0).ebs().volumeSize()).isEqualTo(50);
    assertThat(request.keyName()).isNull();
  }

  @Test
  void aRequestReadsTheSameAfterItsWayThroughTheWorkflow() {
    InstanceRequest instance =
        read("{'instance': {'ImageId': 'ami-1', 'SecurityGroupIds': ['sg-1'], 'UserData': '#!/bin/sh',"
                + " 'BlockDeviceMappings': [{'DeviceName': 'x', 'Ebs': {'VolumeSize': 5}}],"
                + " 'InstanceMarketOptions': {'SpotOptions': {'ValidUntil': '2026-12-01T00:00:00Z'}}}}")
            .instance()
            .orElseThrow();

    assertThat(InstanceRequest.of(instance.toJson()).with("p", "r", "e", Optional.empty()))
        .isEqualTo(instance.with("p", "r", "e", Optional.empty()));
  }

  @Test
  void allMistakesAreReportedAtOnceEachWithItsPath() {
    assertThat(
            problems(
                "{'instance': {'ImageId': 'ami-1', 'InstanceTypo': 'x', 'MinCount': 'two'},"
                    + " 'iam': {'policys': [], 'policies': ['s3:ReadOnyl'], 'maxSessionDuration': 60},"
                    + " 'options': {'plan': 'yes'}, 'tags': {}}"))
        .extracting(Problem::path)
        .containsExactlyInAnyOrder(
            "$.instance.InstanceTypo",
            "$.instance.MinCount",
            "$.iam.policys",
            "$.iam.policies[0]",
            "$.iam.maxSessionDuration",
            "$.options.plan",
            "$.tags");
  }

  @Test
  void aMisspeltMemberIsToldItsNearestName() {
    assertThat(problems("{'instance': {'ImageId': 'ami-1', 'InstanceTypo': 'x'}}"))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("\"InstanceType\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$|[]|Must be an object, not a list. Known fields: instance, run, instanceId, iam, options.",
        "$.instance|{'instance': {}}|Must have an ImageId or a LaunchTemplate",
        "$.instance|{'instance': 'ami-1'}|Must be an object",
        "$.instance.IamInstanceProfile|{'instance': {'ImageId': 'a', 'IamInstanceProfile': {'Name': 'x'}}}|$.iam.role",
        "$.instance.ClientToken|{'instance': {'ImageId': 'a', 'ClientToken': 'x'}}|the same name never launches twice",
        "$.instance.DryRun|{'instance': {'ImageId': 'a', 'DryRun': true}}|$.options.plan",
        "$.instance.MinCount|{'instance': {'ImageId': 'a', 'MinCount': 0}}|1 or more",
        "$.instance.MaxCount|{'instance': {'ImageId': 'a', 'MinCount': 3, 'MaxCount': 2}}|MinCount (3) or more",
        "$.instance.TagSpecifications[0].Tags[0].Key|{'instance': {'ImageId': 'a', 'TagSpecifications': [{'ResourceType':"
            + " 'instance', 'Tags': [{'Key': 'spawn:managed', 'Value': 'x'}]}]}}|choose another key",
        "$.iam.role|{'instance': {'ImageId': 'a'}, 'iam': {'role': 'a/b'}}|without a path",
        "$.iam.role|{'iam': {'policies': ['s3:ReadOnly']}}|a name of its own",
        "$.iam.instanceProfile|{'instance': {'ImageId': 'a'}, 'iam': {'instanceProfile': 'a b'}}|is not a valid instance profile name",
        "$.iam.roleTags['a,b']|{'instance': {'ImageId': 'a'}, 'iam': {'roleTags': {'a,b': 'x'}}}|no comma",
        "$.iam.roleTags.Team|{'instance': {'ImageId': 'a'}, 'iam': {'roleTags': {'team': 'x', 'Team': 'y'}}}|letter case does not tell tags apart",
        "$.iam.roleTags['SPAWN:x']|{'instance': {'ImageId': 'a'}, 'iam': {'roleTags': {'SPAWN:x': 'x'}}}|choose another key",
        "$.iam.creator|{'instance': {'ImageId': 'a'}, 'iam': {'creator': 'a,b'}}|is not a valid creator tag",
        "$.iam.trustServices|{'instance': {'ImageId': 'a'}, 'iam': {'trustServices': ['lambda']}}|Must contain \"ec2\"",
        "$.options.subnetIds|{'instance': {'ImageId': 'a', 'SubnetId': 'subnet-00000001'}, 'options': {'subnetIds':"
            + " ['subnet-00000002']}}|already says where",
        "$.options.subnetIds|{'instance': {'ImageId': 'a'}, 'options': {'subnetIds': []}}|Must be a list of 1 or more subnet ids, not an empty list.",
        "$.options.subnetIds[1]|{'instance': {'ImageId': 'a'}, 'options': {'subnetIds': ['subnet-00000002', 'b']}}|is not a valid subnet id",
        "$.instanceID|{'instanceID': 'i-0123456789abcdef0'}|\"instanceId\"",
        "$.instanceId|{'instanceId': 'i-1'}|is not a valid instance id",
        "$.instanceId|{'instanceId': 'i-0123456789abcdef0', 'instance': {'ImageId': 'a'}}|Leave out one or the other",
        "$.instanceId|{'instanceId': 'arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0'}|is in eu-west-1",
        "$.instanceId|{'instanceId': 'arn:aws:ec2:us-east-1:999999999999:instance/i-0123456789abcdef0'}|another account",
        "$.iam.trustServices|{'instanceId': 'i-0123456789abcdef0', 'iam': {'trustServices': ['lambda']}}|Must contain \"ec2\"",
        "$.iam.none|{'instance': {'ImageId': 'a'}, 'iam': {'none': true}}|Needs $.instanceId",
        "$.iam.none|{'instanceId': 'i-0123456789abcdef0', 'iam': {'none': true, 'role': 'a'}}|must stand alone",
        "$.iam.none|{'instanceId': 'i-0123456789abcdef0', 'iam': {'none': 'yes'}}|Must be true or false",
        "$.options.subnetIds|{'instanceId': 'i-0123456789abcdef0', 'options': {'subnetIds': ['subnet-00000002']}}|Needs $.instance",
        "$.options.wait|{'instance': {'ImageId': 'a'}, 'options': {'wait': 'stopped'}}|Unknown state \"stopped\". Known states: running, pending.",
        "$.options.wait|{'instanceId': 'i-0123456789abcdef0', 'options': {'wait': 'running'}}|Needs $.instance, whose instances are waited for. Leave it out.",
        "$.options.wait|{'iam': {'role': 'a'}, 'options': {'wait': 'pending'}}|Needs $.instance, whose instances are waited for. Leave it out."
      })
  void eachMistakeIsToldWithWhatWouldBeRight(String path, String payload, String hint) {
    assertThat(problems(payload))
        .anySatisfy(
            problem -> {
              assertThat(problem.path()).isEqualTo(path);
              assertThat(problem.message()).contains(hint);
            });
  }

  @Test
  void anInstanceIsNamedByItsIdOrByTheArnThatEventsHave() {
    String id = "i-0123456789abcdef0";

    assertThat(read("{'instanceId': '" + id + "'}").instanceId()).contains(id);
    assertThat(
            read("{'instanceId': 'arn:aws:ec2:us-east-1:123456789012:instance/" + id + "'}")
                .instanceId())
        .contains(id);
  }

  @Test
  void anInstanceMayLoseItsRole() {
    LaunchPlan plan = read("{'instanceId': 'i-0123456789abcdef0', 'iam': {'none': true}}");

    assertThat(plan.role()).isEmpty();
    assertThat(plan.needsProfile()).isFalse();
  }

  @Test
  void onlyARoleThatEc2MayAssumeNeedsAProfile() {
    assertThat(read("{'iam': {'role': 'job', 'trustServices': ['ecs-tasks']}}").needsProfile())
        .isFalse();
    assertThat(read("{'iam': {'role': 'mine'}}").needsProfile()).isTrue();
  }

  @Test
  void userDataAboveSixteenKilobytesIsRefused() {
    assertThat(problems("{'instance': {'ImageId': 'a', 'UserData': '" + "x".repeat(16_385) + "'}}"))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.toString()).contains("$.instance.UserData: Has 16385 bytes"));
  }

  @Test
  void aGeneratedNameIsTakenFromTheHashOfThePathAndTheContent() {
    LaunchPlan plan = read("{'instance': {'ImageId': 'a'}, 'iam': {'policies': ['s3:ReadOnly']}}");

    String content = plan.role().orElseThrow().hash().hex();
    String hash = Sha256.hex("/spawn/spawn/us-east-1/ " + content);
    assertThat(plan.role().orElseThrow().names())
        .hasSize(6)
        .startsWith(
            "spawn-instance-" + hash.substring(0, 8), "spawn-instance-" + hash.substring(0, 16));
  }
}
