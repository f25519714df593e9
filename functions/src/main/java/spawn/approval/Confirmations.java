package spawn.approval;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineForExecutionResponse;
import spawn.error.ApprovalDenied;
import spawn.error.ApprovalTimeout;

/**
 * Says whether a launch was approved, by the record alone: that the wait has ended proves nothing,
 * since whoever holds the token can end it.
 */
public final class Confirmations {
  /** How long a record may take to be shown after the wait; its descriptions lag behind. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final int PAUSE_IN_SECONDS = 5;

  private final SfnClient states;
  private final AnswerRecords records;
  private final Clock clock;

  /** Creates the confirmations of a stack. */
  public Confirmations(SfnClient states, AnswerRecords records, Clock clock) {
    this.states = states;
    this.records = records;
    this.clock = clock;
  }

  /** How the wait for an answer has ended. */
  public enum Wait {
    /** It has not begun. */
    NOT_YET,
    /** Somebody has sent the token. */
    ENDED,
    /** Its time is over. */
    TIMED_OUT
  }

  /**
   * Looks for the answer.
   *
   * @param approval what was asked for: 64 hex digits
   * @param planHash the hash of what would be made
   * @param launch the ARN of the execution that launches
   * @param wait how the wait has ended
   * @param since when the record was first looked for after it, or {@code null}
   * @throws ApprovalDenied if it was refused, if the wait was ended without an answer, or if the
   *     workflow or its limits have changed since the launch began
   * @throws ApprovalTimeout if nobody has answered
   */
  public Confirmation look(
      String approval, String planHash, String launch, Wait wait, Instant since) {
    Optional<AnswerRecord> found = records.find(approval);
    if (found.isPresent()) {
      AnswerRecord answer = found.get();
      check(answer, planHash);
      checkDefinition(launch);
      return new Confirmation(true, answer.reason(), since, 0);
    }
    if (wait == Wait.NOT_YET) {
      return new Confirmation(false, null, null, 0);
    }
    Instant now = clock.instant();
    Instant first = since == null ? now : since;
    if (now.isBefore(first.plus(PATIENCE))) {
      return new Confirmation(false, null, first, PAUSE_IN_SECONDS);
    }
    throw wait == Wait.TIMED_OUT
        ? new ApprovalTimeout(
            "Nobody has approved or refused this launch in time. Nothing was made. Start it again, and tell the approvers.")
        : new ApprovalDenied(
            "The wait for an approval was ended without an answer on record, so it counts as refused. Nothing was made. Whoever may call states:SendTaskSuccess and saw the token may have done it: tell the operators.");
  }

  private static void check(AnswerRecord answer, String planHash) {
    if (!answer.planHash().equals(planHash)) {
      throw new ApprovalDenied(
          "The answer on record is for another plan. Nothing was made. Start the launch again.");
    }
    if (!answer.approves()) {
      throw new ApprovalDenied("Refused: %s Nothing was made.".formatted(sentence(answer)));
    }
  }

  private static String sentence(AnswerRecord answer) {
    String reason = answer.reason().strip();
    return reason.matches("(?s).*[.!?]") ? reason : reason + ".";
  }

  /**
   * An execution keeps the definition that it began with, and with it the stack's limits of that
   * time (<a
   * href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html">UpdateStateMachine</a>).
   */
  private void checkDefinition(String launch) {
    DescribeStateMachineForExecutionResponse began =
        states.describeStateMachineForExecution(asked -> asked.executionArn(launch));
    String current =
        states
            .describeStateMachine(asked -> asked.stateMachineArn(began.stateMachineArn()))
            .definition();
    if (!current.equals(began.definition())) {
      throw new ApprovalDenied(
          "This approval is stale: the stack's limits, or its workflow, have changed since the launch began. Nothing was made. Start the launch again.");
    }
  }
}
