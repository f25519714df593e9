package spawn.policy;

import java.util.List;
import java.util.stream.Stream;
import spawn.payload.Quote;

/**
 * What the deployed stack says about every role that it makes: where ARNs lie, which boundaries
 * there are, and what becomes of broad access.
 *
 * @param partition the AWS partition of all ARNs, for example {@code aws}, {@code aws-cn} or {@code
 *     aws-us-gov}
 * @param account the twelve digits of the stack's own account
 * @param region the stack's region, for resources that do not name one
 * @param rolePath the IAM path under which the roles of all stacks lie, for example {@code /spawn/}
 * @param stack the stack's name
 * @param namePrefix what the names of roles begin with that spawn generates, for example {@code
 *     spawn}
 * @param defaultBoundary the ARN of the permissions boundary for roles that do not name one
 * @param serviceBoundary the ARN of the one for roles that only AWS Batch or Spot Fleet may assume
 * @param allowedBoundaries the ARNs of further boundaries that a payload may name
 * @param broadAccess what a warning of high severity does
 */
public record StackContext(
    String partition,
    String account,
    String region,
    String rolePath,
    String stack,
    String namePrefix,
    String defaultBoundary,
    String serviceBoundary,
    List<String> allowedBoundaries,
    BroadAccess broadAccess) {
  /** What a warning of high severity does. */
  public enum BroadAccess {
    /** It is returned beside the result. */
    WARN,
    /**
     * A launch waits until an approver agrees; in a role set, which asks nobody, as {@link
     * #REJECT}.
     */
    APPROVE,
    /** It is a problem, and nothing is made. */
    REJECT
  }

  /** Returns the same for what cannot ask anybody: what would need an approval is a problem. */
  public StackContext withoutApprovals() {
    return broadAccess != BroadAccess.APPROVE
        ? this
        : new StackContext(
            partition,
            account,
            region,
            rolePath,
            stack,
            namePrefix,
            defaultBoundary,
            serviceBoundary,
            allowedBoundaries,
            BroadAccess.REJECT);
  }

  /**
   * Returns the ARN of a role of the stack's account.
   *
   * @param path its path, which begins and ends with a slash
   * @param name its name
   */
  public String roleArn(String path, String name) {
    return "arn:%s:iam::%s:role%s%s".formatted(partition, account, path, name);
  }

  /** Returns the IAM path of the stack's own roles and profiles, which no other stack has. */
  public String ownPath() {
    return ownPath(rolePath, stack, region);
  }

  /** Returns the same of a stack of this name in this region. */
  public static String ownPath(String rolePath, String stack, String region) {
    return "%s%s/%s/".formatted(rolePath, stack, region);
  }

  /** Returns the boundaries that a role of the stack may have. */
  public List<String> boundaries() {
    return Stream.concat(Stream.of(defaultBoundary, serviceBoundary), allowedBoundaries.stream())
        .toList();
  }

  /** Returns the ARN of one of AWS's own managed policies, whose path begins with a slash. */
  String awsPolicyArn(String pathAndName) {
    return "arn:%s:iam::aws:policy%s".formatted(partition, pathAndName);
  }

  /** Returns what is wrong with an ARN of another partition, as a sentence. */
  String notOfPartition(String arn) {
    return "%s is in another partition than this stack, which is in \"%s\": give an ARN that begins with arn:%s:."
        .formatted(Quote.of(arn), partition, partition);
  }
}
