package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AttributeBooleanValue;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** Instances that were launched, as the commands show, reach and end them. */
@OnStackShell
class InstancesIT {
  private static StackShell stack;
  private static String reachable;
  private static String unreachable;

  private final TypedShell shell = stack.shell();
  private final Ec2Client ec2 = stack.stack().ec2("us-east-1");

  @BeforeAll
  static void launch(StackShell given) {
    stack = given;
    String first = start("instances-reachable", "it-reachable", "ssm:Session");
    String second = start("instances-unreachable", "it-unreachable", "cloudwatch:Agent");
    reachable = instanceOf(first);
    unreachable = instanceOf(second);
  }

  private static String start(String execution, String name, String word) {
    ObjectNode payload = Json.object();
    ObjectNode instance = payload.putObject("instance");
    instance.put("ImageId", stack.stack().image()).put("InstanceType", "t3.nano");
    ObjectNode tags = instance.putArray("TagSpecifications").addObject();
    tags.put("ResourceType", "instance");
    tags.putArray("Tags").addObject().put("Key", "Name").put("Value", name);
    payload.putObject("iam").putArray("policies").add(word);
    try (SfnClient stepFunctions = stack.stack().stepFunctions()) {
      return stepFunctions
          .startExecution(
              start ->
                  start
                      .stateMachineArn(stack.stack().output("LaunchStateMachineArn"))
                      .name(execution)
                      .input(payload.toString()))
          .executionArn();
    }
  }

  private static String instanceOf(String execution) {
    try (SfnClient stepFunctions = stack.stack().stepFunctions()) {
      DescribeExecutionResponse now;
      do {
        Pause.of(Duration.ofMillis(200));
        now = stepFunctions.describeExecution(of -> of.executionArn(execution));
      } while (now.status() == ExecutionStatus.RUNNING);
      assertThat(now.status()).as(now.cause()).isEqualTo(ExecutionStatus.SUCCEEDED);
      return Json.read(now.output(), "output").at("/instances/0/instanceId").asText();
    }
  }

  @AfterEach
  void behave() {
    stack.stack().edges("{\"faults\": [], \"commands\": {}}");
  }

  /** Runs an instance as spawn does, without the workflow. */
  private String run(String name, Map<String, String> more) {
    List<Tag> tags = new ArrayList<>();
    tags.add(Tag.builder().key("Name").value(name).build());
    more.forEach((key, value) -> tags.add(Tag.builder().key(key).value(value).build()));
    return ec2.runInstances(
            run ->
                run.imageId("ami-12c6146b")
                    .instanceType("t3.nano")
                    .minCount(1)
                    .maxCount(1)
                    .tagSpecifications(
                        TagSpecification.builder()
                            .resourceType(ResourceType.INSTANCE)
                            .tags(tags)
                            .build()))
        .instances()
        .get(0)
        .instanceId();
  }

  private String run(String name) {
    return run(name, Map.of("spawn:managed", "true"));
  }

  private InstanceStateName state(String id) {
    return ec2.describeInstances(list -> list.instanceIds(id))
        .reservations()
        .get(0)
        .instances()
        .get(0)
        .state()
        .name();
  }

  private JsonNode listed(String... arguments) {
    List<String> line = new ArrayList<>(List.of("list", "--output", "json"));
    line.addAll(List.of(arguments));
    assertThat(shell.run(line.toArray(String[]::new))).as(shell.err()).isZero();
    return Json.read(shell.out(), "list");
  }

  private static List<String> ids(JsonNode listed) {
    return StreamSupport.stream(listed.spliterator(), false)
        .map(one -> one.path("instanceId").asText())
        .toList();
  }

  @Test
  void aListShowsTheRoleThatAnInstanceHas() {
    assertThat(shell.run("list", "--region", "us-east-1")).as(shell.err()).isZero();
    assertThat(shell.out())
        .startsWith("NAME")
        .containsPattern(
            "it-reachable +"
                + reachable
                + " +t3\\.nano +running +spawn-instance-[0-9a-f]{8,} +[0-9.]+ +us-east-1");

    JsonNode one = listed("--name", "it-reachable").path(0);
    String role = one.path("role").asText();
    assertThat(role).startsWith("spawn-instance-");
    assertThat(one.path("instanceProfileArn").asText()).contains("/spawn/spawn/us-east-1/");
    assertThat(one.path("execution").asText()).isEqualTo("instances-reachable");
    assertThat(ids(listed("--role", role))).containsExactly(reachable);
    assertThat(ids(listed("--role", "spawn-instance-*", "--name", "it-*")))
        .contains(reachable, unreachable);
  }

