package spawn.policy;

import java.util.List;

/**
 * What the deployed stack says about every role that is made.
 *
 * @param partition the AWS partition in which ARNs are built, for example {@code aws}, {@code
 *     aws-cn} or {@code aws-us-gov}
 * @param account the twelve digits of the stack's own account
 * @param region the stack's region, in which scopes that name none are meant
 * @param defaultBoundary the ARN of the permissions boundary for roles that name none
 * @param serviceBoundary the ARN of the one for roles that only AWS Batch or Spot Fleet may assume
 * @param allowedBoundaries the ARNs of further boundaries that a payload may name
 * @param broadAccess what a warning of high severity does
 */
public record PolicyContext(
    String partition,
    String account,
    String region,
    String defaultBoundary,
    String serviceBoundary,
    List<String> allowedBoundaries,
    BroadAccess broadAccess) {
  /** What a warning of high severity does. */
  public enum BroadAccess {
    /** It is returned beside the result. */
    WARN,
    /** It is a problem, and nothing is made. */
    REJECT
  }
}
