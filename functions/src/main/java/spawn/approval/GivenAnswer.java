package spawn.approval;

/**
 * What became of an answer.
 *
 * @param approval what was answered
 * @param answer the answer that counts: {@code approve} or {@code deny}
 * @param reason its reason: that of whoever was first
 * @param first whether this call's answer is the one that counts; if not, an equal one was recorded
 *     before
 * @param delivered whether the launch was waiting and goes on now
 * @param launch the ARN of the execution that launches
 * @param message what that means, as a sentence
 */
public record GivenAnswer(
    String approval,
    String answer,
    String reason,
    boolean first,
    boolean delivered,
    String launch,
    String message) {}
