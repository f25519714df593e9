package spawn.policy;

import java.util.regex.Pattern;

/**
 * How IAM writes what payloads name: names and paths as in the <a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/">IAM API reference</a>.
 */
final class IamArns {
  private static final String NAME = "[\\w+=,.@-]";
  private static final String PATH = "(?:/[\\x21-\\x29+-\\x3E@-\\x7E]{1,510})?/";

  /** The ARN of one role: its partition. */
  static final Pattern ROLE =
      Pattern.compile("arn:([a-z-]+):iam::\\d{12}:role" + PATH + NAME + "{1,64}");

  /** The ARN of a managed policy: its partition, its account or {@code aws}, its path and name. */
  static final Pattern MANAGED_POLICY =
      Pattern.compile("arn:([a-z-]+):iam::(aws|\\d{12}):policy(" + PATH + NAME + "{1,128})");

  /** The name of a managed policy. */
  static final Pattern MANAGED_POLICY_NAME = Pattern.compile(NAME + "{1,128}");

  private IamArns() {}
}