  @Test
  void aRegionThatDeniesDoesNotEndTheList() {
    stack
        .stack()
        .edges(
            """
            {"faults": [{"operation": "DescribeInstances", "region": "eu-west-1", "code": "UnauthorizedOperation"}]}
            """);

    assertThat(ids(listed("--name", "it-reachable"))).containsExactly(reachable);
    assertThat(shell.err()).contains("eu-west-1 (UnauthorizedOperation)");
    assertThat(shell.run("list", "--regions", "us-east-1,eu-west-1")).isEqualTo(1);
    assertThat(shell.out()).contains(reachable);
    assertThat(shell.run("list", "--regions", "eu-west-1")).isEqualTo(1);
    assertThat(shell.err()).contains("UnauthorizedOperation");
  }

  @Test
  void othersInstancesAndThoseThatHaveEndedAreListedOnlyIfAskedFor() {
    String others = run("it-others", Map.of());
    String ended = run("it-ended");
    ec2.terminateInstances(end -> end.instanceIds(ended));

    assertThat(ids(listed("--regions", "us-east-1"))).doesNotContain(others, ended);
    assertThat(ids(listed("--regions", "us-east-1", "--all"))).contains(others, reachable);
    assertThat(ids(listed("--regions", "us-east-1", "--state", "terminated"))).contains(ended);
  }

  @Test
  void theStatusOfAnInstanceTellsItsRoleAndItsExecution() {
    assertThat(shell.run("status", "it-reachable")).as(shell.err()).isZero();
    assertThat(shell.out())
        .contains("INSTANCE")
        .contains(reachable)
        .containsPattern("IAM role +spawn-instance-")
        .containsPattern("execution +instances-reachable");
  }

  @Test
  void theStatusOfAnExecutionIsFoundByItsName() {
    assertThat(shell.run("status", "instances-reachable")).as(shell.err()).isZero();
    assertThat(shell.out()).contains("SUCCEEDED").contains("s  RunInstance").contains(reachable);

    assertThat(shell.run("status", "--output", "json", "instances-reachable", reachable)).isZero();
    JsonNode both = Json.read(shell.out(), "status");
    assertThat(both.at("/0/states").findValuesAsText("name")).contains("EnsureRole");
    assertThat(both.at("/1/instanceId").asText()).isEqualTo(reachable);
  }

  @Test
  void whatIsNeitherIsSaidToBe() {
    assertThat(shell.run("status", "no-such-thing")).isEqualTo(1);
    assertThat(shell.err()).contains("no-such-thing");
  }

  @Test
  void aCommandsOutputIsShownAndItsFailureIsTheCommands() {
    stack
        .stack()
        .edges(
            """
            {"commands": {"aws s3 ls": {"output": "2026-01-31 my-bucket\\n"},
              "aws iam list-users": {"code": 254, "errors": "AccessDenied"}}}
            """);

    assertThat(shell.run("exec", "it-reachable", "aws s3 ls")).as(shell.err()).isZero();
    assertThat(shell.out()).isEqualTo("2026-01-31 my-bucket\n");
    assertThat(shell.run("exec", reachable, "aws", "iam", "list-users")).isEqualTo(1);
    assertThat(shell.err()).contains("AccessDenied").contains("exit code 254");
    assertThat(shell.run("exec", "--output", "json", reachable, "aws iam list-users")).isEqualTo(1);
    assertThat(Json.read(shell.out(), "exec").path("exitCode").asInt()).isEqualTo(254);
  }

  @Test
  void theLocalStackSaysThatItRunsNoCommands() {
    assertThat(shell.run("exec", "it-reachable", "uptime")).isZero();
    assertThat(shell.err()).contains("runs no commands");
  }

  @Test
  void anInstanceWhoseRoleLetsNoAgentInIsToldWhatIsMissing() {
    assertThat(shell.run("exec", "it-unreachable", "uptime")).isEqualTo(1);
    assertThat(shell.err()).contains("its role is spawn-instance-").contains("ssm:Session");
  }

