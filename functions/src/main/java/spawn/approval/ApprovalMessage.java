package spawn.approval;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * What approvers are sent: who says they ask, what they would get, and the lines to answer by.
 *
 * <p>Plain text, since SNS sends it to mailboxes as it is.
 */
final class ApprovalMessage {
  /**
   * A subject has up to 100 characters of ASCII, without line breaks (<a
   * href="https://docs.aws.amazon.com/sns/latest/api/API_Publish.html">Publish</a>).
   */
  private static final int LONGEST_SUBJECT = 100;

  /** A message has up to 256 KB, of which this leaves a part for what SNS itself adds. */
  private static final int MOST_BYTES = 200_000;

  private final ApprovalRequest request;
  private final String asking;
  private final String function;
  private final String region;
  private final Instant until;

  /**
   * Creates the message.
   *
   * @param asking the name of the execution that waits
   * @param function the ARN of the function that takes the answer
   * @param region the stack's region
   * @param until when the wait is over
   */
  ApprovalMessage(
      ApprovalRequest request, String asking, String function, String region, Instant until) {
    this.request = request;
    this.asking = asking;
    this.function = function;
    this.region = region;
    this.until = until.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Returns the subject. */
  String subject() {
    String text = "spawn: approve or refuse the launch " + request.launchName();
    String ascii = text.replaceAll("[^\\x20-\\x7e]", "?");
    return ascii.length() <= LONGEST_SUBJECT ? ascii : ascii.substring(0, LONGEST_SUBJECT);
  }

  /** Returns the text. */
  String text() {
    List<String> before = new ArrayList<>(List.of("A launch waits for an approval.", ""));
    before.addAll(RequestInWords.of(request));
    before.add("");
    List<String> after =
        List.of(
            "It waits until "
                + until
                + ", and then ends. To answer, put your reason in place of "
                + ApprovalFields.NO_REASON
                + " in one of these lines:",
            "",
            command(ApprovalFields.APPROVE),
            "",
            command(ApprovalFields.DENY),
            "");
    String end = String.join("\n", after);
    return shortened(String.join("\n", before), MOST_BYTES - end.length()) + "\n" + end;
  }

  private String command(String answer) {
    return "aws lambda invoke --function-name %s --region %s --cli-binary-format raw-in-base64-out --payload '{\"approval\":\"%s\",\"planHash\":\"%s\",\"answer\":\"%s\",\"reason\":\"%s\"}' /dev/stdout"
        .formatted(function, region, asking, request.planHash(), answer, ApprovalFields.NO_REASON);
  }

  private static String shortened(String text, int mostBytes) {
    String shown = text;
    while (shown.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
      shown = shown.substring(0, shown.length() * 9 / 10) + "\n…";
    }
    return shown;
  }
}
