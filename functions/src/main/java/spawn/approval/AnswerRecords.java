package spawn.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.UncheckedIOException;
import java.util.Optional;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import spawn.error.NotVisibleYet;
import spawn.json.Json;

/**
 * The answers that count, each an execution of a state machine that does nothing: its name is the
 * approval's, so Step Functions itself takes only the first, and its input is the answer, which
 * nobody can change afterwards. A name stays taken for 90 days after the execution has ended (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html">StartExecution</a>).
 *
 * <p>Only {@code AnswerApproval} may start that machine, so whoever holds a task token without
 * being allowed to answer has no record.
 */
public final class AnswerRecords {
  private final SfnClient states;
  private final ApprovalMachines machines;

  /** Creates the records of a stack. */
  public AnswerRecords(SfnClient states, ApprovalMachines machines) {
    this.states = states;
    this.machines = machines;
  }

  /** Returns the answer of an approval; nothing if there is none, or none that is shown yet. */
  Optional<AnswerRecord> find(String approval) {
    try {
      return Optional.of(
          read(
              states
                  .describeExecution(asked -> asked.executionArn(machines.answer(approval)))
                  .input()));
    } catch (ExecutionDoesNotExistException unanswered) {
      return Optional.empty();
    }
  }

  /**
   * Records an answer, unless there is one.
   *
   * @return the answer that counts: this one, or the one that was first
   * @throws NotVisibleYet if another was first, and Step Functions does not show it yet: its
   *     descriptions are eventually consistent
   */
  AnswerRecord record(AnswerRecord answer) {
    try {
      states.startExecution(
          asked ->
              asked
                  .stateMachineArn(machines.answers())
                  .name(answer.approval())
                  .input(written(answer)));
      return answer;
    } catch (ExecutionAlreadyExistsException anotherWasFirst) {
      return find(answer.approval())
          .orElseThrow(
              () ->
                  new NotVisibleYet(
                      "This approval was answered a moment ago, and Step Functions does not show the answer yet. Call again in some seconds."));
    }
  }

  private static String written(AnswerRecord answer) {
    return Json.text(answer);
  }

  private static AnswerRecord read(String input) {
    try {
      return Json.to(Json.read(input), AnswerRecord.class);
    } catch (JsonProcessingException ofAnotherVersion) {
      throw new UncheckedIOException(ofAnotherVersion);
    }
  }
}
