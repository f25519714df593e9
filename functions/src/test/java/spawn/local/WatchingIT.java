package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.template.Alarm;
import spawn.template.Metric;
import spawn.template.Runbook;
import spawn.template.Template;

/** What an operator sees of the deployed system: logs, metrics, alarms. */
@Order(Integer.MAX_VALUE - 2) // when the dead letter that was sent at the start is nearly one
@OnLocalStack
class WatchingIT {
  private static final Template TEMPLATE = Template.read();
  private static final Runbook RUNBOOK = Runbook.read();

  private final LocalStack stack;
  private final Workflow workflow;
  private final Measurements measurements;

  WatchingIT(LocalStack stack) {
    this.stack = stack;
    this.workflow = new Workflow(stack);
    this.measurements = new Measurements(stack);
  }

  @BeforeEach
  @AfterEach
  void standardEdges() {
    stack.edges("{\"profileDelay\": 0.4, \"faults\": [], \"calls\": []}");
  }

  /** While most roles would go, no other test's sweep removes any. */
  @AfterEach
  void removeTheRolesThatWereTooMany() {
    stack.iam().listRoles(list -> list.pathPrefix("/spawn/spawn/us-east-1/")).roles().stream()
        .map(Role::roleName)
        .filter(name -> name.startsWith("spawn-instance-0000000"))
        .forEach(name -> stack.iam().deleteRole(delete -> delete.roleName(name)));
  }

