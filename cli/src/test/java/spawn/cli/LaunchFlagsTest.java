package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;
import spawn.launch.LaunchFields;
import spawn.launch.PayloadReader;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.ListOf;
import spawn.payload.ObjectOf;
import spawn.policy.StackContext;
import spawn.policy.StackContext.BroadAccess;
import spawn.roleset.RoleSetFields;

/** What is typed, and the payload that it makes; nothing is asked of AWS. */
class LaunchFlagsTest {
  @TempDir private Path folder;

  private final TypedShell shell = new TypedShell(Map.of("AWS_REGION", "eu-west-1"));

  private JsonNode payload(String... arguments) {
    String[] line = new String[arguments.length + 2];
    line[0] = "launch";
    line[1] = "--print-payload";
    System.arraycopy(arguments, 0, line, 2, arguments.length);
    assertThat(shell.in(folder).run(line)).as(shell.err()).isZero();
    return Json.read(shell.out(), "the payload");
  }

  private String refusal(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = "launch";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    assertThat(shell.in(folder).run(line)).as(shell.out()).isEqualTo(2);
    assertThat(shell.out()).isEmpty();
    return shell.err();
  }

  private void file(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  // --- Every field of the payloads has a flag ------------------------------------------------

  static Stream<Arguments> fields() {
    return Stream.concat(
        fields("launch", LaunchFields.ALL, List.of()),
        fields("role-set", RoleSetFields.ALL, List.of()));
  }

  private static Stream<Arguments> fields(String command, Fields fields, List<String> path) {
    return fields.list().stream()
        .filter(field -> !field.name().equals("instance")) // its members are flags
        .flatMap(
            field -> {
              List<String> place = Stream.concat(path.stream(), Stream.of(field.name())).toList();
              return field.kind() instanceof ObjectOf object
                  ? fields(command, object.fields(), place)
                  : Stream.of(Arguments.of(command, place, field));
            });
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("fields")
  void everyFieldHasAFlagThatTakesItsExamples(String command, List<String> path, Field<?> field) {
    PayloadFlags flags =
        command.equals("launch") ? LaunchFlags.ofLaunch() : new RunRoleSet(null).flags();
    for (String example : field.examples()) {
      JsonNode wanted = Json.read(example, "the example");
      Payload payload = Payload.empty();
      PayloadFlag flag =
          flags.list().stream()
              .filter(each -> sets(each, path, typed(field, wanted)))
              .findFirst()
              .orElseThrow(() -> new AssertionError("No flag sets " + path));
      flag.setting().put(payload, typed(field, wanted), new TypedFiles(null));

      assertThat(payload.get(path).toString()).as(flag.name()).isEqualTo(wanted.toString());
    }
  }

  private static boolean sets(PayloadFlag flag, List<String> path, List<String> typed) {
    if (flag.names().stream().noneMatch(name -> isOf(path, name))) {
      return false;
    }
    Payload payload = Payload.empty();
    flag.setting().put(payload, typed, new TypedFiles(null));
    return !payload.get(path).isMissingNode();
  }

  /** A flag is named by its field, however short, so that people guess it. */
  private static boolean isOf(List<String> path, String name) {
    String last = PayloadFlag.hyphenated(path.get(path.size() - 1));
    return name.endsWith(last) || (last.endsWith("policies") && name.endsWith("policy"));
  }

  private static List<String> typed(Field<?> field, JsonNode example) {
    if (example.isArray() && field.kind() instanceof ListOf<?>) {
      List<String> values = new ArrayList<>();
      example.forEach(each -> values.add(each.isTextual() ? each.textValue() : each.toString()));
      return values;
    }
    if (field.kind() instanceof spawn.payload.TextMap) {
      return example.properties().stream()
          .map(pair -> pair.getKey() + "=" + pair.getValue().textValue())
          .toList();
    }
    return List.of(example.isTextual() ? example.textValue() : example.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--instance-type",
        "--ami",
        "--count",
        "--job-array-name",
        "--name",
        "--user-data",
        "--key-pair",
        "--subnet",
        "--security-groups",
        "--iam-role",
        "--iam-policy",
        "--iam-resources",
        "--iam-managed-policies",
        "--iam-policy-file",
        "--iam-trust-services",
        "--iam-role-tags",
        "--iam-cross-account",
        "--iam-import",
        "--plan",
        "--expect",
        "--expires",
        "--yes",
        "--payload",
        "--print-payload",
        "--execution-name",
        "--image-id",
        "--key-name",
        "--subnet-id",
        "--security-group-ids",
        "--block-device-mappings",
        "--ebs-optimized",
        "--metadata-options"
      })
  void launchHasTheFlag(String name) {
    assertThat(Spawn.commandLine(new TypedShell(Map.of()).shell()).getSubcommands().get("launch"))
        .satisfies(
            launch -> {
              OptionSpec option = launch.getCommandSpec().findOption(name);
              assertThat(option).isNotNull();
            });
  }

  // --- The instances -------------------------------------------------------------------------

  @Test
  void withoutAnyFlagItIsOneInstanceOfTheNewestAmazonLinux() {
    assertThat(payload().toString())
        .isEqualTo(
            "{\"instance\":{\"InstanceType\":\"m7i.large\",\"ImageId\":"
                + "\"resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64\"}}");
  }

  @ParameterizedTest
  @CsvSource({
    "m7g.large, arm64", "c7gn.xlarge, arm64", "t4g.nano, arm64", "a1.large, arm64",
        "g5g.xlarge, arm64",
    "x2gd.medium, arm64", "im4gn.large, arm64", "m7i.large, x86_64", "g4dn.xlarge, x86_64",
        "g6.xlarge, x86_64",
    "t3.nano, x86_64", "c6gd.large, arm64", "u7i-12tb.224xlarge, x86_64",
        "p6e-gb200.36xlarge, arm64"
  })
  void theDefaultImageFitsTheProcessorOfTheType(String type, String processor) {
    assertThat(payload("--instance-type", type).at("/instance/ImageId").asText())
        .endsWith("-" + processor);
  }

  @Test
  void aLaunchTemplateSaysImageAndTypeItself() {
    assertThat(payload("--launch-template", "LaunchTemplateName=web,Version=3").path("instance"))
        .hasToString("{\"LaunchTemplate\":{\"LaunchTemplateName\":\"web\",\"Version\":\"3\"}}");
  }

  @Test
  void anImageOfOnesOwnIsTakenAsItIs() {
    JsonNode instance =
        payload("--ami", "ami-0123456789abcdef0", "--key-pair", "mine").path("instance");
    assertThat(instance.path("ImageId").asText()).isEqualTo("ami-0123456789abcdef0");
    assertThat(instance.path("KeyName").asText()).isEqualTo("mine");
  }

  @Test
  void aJobArrayIsCountedNamedAndTagged() {
    JsonNode instance =
        payload("--count", "8", "--job-array-name", "training", "--tags", "team=data,env=test")
            .path("instance");
    assertThat(instance.path("MinCount").asInt()).isEqualTo(8);
    assertThat(instance.path("MaxCount").asInt()).isEqualTo(8);
    assertThat(instance.at("/TagSpecifications/0/Tags").toString())
        .isEqualTo(
            "[{\"Key\":\"job\",\"Value\":\"training\"},{\"Key\":\"Name\",\"Value\":\"training\"},"
                + "{\"Key\":\"team\",\"Value\":\"data\"},{\"Key\":\"env\",\"Value\":\"test\"}]");
    assertThat(
            payload("--count", "2:8", "--job-array-name", "j", "--name", "n")
                .at("/instance/TagSpecifications/0/Tags")
                .toString())
        .contains("{\"Key\":\"Name\",\"Value\":\"n\"}", "{\"Key\":\"job\",\"Value\":\"j\"}");
  }

  @Test
  void securityGroupsAreIdsOrNames() {
    JsonNode instance =
        payload("--security-groups", "sg-0123abcd,web", "--subnet", "subnet-0123abcd")
            .path("instance");
    assertThat(instance.path("SecurityGroupIds").toString()).isEqualTo("[\"sg-0123abcd\"]");
    assertThat(instance.path("SecurityGroups").toString()).isEqualTo("[\"web\"]");
  }

  @Test
  void everyOtherMemberOfEc2sRequestIsAFlagOrAKey() {
    JsonNode instance =
        payload(
                "--ebs-optimized",
                "--placement",
                "AvailabilityZone=eu-west-1a,PartitionNumber=2",
                "--block-device-mappings",
                "{\"DeviceName\":\"/dev/xvda\",\"Ebs\":{\"VolumeSize\":40}}",
                "--instance",
                "MetadataOptions.HttpPutResponseHopLimit=2",
                "--instance",
                "KernelId=123")
            .path("instance");
    assertThat(instance.path("EbsOptimized").asBoolean()).isTrue();
    assertThat(instance.path("Placement").toString())
        .isEqualTo("{\"AvailabilityZone\":\"eu-west-1a\",\"PartitionNumber\":2}");
    assertThat(instance.at("/BlockDeviceMappings/0/Ebs/VolumeSize").asInt()).isEqualTo(40);
    assertThat(instance.at("/MetadataOptions/HttpPutResponseHopLimit").isInt()).isTrue();
    assertThat(instance.path("KernelId").isTextual()).isTrue();
  }

  // --- What they run -------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aws s3 cp s3://my-bucket/data.txt .",
        "docker pull 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app",
        "aws logs create-log-stream --log-group-name spawn ...",
        "python process_queue.py --queue-url https://sqs.us-east-1....",
        "cd /data && ./train.sh | tee log",
        "export A=1\nmake"
      })
  void commandsAsUserDataAreRun(String commands) {
    JsonNode payload = payload("--user-data", commands);
    assertThat(payload.path("run").asText()).isEqualTo(commands);
    assertThat(payload.at("/instance/UserData").isMissingNode()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "aws, s3 cp s3://my-bucket/data.txt .",
    "docker, pull 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app",
    "aws, logs create-log-stream --log-group-name spawn ...",
    "python, process_queue.py --queue-url https://sqs.us-east-1....",
    "aws, s3 ls"
  })
  void anInstanceRunsTheCommands(String program, String arguments) throws Exception {
    JsonNode payload = payload("--user-data", program + " " + arguments);
    String script =
        userData(payload).replaceAll("/dev/console|/var/log/spawn-run.log", "/dev/null");
    file("user-data", script);
    file(program, "#!/bin/sh\necho \"$0 $*\" >\"" + folder + "/called\"\n");
    assertThat(folder.resolve(program).toFile().setExecutable(true)).isTrue();

    ProcessBuilder instance =
        new ProcessBuilder("sh", folder.resolve("user-data").toString()).inheritIO();
    instance.environment().merge("PATH", folder + ":", (old, its) -> its + old);
    assertThat(instance.start().waitFor()).isZero();

    assertThat(folder.resolve("called")).hasContent(folder.resolve(program) + " " + arguments);
  }

