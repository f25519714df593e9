package spawn.approval;

import spawn.error.InvalidRequest;
import spawn.error.NotVisibleYet;
import spawn.error.Problems;

/**
 * Takes answers: records each once, and then wakes what waits for it.
 *
 * <p>In this order, so that no stop between the two loses an answer: a repeated call finds the
 * record and wakes again, and what is never woken looks for the record at the end of its time.
 */
public final class Approvals {
  private final Askings askings;
  private final AnswerRecords records;

  /** Creates the approvals of a stack. */
  public Approvals(Askings askings, AnswerRecords records) {
    this.askings = askings;
    this.records = records;
  }

  /**
   * Takes an answer. The same answer may be given again, by whomever.
   *
   * @throws InvalidRequest if nothing waits for it, if it is for another plan, or if the contrary
   *     was answered before
   * @throws NotVisibleYet if somebody else answered a moment ago
   */
  public GivenAnswer give(Answer answer) {
    Asking asking =
        askings
            .find(answer.asking())
            .orElseThrow(
                () ->
                    new InvalidRequest(
                        "$.approval",
                        "This stack has asked for no such approval. Copy the line from its message."));
    checkPlan(answer, asking);
    AnswerRecord wanted =
        new AnswerRecord(asking.approval(), answer.planHash(), answer.word(), answer.reason());
    AnswerRecord counts = records.find(asking.approval()).orElseGet(() -> record(wanted, asking));
    if (!counts.agreesWith(wanted)) {
      throw new InvalidRequest(
          "$.answer",
          "This approval was already answered with \"%s\", and the first answer counts. To undo it, stop the launch %s."
              .formatted(counts.answer(), asking.launch()));
    }
    boolean delivered = asking.isWaiting() && askings.wake(asking.name());
    return new GivenAnswer(
        asking.approval(),
        counts.answer(),
        counts.reason(),
        counts.equals(wanted),
        delivered,
        asking.launch(),
        message(counts, delivered));
  }

  private static void checkPlan(Answer answer, Asking asking) {
    Problems problems = new Problems();
    if (!asking.planHash().equals(answer.planHash())) {
      problems.add(
          "$.planHash",
          "This is not the hash of what is asked for. Copy the whole line from the message of this approval.");
    }
    problems.throwIfAny();
  }

  private AnswerRecord record(AnswerRecord wanted, Asking asking) {
    if (!asking.isWaiting()) {
      throw new InvalidRequest(
          "$.approval",
          "Nothing waits for this answer any more: the approval has ended as %s. If its launch was redriven, it has asked again by another message."
              .formatted(asking.status()));
    }
    return records.record(wanted);
  }

  private static String message(AnswerRecord counts, boolean delivered) {
    String what = counts.approves() ? "Approved" : "Refused";
    return delivered
        ? what + ": the launch has been told."
        : what
            + ", and recorded, but nothing waited for it at this moment. Call again in a minute; a launch that still runs finds the record at the latest when its time to wait is over.";
  }
}
