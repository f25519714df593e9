package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.CommandInvocationStatus;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.InvalidInstanceIdException;
import software.amazon.awssdk.services.ssm.model.InvocationDoesNotExistException;

/** Runs a command on an instance by Systems Manager's Run Command, and waits for its end. */
final class RunCommand {
  /**
   * How many characters of a command's output are told (<a
   * href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html">GetCommandInvocation</a>).
   */
  static final int MOST_OUTPUT = 24_000;

  /** How long a command may wait for the agent, in seconds; 30 is the least. */
  private static final int DELIVERY_SECONDS = 60;

  private static final Set<CommandInvocationStatus> UNDER_WAY =
      Set.of(
          CommandInvocationStatus.PENDING,
          CommandInvocationStatus.IN_PROGRESS,
          CommandInvocationStatus.DELAYED,
          CommandInvocationStatus.CANCELLING);

  private final SsmClient ssm;
  private final SsmClient once;
  private final Duration betweenLooks;

  /**
   * Creates the way to run commands in a region.
   *
   * @param once a client that tries nothing a second time: a command that is sent again after its
   *     answer was lost would run twice
   * @param betweenLooks how long to wait before asking again whether a command has ended
   */
  RunCommand(SsmClient ssm, SsmClient once, Duration betweenLooks) {
    this.ssm = ssm;
    this.once = once;
    this.betweenLooks = betweenLooks;
  }

  /**
   * What has come of a command.
   *
   * @param id the command's id, by which Systems Manager keeps it for 30 days
   * @param invocation what Systems Manager tells of it on the instance
   */
  record Ended(String id, GetCommandInvocationResponse invocation) {
    /** Returns whether the command ended with exit code 0. */
    boolean isSuccess() {
      return invocation.status() == CommandInvocationStatus.SUCCESS;
    }

    /** Returns the command's exit code; nothing if it has none, since it was not run to its end. */
    Optional<Integer> exitCode() {
      return Optional.ofNullable(invocation.responseCode()).filter(code -> code >= 0);
    }

    /** Returns what the command wrote to its standard output, at most {@link #MOST_OUTPUT}. */
    String output() {
      return Optional.ofNullable(invocation.standardOutputContent()).orElse("");
    }

    /** Returns what it wrote to its standard error. */
    String errors() {
      return Optional.ofNullable(invocation.standardErrorContent()).orElse("");
    }

    /** Returns it for scripts. */
    ObjectNode json() {
      ObjectNode json = Json.object();
      json.put("instanceId", invocation.instanceId());
      json.put("commandId", id);
      json.put("status", invocation.statusDetails());
      json.put("exitCode", exitCode().orElse(null));
      json.put("output", output());
      json.put("errors", errors());
      return json;
    }
  }

  /**
   * Runs a command, as root or, on Windows, as administrator.
   *
   * @param seconds after how many the command is ended
   * @return what came of it, whatever that is
   * @throws CommandFailure if Systems Manager does not reach the instance
   */
  Ended run(ListedInstance instance, String command, int seconds) {
    String id = send(instance, command, seconds);
    long looks = (seconds + 2L * DELIVERY_SECONDS) * 1000 / Math.max(1, betweenLooks.toMillis());
    for (long look = 0; look <= looks; look++) {
      Optional<GetCommandInvocationResponse> invocation = look(instance, id);
      if (invocation.filter(one -> !UNDER_WAY.contains(one.status())).isPresent()) {
        return new Ended(id, invocation.get());
      }
      Pause.of(betweenLooks);
    }
    throw CommandFailure.failed(
        "No end of the command was heard of. See what becomes of it: aws ssm get-command-invocation --command-id %s --instance-id %s"
            .formatted(id, instance.id()));
  }

  private String send(ListedInstance instance, String command, int seconds) {
    try {
      return once.sendCommand(
              send ->
                  send.instanceIds(instance.id())
                      .documentName(
                          instance.isWindows() ? "AWS-RunPowerShellScript" : "AWS-RunShellScript")
                      .comment("spawn exec")
                      .timeoutSeconds(DELIVERY_SECONDS)
                      .parameters(
                          Map.of(
                              "commands",
                              List.of(command),
                              "executionTimeout",
                              List.of(String.valueOf(seconds)))))
          .command()
          .commandId();
    } catch (InvalidInstanceIdException notRegistered) {
      throw SystemsManager.unreached(instance, Optional.empty());
    }
  }

  /** Returns what is told of a command; nothing before its delivery has begun. */
  private Optional<GetCommandInvocationResponse> look(ListedInstance instance, String id) {
    try {
      return Optional.of(
          ssm.getCommandInvocation(get -> get.commandId(id).instanceId(instance.id())));
    } catch (InvocationDoesNotExistException notYet) {
      return Optional.empty();
    }
  }
}