  @Test
  void aShellIsOpenedByThePlugin(@TempDir Path folder) throws IOException {
    TypedShell withPath = stack.shell().with("PATH", folder + ":/usr/bin:/bin");
    assertThat(withPath.run("connect", "it-reachable")).isEqualTo(2);
    assertThat(withPath.err()).contains("session-manager-plugin");

    SessionPluginTest.install(folder, "1.2.764.0", 0);
    assertThat(withPath.run("connect", "it-unreachable")).isEqualTo(1);
    assertThat(withPath.err()).contains("ssm:Session");
    assertThat(withPath.run("connect", "it-reachable")).as(withPath.err()).isZero();
    assertThat(Files.readAllLines(folder.resolve("arguments")))
        .containsExactly(
            SessionPlugin.RESPONSE,
            "us-east-1",
            "StartSession",
            "",
            "{\"Target\":\"" + reachable + "\"}",
            "http://127.0.0.1:" + (stack.stack().port() + 1));
    assertThat(Json.read(Files.readString(folder.resolve("response")), "response"))
        .hasSize(3)
        .allMatch(value -> !value.asText().isEmpty());
  }

  @Test
  void allThatAreNamedAreTerminatedOrNone() {
    String web = run("it-web");
    String db = run("it-db");
    String others = run("it-theirs", Map.of());

    assertThat(shell.run("terminate", "--yes", "it-web", "it-dbb")).isEqualTo(1);
    assertThat(shell.err()).contains("it-dbb");
    assertThat(shell.run("terminate", "--yes", "it-web", "it-theirs")).isEqualTo(1);
    assertThat(shell.err()).contains("was not launched by spawn");
    assertThat(shell.run("terminate", "it-web")).isEqualTo(2);
    assertThat(shell.err()).contains("--yes");
    assertThat(shell.typing("n\n").run("terminate", "it-web")).isEqualTo(1);
    assertThat(List.of(web, db, others)).noneMatch(id -> state(id) == InstanceStateName.TERMINATED);

    assertThat(shell.typing("y\n").run("terminate", "it-web", db)).as(shell.err()).isZero();
    assertThat(shell.err()).contains("it-web (" + web + ")").contains("it-db (" + db + ")");
    assertThat(shell.out()).containsPattern(web + " +(shutting-down|terminated)");
    assertThat(List.of(web, db)).allMatch(id -> state(id) == InstanceStateName.TERMINATED);
    assertThat(state(others)).isNotEqualTo(InstanceStateName.TERMINATED);

    assertThat(shell.piping("").run("terminate", "it-web")).isZero();
    assertThat(shell.err()).contains("is terminated");
  }

  @Test
  void aJobArrayIsOneNameAndOtherInstancesOfOneNameAreNot() {
    Map<String, String> array =
        Map.of("spawn:managed", "true", ListedInstance.JOB_ARRAY, "it-training");
    String first = run("it-train", array);
    String second = run("it-train", array);
    String twin = run("it-twin");
    run("it-twin");

    assertThat(shell.run("terminate", "--yes", "it-twin")).isEqualTo(1);
    assertThat(shell.err()).contains("2 instances").contains(twin);
    assertThat(ids(listed("--job-array-name", "it-training"))).contains(first, second);
    assertThat(shell.typing("y\n").run("terminate", "it-train")).isZero();
    assertThat(shell.err()).contains("2 of the job array it-training");
    assertThat(List.of(first, second)).allMatch(id -> state(id) == InstanceStateName.TERMINATED);
    assertThat(state(twin)).isNotEqualTo(InstanceStateName.TERMINATED);
  }

  @Test
  void protectionAgainstTerminationIsSaidWithHowToTakeItOff() {
    String kept = run("it-kept");
    ec2.modifyInstanceAttribute(
        modify ->
            modify
                .instanceId(kept)
                .disableApiTermination(AttributeBooleanValue.builder().value(true).build()));

    assertThat(shell.run("terminate", "--yes", "it-kept")).isEqualTo(1);
    assertThat(shell.err())
        .contains("--no-disable-api-termination")
        .contains("Nothing was terminated.");
    assertThat(state(kept)).isNotEqualTo(InstanceStateName.TERMINATED);
  }
}