  /** Returns the user data that EC2 gets of a payload, decoded. */
  private static String userData(JsonNode payload) {
    StackContext context =
        new StackContext(
            "aws",
            "111122223333",
            "eu-west-1",
            "/spawn/",
            "s",
            "spawn",
            "b",
            "b",
            List.of(),
            BroadAccess.WARN);
    return new PayloadReader(context)
        .read(payload, "test")
        .instance()
        .map(launch -> launch.toJson().path("UserData").asText())
        .map(base64 -> new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8))
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#!/bin/bash\necho hello",
        "#cloud-config\npackages: [git]",
        "<powershell>\nGet-Date\n</powershell>",
        "Get-ChildItem C:\\",
        "IyEvYmluL2Jhc2gKZWNobyBoZWxsbwo=",
        "{\"a\": 1}",
        "[settings.host-containers.admin]\nenabled = true",
        "CLUSTER=main",
        "# !/bin/bash\necho nearly"
      })
  void whatAnInstanceReadsByItselfStaysUserData(String userData) {
    JsonNode payload = payload("--user-data", userData);
    assertThat(payload.at("/instance/UserData").asText()).isEqualTo(userData);
    assertThat(payload.path("run").isMissingNode()).isTrue();
  }

  @Test
  void userDataComesFromAFile() throws IOException {
    file("job.sh", "#!/bin/bash\necho from a file\n");
    Files.write(folder.resolve("packed"), new byte[] {0x1f, (byte) 0x8b, 8, 0, (byte) 0xff});
    for (String written : List.of("@job.sh", "file://job.sh", "fileb://job.sh")) {
      assertThat(payload("--user-data", written).at("/instance/UserData").asText())
          .isEqualTo("#!/bin/bash\necho from a file\n");
    }
    assertThat(payload("--user-data", "fileb://packed").at("/instance/UserData").asText())
        .isEqualTo("H4sIAP8=");
    assertThat(payload("--run", "@job.sh").path("run").asText()).contains("from a file");
    assertThat(refusal("--user-data", "@none")).contains("--user-data: there is no file none.");
    assertThat(refusal("--user-data", "date", "--run", "date"))
        .contains("--run and --user-data both say what the instances run");
  }

  // --- The role ------------------------------------------------------------------------------

  @Test
  void listsHaveCommasOrAreRepeated() {
    assertThat(
            payload("--iam-policy", "s3:ReadOnly,logs:WriteOnly", "--iam-policy", "sqs:ReadWrite")
                .at("/iam/policies")
                .toString())
        .isEqualTo("[\"s3:ReadOnly\",\"logs:WriteOnly\",\"sqs:ReadWrite\"]");
  }

  @ParameterizedTest
  @CsvSource({"eu-west-1, aws", "cn-north-1, aws-cn", "us-gov-west-1, aws-us-gov"})
  void acrossAccountsTheRoleIsTheOtherAccounts(String region, String partition) {
    JsonNode payload =
        payload(
            "--region", region, "--iam-cross-account", "123456789012", "--iam-role", "shared-role");
    assertThat(payload.path("iam").toString())
        .isEqualTo(
            "{\"assumeRoles\":[\"arn:%s:iam::123456789012:role/shared-role\"]}"
                .formatted(partition));
  }

  @Test
  void anAccountIsTwelveDigitsAndNeedsARole() {
    assertThat(refusal("--iam-cross-account", "12345", "--iam-role", "r"))
        .contains("--iam-cross-account: \"12345\" is not an account");
    assertThat(refusal("--iam-cross-account", "123456789012"))
        .contains("--iam-cross-account needs --iam-role");
  }

  @Test
  void aPolicyAndAnImportComeFromFiles() throws IOException {
    file(
        "policy.json",
        "\uFEFF{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"],\"Resource\":\"arn:aws:s3:::b/*\"}]}");
    file("role.json", "{\"iam\":{\"policies\":[\"s3:ReadOnly\"],\"resources\":[\"s3://b\"]}}");
    file("broken.json", "{\"Version\": \n}");
    file("two.json", "{} {}");

    assertThat(
            payload("--iam-policy-file", "./policy.json")
                .at("/iam/policyDocument/Statement/0/Action/0")
                .asText())
        .isEqualTo("s3:GetObject");
    assertThat(
            payload("--iam-role", "mine", "--iam-import", "role.json")
                .at("/iam/import/iam/policies/0")
                .asText())
        .isEqualTo("s3:ReadOnly");
    assertThat(refusal("--iam-policy-file", "none.json"))
        .contains("--iam-policy-file: there is no file none.json.");
    assertThat(refusal("--iam-policy-file", "broken.json")).contains("broken.json", "line 2");
    assertThat(refusal("--iam-policy-file", "two.json")).contains("Not JSON");
    assertThat(refusal("--iam-policy-file", ".")).contains("is a folder");
  }

  @Test
  void expectationsAreAllowedDeniedOrAllAtOnce() {
    assertThat(
            payload(
                    "--iam-policy",
                    "s3:ReadOnly",
                    "--expect",
                    "s3:GetObject s3://b/k",
                    "--expect-deny",
                    "s3:DeleteObject s3://b/k")
                .at("/iam/expect")
                .toString())
        .isEqualTo(
            "{\"allow\":[\"s3:GetObject s3://b/k\"],\"deny\":[\"s3:DeleteObject s3://b/k\"]}");
    assertThat(
            payload(
                    "--iam-policy",
                    "s3:ReadOnly",
                    "--expect",
                    "{\"deny\":[\"s3:DeleteObject s3://b/k\"]}")
                .at("/iam/expect")
                .toString())
        .isEqualTo("{\"deny\":[\"s3:DeleteObject s3://b/k\"]}");
  }

  // --- On top of a payload -------------------------------------------------------------------

  @Test
  void flagsStandOnTopOfAPayload() throws IOException {
    file(
        "base.json",
        "{\"instance\":{\"ImageId\":\"ami-0123456789abcdef0\"},\"iam\":{\"policies\":[\"s3:ReadOnly\",\"sqs:ReadOnly\"],\"creator\":\"ann\"}}");

    JsonNode payload =
        payload("--payload", "base.json", "--iam-policy", "logs:WriteOnly", "--plan");

    assertThat(payload.at("/iam/policies").toString()).isEqualTo("[\"logs:WriteOnly\"]");
    assertThat(payload.at("/iam/creator").asText()).isEqualTo("ann");
    assertThat(payload.at("/options/plan").asBoolean()).isTrue();
    assertThat(payload.path("instance")).hasToString("{\"ImageId\":\"ami-0123456789abcdef0\"}");
  }

  @Test
  void aPayloadComesThroughAPipe() {
    shell.piping("{\"iam\": {\"role\": \"mine\", \"policies\": [\"sqs:ReadOnly\"]}}");
    assertThat(payload("--payload", "-").toString())
        .isEqualTo("{\"iam\":{\"role\":\"mine\",\"policies\":[\"sqs:ReadOnly\"]}}");
    assertThat(refusal("--payload", "-", "--iam-policy-file", "-"))
        .contains("--payload and --iam-policy-file cannot both read");
    shell.piping("[1]");
    assertThat(refusal("--payload", "-")).contains("a payload is an object, not a list");
    shell.piping("{\"iam\": \"all\"}");
    assertThat(refusal("--payload", "-", "--iam-role", "r"))
        .contains("--iam-role: the payload has a string at $.iam, where an object belongs.");
  }

  // --- What is wrong, and what is risky ------------------------------------------------------

  @Test
  void everythingThatIsWrongIsToldAtOnceWithItsFlag() throws IOException {
    file("base.json", "{\"instance\":{\"ImageId\":\"ami-1\",\"Foo\":1}}");
    assertThat(
            refusal(
                "--payload",
                "base.json",
                "--iam-policy",
                "s3:Raed",
                "--iam-max-session-duration",
                "soon",
                "--iam-role-tags",
                "spawn:a=b",
                "--wait",
                "walking"))
        .contains("- $.instance.Foo: Unknown field")
        .contains("- --iam-policy: \"s3:Raed\"")
        .contains("- --iam-max-session-duration: Must be a whole number")
        .contains("- --iam-role-tags: ")
        .contains("- --wait: Unknown state");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--count many | --count: \"many\" is not a number",
        "--count 0 | --count: Must be 1 or more",
        "--tags team | --tags: \"team\" is not KEY=VALUE",
        "--iam-role-tags a=1,a=2 | --iam-role-tags: \"a\" is given twice",
        "--instance EbsOptimized | --instance: \"EbsOptimized\" is not KEY=VALUE",
        "--placement here | --placement: \"here\" is neither JSON nor KEY=VALUE",
        "--dry-run | --dry-run: Must be left out",
        "--instance-tpye m7i.large | Unknown option",
        "--iam-none | --iam-none: Needs $.instanceId"
      })
  void aWrongFlagIsRefused(String line, String message) {
    assertThat(refusal(line.split(" "))).contains(message);
  }

  @Test
  void broadAccessIsAskedAbout() {
    String[] line = {"launch", "--region", "eu-west-1", "--iam-policy", "s3:FullAccess"};

    assertThat(shell.typing("n\n").run(line)).isEqualTo(1);
    assertThat(shell.err())
        .startsWith("⚠️  Warning: s3:FullAccess ")
        .contains("   Continue? (y/N) ")
        .endsWith("Nothing was started.\n");

    assertThat(shell.piping("").run(line)).isEqualTo(2);
    assertThat(shell.err()).contains("⚠️  Warning: s3:FullAccess ").contains("add --yes");
  }
}
