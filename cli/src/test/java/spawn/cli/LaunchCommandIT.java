package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Instance;
import spawn.local.LocalStack;

/** Launches by words, on the local stack. */
@OnStackShell
class LaunchCommandIT {
  private final StackShell stack;
  private final TypedShell shell;

  LaunchCommandIT(StackShell stack) {
    this.stack = stack;
    this.shell = stack.shell();
  }

  @BeforeEach
  void quickEdges() {
    stack
        .stack()
        .edges(
            "{\"profileDelay\": 0, \"startDelay\": 0, \"events\": true, \"faults\": [], \"calls\": []}");
  }

  private JsonNode launched(String... arguments) {
    String[] line = new String[arguments.length + 3];
    line[0] = "launch";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    line[arguments.length + 1] = "--output";
    line[arguments.length + 2] = "json";
    assertThat(shell.run(line)).as(shell.err()).isZero();
    return Json.read(shell.out(), "the output");
  }

  private Instance instance(JsonNode output) {
    return stack
        .stack()
        .ec2(stack.stack().region())
        .describeInstances(of -> of.instanceIds(output.at("/instances/0/instanceId").asText()))
        .reservations()
        .get(0)
        .instances()
        .get(0);
  }

  @Test
  void aLaunchShowsItsStatesAndThenItsInstances() {
    assertThat(
            shell.run(
                "launch",
                "--local",
                "--name",
                "reports",
                "--iam-policy",
                "s3:ReadOnly",
                "--iam-resources",
                "s3://reports"))
        .as(shell.err())
        .isZero();

    assertThat(shell.err().lines().map(String::strip))
        .anyMatch(line -> line.matches("\\d+\\.\\d s {2}ResolvePolicies"))
        .anyMatch(
            line ->
                line.matches(
                    "\\d+\\.\\d s {2}EnsureRole {12}spawn-instance-[0-9a-f]{8} (created|reused)"))
        .anyMatch(line -> line.matches("\\d+\\.\\d s {2}Done"));
    assertThat(shell.out().lines().toList().get(0))
        .matches("NAME +INSTANCE ID +TYPE +STATE +IAM ROLE +IP +ZONE");
    assertThat(shell.out().lines().toList().get(1))
        .matches(
            "reports +i-[0-9a-f]+ +m7i.large +running +spawn-instance-[0-9a-f]{8} +[0-9.]+ +.*");
  }

  @Test
  void flagsMeanWhatAwsThenHas() {
    JsonNode output =
        launched(
            "--instance-type",
            "m7g.large",
            "--count",
            "2",
            "--job-array-name",
            "training",
            "--iam-role",
            "words-of-flags",
            "--iam-policy",
            "sqs:ReadWrite,logs:WriteOnly",
            "--iam-resources",
            "sqs://jobs,logs://training",
            "--iam-role-tags",
            "team=data");

    assertThat(output.path("instances")).hasSize(2);
    Instance instance = instance(output);
    assertThat(instance.instanceTypeAsString()).isEqualTo("m7g.large");
    assertThat(instance.iamInstanceProfile().arn()).endsWith("/words-of-flags");
    assertThat(instance.tags())
        .anyMatch(tag -> tag.key().equals("Name") && tag.value().equals("training"))
        .anyMatch(tag -> tag.key().equals("job") && tag.value().equals("training"));
    assertThat(stack.stack().iam().listRoleTags(of -> of.roleName("words-of-flags")).tags())
        .anyMatch(tag -> tag.key().equals("team") && tag.value().equals("data"));
  }

  @Test
  void anExecutionOfTheSameNameIsStartedOnce() {
    String[] line = {
      "--execution-name",
      "only-once-by-name",
      "--iam-policy",
      "s3:ReadOnly",
      "--iam-resources",
      "s3://once"
    };
    JsonNode first = launched(line);
    JsonNode second = launched(line);

    assertThat(second.path("instances")).isEqualTo(first.path("instances"));
    assertThat(shell.err()).contains("with the same payload: nothing is started again.");
    assertThat(
            shell.run(
                "launch", "--execution-name", "only-once-by-name", "--iam-policy", "sqs:ReadOnly"))
        .isEqualTo(1);
    assertThat(shell.err()).contains("started").contains("with another payload");
  }

  @Test
  void aPlanSaysWhatWouldBeMade() {
    assertThat(
            shell.run(
                "launch",
                "--plan",
                "--iam-policy",
                "s3:ReadOnly",
                "--iam-resources",
                "s3://only-planned"))
        .isZero();
    assertThat(shell.out()).contains("would be created").contains("1 instance would be launched");
  }