  // Alarms

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LaunchesNeedOperator",
        "LaunchesFailUnexplained",
        "AwsIsInTrouble",
        "FunctionsThrottled",
        "SweepFails",
        "RegionsStayUnread",
        "TooMuchWouldGo",
        "RolesOpened",
        "RolesDrifted"
      })
  void whatTheRunbookSaysCausesAnAlarm(String name) {
    Alarm alarm = Alarm.of(TEMPLATE, name);
    Instant begin = Instant.now();
    assertThat(alarm.isBreachedBy(measurements.since(begin))).isFalse();

    CompletableFuture<Void> script =
        CompletableFuture.runAsync(() -> stack.type(RUNBOOK.causing(name)));

    Workflow.waitUntil(Duration.ofMinutes(4), () -> alarm.isBreachedBy(measurements.since(begin)));
    standardEdges();
    workflow.stopAll();
    script.join();
  }

  /** It was sent when the stack was started. */
  @Test
  void aMessageThatCannotBeReadEndsAmongTheDeadLettersAndCausesTheAlarm() {
    Alarm alarm = Alarm.of(TEMPLATE, "DeadLetters");

    Workflow.waitUntil(
        Duration.ofMinutes(5), () -> alarm.isBreachedBy(measurements.since(Instant.EPOCH)));
  }

  @Test
  void aMistakeOfACallerCausesNoAlarm() {
    Instant begin = Instant.now();

    workflow.end(workflow.start(LocalStack.file("events/three-mistakes.json")));

    Workflow.waitUntil(
        Duration.ofMinutes(1),
        () ->
            stack.logLines().stream().anyMatch(line -> line.contains("$.iam.maxSessionDuration")));
    for (String name :
        List.of("LaunchesNeedOperator", "LaunchesFailUnexplained", "AwsIsInTrouble")) {
      assertThat(Alarm.of(TEMPLATE, name).isBreachedBy(measurements.since(begin)))
          .as(name)
          .isFalse();
    }
  }

  // The dashboard

  @Test
  void theDashboardNamesOnlyWhatTheFunctionsHaveEmitted() {
    launchInEveryWayThatIsCounted();
    String body =
        stack
            .ask(
                "monitoring",
                "GraniteServiceVersion20100801.GetDashboard",
                LocalStack.object().put("DashboardName", stack.output("DashboardName")))
            .path("DashboardBody")
            .asText();
    Set<Metric> shown =
        Metric.onDashboard(body).stream()
            .filter(Metric::isSpawns)
            .filter(metric -> !metric.name().startsWith("Approvals")) // nobody is asked here
            .collect(Collectors.toSet());

    assertThat(shown).isNotEmpty();
    Workflow.waitUntil(
        Duration.ofMinutes(2),
        () -> {
          Set<Metric> missing = new HashSet<>(shown);
          missing.removeAll(measurements.emitted());
          return missing.isEmpty();
        });
  }

  private void launchInEveryWayThatIsCounted() {
    workflow.launch(LocalStack.launchOf("counted").toString());
    JsonNode launched = workflow.launch(LocalStack.launchOf("counted").toString());
    stack.edges(
        "{\"faults\": [{\"operation\": \"RunInstances\", \"dryRun\": false, \"times\": 1,"
            + " \"code\": \"InvalidParameterValue\", \"message\": \"Invalid IAM Instance Profile name\"}]}");
    workflow.launch(LocalStack.launchOf("denied").toString());
    String ownRole = stack.ownRole();
    workflow.launch(LocalStack.file("events/existing-role.json"));
    associate(Workflow.instanceIds(launched).get(0), ownRole);
    workflow.end(workflow.start(LocalStack.file("events/three-mistakes.json")));
    Workflow roleSets = Workflow.ofRoleSets(stack);
    roleSets.launch(LocalStack.file("events/role-set.json"));
    roleSets.launch(LocalStack.file("events/role-set-plan.json").replace("true", "false"));
    stack.cleanUp(LocalStack.file("events/nightly.json"));
    stack.invoke("AuditFunctionName", LocalStack.file("events/nightly.json"));
    stack.invoke("RepairFunctionName", "{\"repair\": true}");
  }

  private void associate(String instance, String role) {
    stack
        .ec2("us-east-1")
        .createTags(
            create ->
                create
                    .resources(instance)
                    .tags(Tag.builder().key("spawn:associate").value("true").build()));
    workflow.launch(
        "{\"instanceId\": \"%s\", \"iam\": {\"role\": \"%s\"}}".formatted(instance, role));
  }

  // Logs

  @Test
  void everyStateOfALaunchLogsTheExecution() {
    String execution = workflow.start("logged", LocalStack.launchOf("logged").toString());
    JsonNode output = workflow.output(execution);

    Workflow.waitUntil(
        Duration.ofMinutes(1),
        () ->
            eventsOf("logged")
                .containsAll(
                    List.of("resolved", "ensuredRole", "ensuredProfile", "visible", "launched")));
    assertThat(stack.logLines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"launched\"")
                    .contains(Workflow.instanceIds(output).get(0))
                    .contains("\"called\":{\"RunInstances\":1}"));
  }

  private Set<String> eventsOf(String execution) {
    return stack.logLines().stream()
        .filter(line -> line.startsWith("{"))
        .map(LocalStack::json)
        .filter(line -> line.at("/content/execution/name").asText().equals(execution))
        .map(line -> line.path("event").asText())
        .collect(Collectors.toSet());
  }

  @Test
  void userDataIsInNoLog() {
    String secret = "canary-5c0d-do-not-log";
    String script = "#!/bin/sh\nexport TOKEN=" + secret + "\n";
    String encoded = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
    List<String> ends = new ArrayList<>();
    for (String userData : List.of(script, encoded)) {
      ObjectNode payload = LocalStack.launchOf("secret");
      ((ObjectNode) payload.path("instance")).put("UserData", userData);
      ends.add(workflow.end(workflow.start(payload.toString())).statusAsString());
      stack.edges(
          "{\"faults\": [{\"operation\": \"RunInstances\", \"code\": \"InvalidAMIID.NotFound\"}]}");
      ends.add(workflow.end(workflow.start(payload.toString())).statusAsString());
      stack.edges("{\"faults\": []}");
      ((ObjectNode) payload.path("instance")).put("UserDate", userData);
      ends.add(workflow.end(workflow.start(payload.toString())).statusAsString());
    }

    assertThat(ends)
        .containsExactly("SUCCEEDED", "FAILED", "FAILED", "SUCCEEDED", "FAILED", "FAILED");
    assertThat(String.join("\n", stack.logLines()) + stack.serverLogs())
        .contains("InvalidAMIID.NotFound")
        .doesNotContain(secret, encoded, encoded.substring(8, 40));
  }
}
