package spawn.approval;

import com.fasterxml.jackson.databind.JsonNode;
import spawn.error.InvalidRequest;
import spawn.error.Problems;
import spawn.payload.PayloadObject;

/**
 * What somebody answers.
 *
 * @param asking the execution that waits for it, by its name
 * @param planHash the hash of what is approved or refused: 64 hex digits
 * @param approves whether the launch may go on
 * @param reason why, in the words of whoever answers
 */
public record Answer(String asking, String planHash, boolean approves, String reason) {
  /**
   * Reads a call.
   *
   * @throws InvalidRequest with every problem of the call
   */
  public static Answer read(JsonNode call) {
    Problems problems = new Problems();
    PayloadObject payload = PayloadObject.of(call, ApprovalFields.ALL, problems);
    String asking = payload.get(ApprovalFields.APPROVAL).orElse("");
    String planHash = payload.get(ApprovalFields.PLAN_HASH).orElse("");
    String answer = payload.get(ApprovalFields.ANSWER).orElse("");
    String reason = payload.get(ApprovalFields.REASON).orElse("");
    problems.throwIfAny();
    return new Answer(asking, planHash, answer.equals(ApprovalFields.APPROVE), reason);
  }

  /** Returns the word for it. */
  public String word() {
    return approves ? ApprovalFields.APPROVE : ApprovalFields.DENY;
  }
}
