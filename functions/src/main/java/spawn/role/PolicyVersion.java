package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A managed policy in its default version, which is the one in force (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html">versions</a>).
 *
 * @param arn the policy's ARN
 * @param id the version, for example {@code v3}
 * @param document what it says
 */
public record PolicyVersion(String arn, String id, JsonNode document) {
  /** Returns whether the policy is one of AWS's own, whose content is known beforehand. */
  public boolean isOfAws() {
    return arn.contains(":iam::aws:");
  }
}
