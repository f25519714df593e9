package spawn.approval;

/**
 * An answer as it is kept: the first one of an approval, which no other replaces.
 *
 * @param approval what was answered: 64 hex digits, of which each launch and plan has its own
 * @param planHash the hash of what was approved or refused
 * @param answer {@code approve} or {@code deny}
 * @param reason why
 */
public record AnswerRecord(String approval, String planHash, String answer, String reason) {
  /** Returns whether it lets the launch go on. */
  boolean approves() {
    return answer.equals(ApprovalFields.APPROVE);
  }

  /** Returns whether another answer to the same question says the same, whatever its reason. */
  boolean agreesWith(AnswerRecord other) {
    return answer.equals(other.answer) && planHash.equals(other.planHash);
  }
}
