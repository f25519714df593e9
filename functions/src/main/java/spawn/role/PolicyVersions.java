package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import spawn.error.NotVisibleYet;

/** Reads managed policies in their default versions, each once, by two calls. */
public final class PolicyVersions {
  private final IamClient iam;
  private final Map<String, Optional<PolicyVersion>> read = new HashMap<>();

  /** Creates what has read nothing yet, on one account's IAM. */
  public PolicyVersions(IamClient iam) {
    this.iam = iam;
  }

  /**
   * Returns the default version of a policy; nothing if there is no such policy.
   *
   * @throws NotVisibleYet if that version has been deleted between the two calls
   */
  public Optional<PolicyVersion> of(String arn) {
    Optional<PolicyVersion> known = read.get(arn);
    if (known == null) {
      known =
          IamAnswers.found(
                  () -> iam.getPolicy(get -> get.policyArn(arn)).policy().defaultVersionId())
              .map(id -> version(arn, id));
      read.put(arn, known);
    }
    return known;
  }

  /** Returns what the default version of a policy says; nothing if there is no such policy. */
  public Optional<JsonNode> documentOf(String arn) {
    return of(arn).map(PolicyVersion::document);
  }

  private PolicyVersion version(String arn, String id) {
    return IamAnswers.found(
            () ->
                iam.getPolicyVersion(get -> get.policyArn(arn).versionId(id))
                    .policyVersion()
                    .document())
        .map(document -> new PolicyVersion(arn, id, parsed(document)))
        .orElseThrow(
            () ->
                new NotVisibleYet(
                    "IAM does not show version %s of the policy %s, which it has just called its default."
                        .formatted(id, arn)));
  }

  private static JsonNode parsed(String document) {
    return RoleContent.parsed(KnownRole.decoded(document));
  }
}
