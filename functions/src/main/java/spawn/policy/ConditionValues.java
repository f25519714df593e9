package spawn.policy;

import java.util.Optional;
import java.util.regex.Pattern;
import spawn.payload.Quote;

/**
 * Which values of conditions IAM's parser refuses ("The policy failed legacy parsing"): dates,
 * numbers, addresses and ARNs that are none.
 *
 * <p>What a date is, AWS has shown to <a
 * href="https://github.com/getmoto/moto/blob/master/tests/test_iam/test_iam_policies.py">moto's
 * tests</a>; the rest, to <a
 * href="https://github.com/badmintoncryer/cdk-preflight">cdk-preflight</a>. Policy variables belong
 * in strings and ARNs only (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">where
 * you can use policy variables</a>).
 */
final class ConditionValues {
  private static final String TIME =
      "(\\d{1,2}(:\\d{1,2}(:\\d{1,2}(\\.\\d{1,9})?)?)?)?([Zz]|[+-]\\d{2}(:?\\d{2})?)?";
  static final Pattern DATE =
      Pattern.compile(
          "-?\\d{1,18}|-?\\d{1,9}(-(0?[1-9]|1[0-2])(-(0?[1-9]|[12]\\d|3[01]))?)?([Tt ]"
              + TIME
              + ")?");
  static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d{1,400}(\\.\\d{0,400})?|\\.\\d{1,400})([eE][+-]?\\d{1,4})?");
  private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  static final Pattern ADDRESS =
      Pattern.compile(
          "("
              + BYTE
              + "\\.){3}"
              + BYTE
              + "(/(3[0-2]|[12]?\\d))?|[0-9A-Fa-f.]{0,15}:[0-9A-Fa-f:.]{1,45}(/(12[0-8]|1[01]\\d|\\d?\\d))?");

  private ConditionValues() {}

  /**
   * Returns why IAM refuses a value, as a sentence; nothing if it takes it.
   *
   * @param operator without {@code ForAnyValue:} and the like, and without {@code IfExists}
   */
  static Optional<String> refusal(String operator, String value) {
    String instead = null;
    if (operator.startsWith("Date") && !DATE.matcher(value).matches()) {
      instead = "not a date: write one such as 2026-01-31T00:00:00Z, or seconds since 1970.";
    } else if (operator.startsWith("Numeric") && !NUMBER.matcher(value).matches()) {
      instead = "not a number.";
    } else if (operator.endsWith("IpAddress") && !ADDRESS.matcher(value).matches()) {
      instead = "not an IP address: write one such as 203.0.113.7, or a block, 203.0.113.0/24.";
    } else if (operator.startsWith("Arn") && !value.startsWith("arn:") && !Arn.isOpen(value)) {
      instead = "not an ARN: compare other texts with a String operator.";
    }
    return Optional.ofNullable(instead).map(text -> Quote.of(value) + " is " + text);
  }
}