  @Test
  void aFailedExecutionSaysWhy() {
    assertThat(shell.run("launch", "--iam-role", "spawn-instance-00000000")).isNotZero();
    assertThat(shell.err()).contains("spawn-instance-00000000");
  }

  @Test
  void anInstanceGetsARoleAndLosesIt() {
    JsonNode output =
        launched(
            "--iam-policy",
            "s3:ReadOnly",
            "--iam-resources",
            "s3://before",
            "--tags",
            "spawn:associate=true");
    String id = output.at("/instances/0/instanceId").asText();

    assertThat(
            shell.run(
                "associate", id, "--iam-policy", "sqs:ReadOnly", "--iam-resources", "sqs://q"))
        .as(shell.err())
        .isZero();
    assertThat(instance(output).iamInstanceProfile().arn())
        .doesNotContain(output.at("/role/name").asText());

    assertThat(shell.run("disassociate", id)).isEqualTo(2);
    assertThat(shell.err()).contains("--yes");
    assertThat(shell.run("disassociate", id, "--yes")).as(shell.err()).isZero();
    assertThat(instance(output).iamInstanceProfile()).isNull();
  }

  @Test
  void aRoleSetIsMadeAndRemoved() {
    List<String> set =
        List.of(
            "role-set",
            "--name-prefix",
            "by-flags",
            "--preset",
            "metaflow-batch",
            "--job-resources",
            "s3://flows/*");
    assertThat(shell.run(set.toArray(String[]::new))).as(shell.err()).isZero();
    assertThat(shell.out()).contains("by-flags-batch-job-role").contains("created");

    assertThat(shell.run("role-set", "--name-prefix", "by-flags", "--delete")).isEqualTo(2);
    assertThat(shell.run("role-set", "--name-prefix", "by-flags", "--delete", "--yes"))
        .as(shell.err())
        .isZero();
    assertThat(shell.err()).contains("RemoveRoles");
  }

  @Test
  void theLauncherLaunchesByWords() {
    String printed =
        stack.typed(
            "spawn launch --local --detach --iam-policy s3:ReadOnly --iam-resources s3://typed 2>/dev/null");
    assertThat(printed.strip()).matches("arn:aws:states:.*:execution:.*");
  }

  @Test
  void theReadmeShowsWhatALaunchByWordsPrints() {
    String readme = LocalStack.file("README.md");
    String screen =
        readme.substring(
            readme.indexOf("$ bin/spawn launch --local"), readme.indexOf("$ bin/spawn list"));
    int end = screen.indexOf("\n  ", screen.indexOf("--user-data"));

    String printed = stack.typed(screen.substring(2, end) + " 2>/dev/null");

    assertThat(withoutIds(printed)).isEqualTo(withoutIds(screen.substring(screen.indexOf("NAME"))));
    String list = readme.substring(readme.indexOf("$ bin/spawn list --local"));
    assertThat(withoutIds(stack.typed("spawn list --local 2>/dev/null")).lines())
        .containsAll(
            withoutIds(list.substring(list.indexOf("NAME"), list.indexOf("```"))).lines().toList());
  }

  /** Returns a table with what differs from launch to launch made equal, and single blanks. */
  private static String withoutIds(String table) {
    return table
        .replaceAll("i-[0-9a-f]+", "i-1")
        .replaceAll("\\d+\\.\\d+\\.\\d+\\.\\d+", "10.0.0.1")
        .replaceAll("us-east-1[a-f]", "us-east-1a")
        .replaceAll(" (created|reused):", ":")
        .replaceAll(" +", " ");
  }

  @Test
  void whoBreaksOffLearnsHowToGoOn() {
    stack.stack().edges("{\"profileDelay\": 5}");

    String printed =
        stack.typed(
            """
            set -m # else what runs in the background does not hear of Ctrl-C
            spawn launch --local --iam-policy s3:ReadOnly --iam-resources s3://broken-off >target/broken-off 2>&1 &
            until grep -q EnsureRole target/broken-off; do sleep 0.1; done
            kill -INT $!
            wait $! || echo "exit code $?"
            cat target/broken-off
            """);

    assertThat(printed)
        .contains("exit code 130")
        .containsPattern(
            "The execution goes on. To see how it ends:\n {2}spawn status arn:aws:states:.*");
  }
}
