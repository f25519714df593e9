package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/** What is shown of an execution while it runs. */
class ExecutionLinesTest {
  private static Instant at(double seconds) {
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }

  private static HistoryEvent event(double seconds, String type) {
    return HistoryEvent.builder().timestamp(at(seconds)).type(type).build();
  }

  private static HistoryEvent entered(double seconds, String name, String kind) {
    return event(seconds, kind + "StateEntered").toBuilder()
        .stateEnteredEventDetails(details -> details.name(name))
        .build();
  }

  private static HistoryEvent entered(double seconds, String name) {
    return entered(seconds, name, "Task");
  }

  private static HistoryEvent succeeded(double seconds, String payload) {
    return event(seconds, "TaskSucceeded").toBuilder()
        .taskSucceededEventDetails(
            details -> details.output("{\"Payload\":" + payload.replace('\'', '"') + "}"))
        .build();
  }

  private static HistoryEvent failed(double seconds, String error) {
    return event(seconds, "TaskFailed").toBuilder()
        .taskFailedEventDetails(details -> details.error(error))
        .build();
  }

  /** Returns the lines that are shown of an execution that began at 100 s. */
  private static List<String> shown(HistoryEvent... events) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ExecutionLines lines =
        new ExecutionLines(new PrintStream(printed, true, StandardCharsets.UTF_8));
    List<HistoryEvent> all = new ArrayList<>(List.of(event(100.0, "ExecutionStarted")));
    all.addAll(List.of(events));
    all.add(event(200.0, "ExecutionSucceeded"));
    all.forEach(lines::show);
    assertThat(lines.haveEnded()).isTrue();
    assertThat(printed.toString(StandardCharsets.UTF_8)).endsWith("\n");
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aStateAndWhatCameOfItAreOneLine() {
    assertThat(
            shown(
                entered(100.2, "ResolvePolicies"),
                succeeded(100.3, "{'planOnly': false, 'role': {}}"),
                entered(101.1, "EnsureRole"),
                succeeded(101.2, "{'name': 'spawn-instance-1', 'outcome': 'created'}"),
                entered(102.7, "EnsureProfile"),
                succeeded(102.8, "{'name': 'spawn-instance-1', 'created': true}"),
                entered(103.6, "WaitForPropagation"),
                succeeded(103.7, "{'visible': false, 'nextProbeInSeconds': 1}"),
                entered(103.8, "Visible?", "Choice"),
                entered(104.9, "Pause", "Wait"),
                event(105.9, "WaitStateExited"),
                entered(105.9, "WaitForPropagation"),
                succeeded(105.9, "{'visible': true, 'nextProbeInSeconds': 0}"),
                entered(106.0, "RunInstance"),
                succeeded(106.5, "{'instances': [{'instanceId': 'i-1'}, {'instanceId': 'i-2'}]}"),
                entered(107.0, "PauseForInstances", "Wait"),
                event(112.0, "WaitStateExited"),
                entered(112.0, "WaitForInstances"),
                succeeded(112.1, "{'instances': [{'state': 'running'}, {'state': 'pending'}]}"),
                entered(114.4, "WaitForInstances"),
                succeeded(114.5, "{'instances': [{'state': 'running'}, {'state': 'running'}]}"),
                entered(115.0, "Done", "Pass")))
        .containsExactly(
            "    0.2 s  ResolvePolicies",
            "    1.1 s  EnsureRole            spawn-instance-1 created",
            "    2.7 s  EnsureProfile",
            "    3.6 s  WaitForPropagation    not visible yet; next probe in 1 s",
            "    4.9 s  Pause                 1 s",
            "    5.9 s  WaitForPropagation    visible",
            "    6.0 s  RunInstance           i-1, i-2",
            "    7.0 s  PauseForInstances     5 s",
            "   12.0 s  WaitForInstances      1 running, 1 pending",
            "   14.4 s  WaitForInstances      running",
            "   15.0 s  Done");
  }

  @Test
  void aLaunchThatEc2RefusesForItsProfileIsShownToHaveLaunchedNothing() {
    assertThat(
            shown(
                entered(100.5, "RunInstance"),
                succeeded(101.0, "{'launched': false, 'instances': []}"),
                entered(101.1, "WaitAgain", "Wait"),
                event(102.1, "WaitStateExited")))
        .containsExactly(
            "    0.5 s  RunInstance           refused, nothing launched: EC2 does not see the profile yet",
            "    1.1 s  WaitAgain             1 s");
  }

  @Test
  void aWaitIsShownAsLongAsItWas() {
    assertThat(
            shown(
                entered(101.0, "Pause", "Wait"),
                event(101.2, "WaitStateExited"),
                entered(102.0, "Pause", "Wait"),
                event(102.96, "WaitStateExited"),
                entered(103.0, "Pause", "Wait"),
                event(114.6, "WaitStateExited")))
        .containsExactly(
            "    1.0 s  Pause                 0.2 s",
            "    2.0 s  Pause                 1 s",
            "    3.0 s  Pause                 12 s");
  }

