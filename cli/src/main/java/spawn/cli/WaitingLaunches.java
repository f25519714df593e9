package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import spawn.approval.ApprovalRequest;
import spawn.json.Unreadable;

/** The launches that wait for an approver. */
final class WaitingLaunches {
  /** As approvals are named: 64 digits, and after a hyphen how often the launch was redriven. */
  private static final Pattern APPROVAL = Pattern.compile("[0-9a-f]{64}(-[1-9][0-9]{0,3})?");

  private static final Pattern EXECUTION =
      Pattern.compile("arn:[^:]+:states:[^:]+:[^:]+:execution:([^:]+):([^:]+)");

  private final Connection connection;

  WaitingLaunches(Connection connection) {
    this.connection = connection;
  }

  /**
   * A launch that asks.
   *
   * @param approval the name of the execution that waits, which is the approval's
   * @param since since when it waits
   * @param isWaiting whether it still waits
   * @param request what is asked
   */
  record Waiting(String approval, Instant since, boolean isWaiting, ApprovalRequest request) {}

  /** Returns those that wait now, the longest first. */
  List<Waiting> all() {
    try (SfnClient states = connection.stepFunctions()) {
      return all(states);
    }
  }

  private List<Waiting> all(SfnClient states) {
    String machine = connection.output("ApprovalStateMachineArn");
    List<Waiting> found = new ArrayList<>();
    for (ExecutionListItem listed :
        states
            .listExecutionsPaginator(
                list -> list.stateMachineArn(machine).statusFilter(ExecutionStatus.RUNNING))
            .executions()) {
      find(states, listed.executionArn()).ifPresent(found::add);
    }
    found.sort(Comparator.comparing(Waiting::since));
    return found;
  }

  /**
   * Returns the one that is meant.
   *
   * @param name the approval of its message, the ARN of the execution that waits, or the ARN or the
   *     name of the launch
   * @throws CommandFailure if none is meant, or several
   */
  Waiting named(String name) {
    try (SfnClient states = connection.stepFunctions()) {
      Matcher execution = EXECUTION.matcher(name);
      boolean isArn = execution.matches();
      String last = isArn ? execution.group(2) : name;
      if (APPROVAL.matcher(last).matches()
          && (!isArn || execution.group(1).endsWith("-approval"))) {
        return find(states, arn(last))
            .orElseThrow(
                () ->
                    CommandFailure.wrongCall(
                        "The stack %s has asked for no approval %s: copy it from the message, or run spawn approve without it for those that wait."
                            .formatted(connection.stackName(), last)));
      }
      List<Waiting> ofLaunch =
          all(states).stream()
              .filter(
                  waiting ->
                      name.equals(waiting.request().launch())
                          || (!isArn && name.equals(waiting.request().launchName())))
              .toList();
      if (ofLaunch.size() == 1) {
        return ofLaunch.get(0);
      }
      throw CommandFailure.wrongCall(
          ofLaunch.isEmpty()
              ? "No launch %s waits for an approval: run spawn approve without it for those that do."
                  .formatted(name)
              : "%d launches %s wait for an approval: give the ARN of one."
                  .formatted(ofLaunch.size(), name));
    }
  }

  private String arn(String approval) {
    return connection
        .output("ApprovalStateMachineArn")
        .replaceFirst(":stateMachine:", ":execution:")
        .concat(":" + approval);
  }

  private static Optional<Waiting> find(SfnClient states, String arn) {
    try {
      DescribeExecutionResponse found = states.describeExecution(asked -> asked.executionArn(arn));
      return Optional.of(
          new Waiting(
              found.name(),
              found.startDate(),
              found.status() == ExecutionStatus.RUNNING,
              request(Json.read(found.input(), "what " + arn + " asks"))));
    } catch (ExecutionDoesNotExistException none) {
      return Optional.empty();
    }
  }

  /** An older or a newer stack may ask with fewer or more members. */
  private static ApprovalRequest request(JsonNode input) {
    try {
      return spawn.json.Json.toLeniently(input, ApprovalRequest.class);
    } catch (Unreadable ofAnotherVersion) {
      throw new UncheckedIOException(ofAnotherVersion);
    }
  }
}
