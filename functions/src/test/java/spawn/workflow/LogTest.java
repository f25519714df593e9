package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import spawn.aws.AwsErrors;
import spawn.aws.Call;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;
import spawn.json.Json;
import spawn.lambda.LogLine;

/** What the functions tell the log of a launch, and what CloudWatch counts in it. */
class LogTest {
  private final SimulatedAws aws = SimulatedAws.create();
  private final List<LogLine> lines = new ArrayList<>();
  private final Stack stack = Stack.on(aws, Workflow.read(), lines::add, thrown -> {});

  private List<JsonNode> log() {
    return lines.stream().map(line -> json(line.text("my-stack"))).toList();
  }

  private JsonNode line(String event) {
    List<JsonNode> found =
        log().stream().filter(line -> line.path("event").asText().equals(event)).toList();
    assertThat(found).as("lines of the event %s among %s", event, log()).hasSize(1);
    return found.get(0);
  }

  private static JsonNode json(String text) {
    try {
      return Json.read(text);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  /** Returns the figures of a line by the names of their metrics. */
  private static Map<String, Double> figures(JsonNode line) {
    return line.at("/_aws/CloudWatchMetrics/0/Metrics").findValuesAsText("Name").stream()
        .collect(Collectors.toMap(Function.identity(), name -> line.path(name).asDouble()));
  }

  @Test
  void everyStateOfALaunchWritesOneLineThatNamesTheExecution() {
    stack.launch("first", Stack.event("launch"));

    assertThat(log())
        .extracting(line -> line.path("event").asText())
        .containsExactly(
            "resolved", "ensuredRole", "ensuredProfile", "visible", "launched", "started");
    assertThat(log())
        .allSatisfy(
            line -> {
              assertThat(line.at("/content/execution/name").asText()).isEqualTo("first");
              assertThat(line.at("/content/execution/id").asText()).endsWith(":first");
              assertThat(line.at("/content/role").asText()).startsWith("spawn-instance-");
              assertThat(line.at("/content/requestId").asText()).isNotEmpty();
              assertThat(line.at("/content/seconds").isNumber()).isTrue();
            });
    assertThat(line("launched").at("/content/instances/0").asText())
        .isEqualTo(aws.instances().get(0).id());
    assertThat(line("ensuredRole").at("/content/outcome").asText()).isEqualTo("created");
    assertThat(line("ensuredProfile").at("/content/outcome").asText()).isEqualTo("created");
  }

  @Test
  void everyRoleOfASetHasALineThatSaysWhatWasChanged() {
    stack.roleSet("first", Stack.event("role-set"));

    assertThat(log())
        .extracting(line -> line.path("event").asText())
        .containsExactlyInAnyOrder(
            "resolvedRoleSet",
            "ensuredRole",
            "ensuredRole",
            "ensuredRole",
            "ensuredRole",
            "ensuredProfile");
    assertThat(log())
        .allSatisfy(
            line -> assertThat(line.at("/content/execution/name").asText()).isEqualTo("first"));
    assertThat(line("resolvedRoleSet").at("/content/roles")).hasSize(4);
    assertThat(log())
        .filteredOn(line -> line.path("event").asText().equals("ensuredRole"))
        .allSatisfy(
            line -> {
              assertThat(line.at("/content/roleSet").asText()).isEqualTo("metaflow-prod");
              assertThat(line.at("/content/role").asText()).startsWith("metaflow-prod-");
              assertThat(line.at("/content/changes/0").asText()).isEqualTo("create role");
              assertThat(figures(line)).isEqualTo(Map.of("RolesCreated", 1.0));
            });
  }

  @Test
  void aPlanOfARoleSetIsLoggedAndCountsNothing() {
    ObjectNode plan = (ObjectNode) Stack.event("role-set");

    stack.roleSet("plan", plan.put("plan", true));

    assertThat(log())
        .extracting(line -> line.path("event").asText())
        .containsOnly("resolvedRoleSet", "plannedRole", "plannedProfile");
    assertThat(log()).noneMatch(line -> line.has("_aws"));
  }

  @Test
  void theRemovalOfARoleSetIsLoggedByItsName() {
    stack.roleSet("made", Stack.event("role-set"));
    lines.clear();

    stack.roleSet("removed", Stack.event("role-set-delete"));

    assertThat(log())
        .extracting(line -> line.path("event").asText())
        .containsExactly("resolvedRoleSet", "swept", "swept");
    assertThat(log())
        .filteredOn(line -> line.path("event").asText().equals("swept"))
        .allSatisfy(
            line -> assertThat(line.at("/content/roleSet").asText()).isEqualTo("metaflow-prod"));
  }

  @Test
  void aLaunchCountsWhatItMadeAndHowLongEc2TookToSeeIt() {
    deniedOnce(call -> !call.isWrite());

    stack.launch("array", Stack.event("job-array"));

    assertThat(figures(line("launched")))
        .isEqualTo(Map.of("Launches", 1.0, "InstancesLaunched", 8.0));
    assertThat(figures(line("ensuredRole"))).isEqualTo(Map.of("RolesCreated", 1.0));
    assertThat(figures(line("ensuredProfile"))).isEqualTo(Map.of("ProfilesCreated", 1.0));
    assertThat(figures(line("visible"))).containsOnlyKeys("SecondsUntilVisible");
    assertThat(line("visible").path("SecondsUntilVisible").asDouble()).isBetween(1.0, 60.0);
    assertThat(line("visible").at("/_aws/CloudWatchMetrics/0/Metrics/0/Unit").asText())
        .isEqualTo("Seconds");
  }

  @Test
  void aRoleThatIsUsedAgainCountsAsReusedAndItsProfileNotAtAll() {
    stack.launch("first", Stack.event("launch"));
    lines.clear();

    stack.launch("second", Stack.event("launch"));

    assertThat(figures(line("ensuredRole"))).isEqualTo(Map.of("RolesReused", 1.0));
    assertThat(line("ensuredProfile").has("_aws")).isFalse();
  }

  @Test
  void aRoleOfTheUsersOwnCountsAsExisting() {
    aws.givenRole("my-own-role", role -> role.inProfile("my-own-role"));

    stack.launch("own", Stack.event("existing-role"));

    assertThat(figures(line("ensuredRole"))).isEqualTo(Map.of("RolesExisting", 1.0));
  }

  /** EC2 does not see the profile when it is asked like this for the first time. */
  private void deniedOnce(Predicate<Call> asked) {
    AtomicBoolean denied = new AtomicBoolean();
    aws.faults(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call.operation().equals("RunInstances")
                && asked.test(call)
                && denied.compareAndSet(false, true)) {
              throw AwsErrors.ec2(
                  "InvalidParameterValue", 400, "Invalid IAM Instance Profile name");
            }
          }
        });
  }

  @Test
  void aProfileThatEc2DeniesAfterAllIsCounted() {
    deniedOnce(Call::isWrite);

    stack.launch("denied", Stack.event("launch"));

    assertThat(figures(line("notVisibleAfterAll"))).isEqualTo(Map.of("NotVisibleAfterAll", 1.0));
    assertThat(figures(line("launched"))).containsEntry("Launches", 1.0);
  }

  @Test
  void aFailureSaysItsNameItsSentenceAndWhatItIsAbout() {
    aws.faults(Faults.beforeFirst("CreateRole", () -> AwsErrors.accessDenied("iam:CreateRole")));

    stack.launch("denied", Stack.event("launch"));

    JsonNode failed = line("failed");
    assertThat(failed.at("/content/error").asText()).isEqualTo("spawn.error.AccessDenied");
    assertThat(failed.at("/content/message").asText()).contains("iam:CreateRole");
    assertThat(failed.at("/content/execution/name").asText()).isEqualTo("denied");
    assertThat(failed.at("/content/role").asText()).startsWith("spawn-instance-");
  }

  @Test
  void aFailureCountsByItsNameAndByWhoCanEndItAndWhere() {
    stack.launch("wrong", Stack.event("three-mistakes"));

    JsonNode failed = line("failed");
    assertThat(figures(failed)).isEqualTo(Map.of("Failures", 1.0));
    assertThat(failed.path("Stack").asText()).isEqualTo("my-stack");
    assertThat(failed.path("Error").asText()).isEqualTo("InvalidRequest");
    assertThat(failed.path("Remedy").asText()).isEqualTo("CALLER");
    assertThat(failed.path("Function").asText()).isEqualTo("ResolvePolicies");
    assertThat(failed.at("/_aws/CloudWatchMetrics/0/Dimensions"))
        .isEqualTo(
            json(
                """
                [
                  ["Stack"],
                  ["Stack", "Error"],
                  ["Stack", "Remedy"],
                  ["Stack", "Function", "Remedy"]
                ]
                """));
  }

  @Test
  void aBugCountsAsUnexpectedAndItsMessageIsLeftToTheRuntime() {
    aws.faults(
        Faults.beforeFirst("CreateRole", () -> new IllegalStateException("quoting what it met")));

    stack.launch("bug", Stack.event("launch"));

    JsonNode failed = line("failed");
    assertThat(failed.at("/content/error").asText()).isEqualTo("java.lang.IllegalStateException");
    assertThat(failed.path("Error").asText()).isEqualTo("Unexpected");
    assertThat(failed.path("Remedy").asText()).isEqualTo("OPERATOR");
    assertThat(failed.toString()).doesNotContain("quoting");
  }

  @Test
  void warningsAreLoggedByCodeSeverityAndPath() {
    ObjectNode payload = (ObjectNode) Stack.event("launch");
    ((ObjectNode) payload.path("iam")).putArray("policies").add("s3:FullAccess");
    ((ObjectNode) payload.path("iam")).remove("resources");

    stack.launch("broad", payload);

    assertThat(line("resolved").at("/content/warnings"))
        .isNotEmpty()
        .allSatisfy(
            warning ->
                assertThat(warning.fieldNames())
                    .toIterable()
                    .containsExactly("code", "severity", "path"));
  }

  @Test
  void aPlanIsLoggedAsOne() {
    stack.launch("plan", Stack.event("plan"));

    assertThat(log())
        .extracting(line -> line.path("event").asText())
        .containsExactly("planned", "plannedLaunch");
  }

  @Test
  void aSweepTellsWhatItDidInOneLine() {
    stack.sweep(Stack.event("nightly"));

    assertThat(log()).extracting(line -> line.path("event").asText()).containsExactly("swept");
    assertThat(line("swept").at("/content/requestId").asText()).isNotEmpty();
  }

  @Test
  void aBatchWithoutATerminationDidNothingAndLogsNothing() {
    ObjectNode batch = (ObjectNode) Stack.event("termination-batch");
    batch.path("Records").forEach(record -> ((ObjectNode) record).put("body", "no event"));

    stack.sweep(batch);

    assertThat(log()).isEmpty();
  }
}