  @Test
  void anErrorIsShownWhereItHappened() {
    assertThat(shown(entered(100.5, "EnsureRole"), failed(101.0, "spawn.error.RoleConflict")))
        .containsExactly("    0.5 s  EnsureRole            spawn.error.RoleConflict");
  }

  @Test
  void aFunctionThatIsTriedAgainAddsToItsLine() {
    assertThat(
            shown(
                entered(100.5, "EnsureRole"),
                failed(100.6, "Lambda.TooManyRequestsException"),
                succeeded(101.0, "{'name': 'mine', 'outcome': 'reused'}")))
        .containsExactly(
            "    0.5 s  EnsureRole            Lambda.TooManyRequestsException  mine reused");
  }

  @Test
  void aResultWithTheMembersOfAnotherStateIsNotTakenForIt() {
    assertThat(
            shown(
                entered(100.5, "LookAtInstance"),
                succeeded(101.0, "{'outcome': 'created', 'set': 's', 'instances': []}")))
        .containsExactly("    0.5 s  LookAtInstance");
  }

  @Test
  void whatIsInTheAnswersDoesNotReachTheTerminal() {
    assertThat(
            shown(
                entered(100.5, "EnsureRole"),
                succeeded(101.0, "{'name': 'a\\u001b[2Jb', 'outcome': 'reused'}")))
        .containsExactly("    0.5 s  EnsureRole            a?[2Jb reused");
  }

  private static HistoryEvent[] set(boolean planOnly) {
    return new HistoryEvent[] {
      entered(100.2, "ResolveRoleSet"),
      succeeded(
          100.3,
          "{'set': 'prod', 'delete': false, 'planOnly': %s, 'roles': [{}, {}]}"
              .formatted(planOnly)),
      entered(100.7, "EachRole", "Map"),
      entered(100.8, "EnsureSetRole"),
      succeeded(100.9, "{'name': 'prod-a', 'outcome': 'created'}"),
      succeeded(
          101.0,
          "{'name': 'prod-b', 'outcome': 'updated', 'changes': ['put inline policy spawn', 'tag']}"),
      succeeded(101.1, "{'name': 'prod-a', 'created': true}"),
      succeeded(101.2, "{'name': 'prod-b', 'created': false}"),
      succeeded(101.3, "{'name': 'prod-c', 'outcome': 'reused'}"),
      event(101.4, "MapStateExited"),
      entered(101.5, "Done", "Pass")
    };
  }

  @Test
  void eachResultOfAMapHasALine() {
    assertThat(shown(set(false)))
        .containsExactly(
            "    0.2 s  ResolveRoleSet        prod, 2 roles",
            "    0.7 s  EachRole",
            "    0.9 s    prod-a created",
            "    1.0 s    prod-b updated: put inline policy spawn, tag",
            "    1.1 s    instance profile prod-a created",
            "    1.3 s    prod-c reused",
            "    1.5 s  Done");
  }

  @Test
  void aPlanSaysWhatWouldBe() {
    assertThat(shown(set(true)))
        .containsExactly(
            "    0.2 s  ResolveRoleSet        prod, 2 roles, only planned",
            "    0.7 s  EachRole",
            "    0.9 s    prod-a would be created",
            "    1.0 s    prod-b would be updated: put inline policy spawn, tag",
            "    1.1 s    instance profile prod-a would be created",
            "    1.3 s    prod-c reused",
            "    1.5 s  Done");
  }

  @Test
  void aRemovalCountsItsVerdicts() {
    assertThat(
            shown(
                entered(100.2, "ResolveRoleSet"),
                succeeded(100.3, "{'set': 'prod', 'delete': true, 'planOnly': false, 'roles': []}"),
                entered(100.5, "RemoveRoles"),
                succeeded(
                    100.6,
                    "{'roles': [{'verdict': 'deleted'}, {'verdict': 'kept'}, {'verdict': 'deleted'}]}"),
                entered(100.7, "RemoveRoles"),
                succeeded(100.8, "{'roles': []}")))
        .containsExactly(
            "    0.2 s  ResolveRoleSet        prod, to be removed",
            "    0.5 s  RemoveRoles           2 deleted, 1 kept",
            "    0.7 s  RemoveRoles           nothing to remove");
  }

  @Test
  void everyStateWithAHintExists() throws IOException {
    StringBuilder machines = new StringBuilder();
    for (String machine : List.of("launch", "role-set")) {
      machines.append(Files.readString(Path.of("statemachine", machine + ".asl.json")));
    }
    assertThat(StateHints.states())
        .allSatisfy(state -> assertThat(machines).contains("\"" + state + "\": {"));
  }
}
