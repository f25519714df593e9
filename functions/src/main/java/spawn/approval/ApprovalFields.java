package spawn.approval;

import java.util.List;
import java.util.regex.Pattern;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.OneOf;
import spawn.payload.Text;

/** The members of a call that answers an approval. */
public final class ApprovalFields {
  /** The answers that there are. */
  static final String APPROVE = "approve";

  static final String DENY = "deny";

  /** What stands for the reason in the lines that people are sent. */
  static final String NO_REASON = "WHY";

  private static final int LONGEST_REASON = 1_000;

  /** 64 digits, and after a hyphen how often the launch was redriven. */
  static final Field<String> APPROVAL =
      Field.required(
          "approval",
          Text.like("approval", 69, "[0-9a-f]{64}(-[1-9][0-9]{0,3})?", "copy it from the message"),
          "which approval is answered, as its message names it",
          "\"" + "0".repeat(64) + "\"");

  static final Field<String> PLAN_HASH =
      Field.required(
          "planHash",
          Text.like("plan hash", 64, "[0-9a-f]{64}", "copy it from the message"),
          "the hash of what is approved or refused",
          "\"" + "0".repeat(64) + "\"");

  static final Field<String> ANSWER =
      Field.required(
          "answer",
          new OneOf("answer", List.of(APPROVE, DENY)),
          "what is answered: `approve` or `deny`",
          "\"approve\"");

  static final Field<String> REASON =
      Field.required(
          "reason",
          new Text(
              "reason",
              Pattern.compile("(?s)(?!WHY).*\\S.*|WHY.+"),
              1,
              LONGEST_REASON,
              "say in 1 to 1000 characters why, in place of WHY"),
          "why, in 1 to 1000 characters; it is recorded, and whoever launches reads it",
          "\"Agreed with the data team\"");

  /** All of them. */
  public static final Fields ALL = Fields.of(APPROVAL, PLAN_HASH, ANSWER, REASON).withoutNulls();

  private ApprovalFields() {}
}
