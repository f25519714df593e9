package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** Trust policies: who may assume a role. */
public final class TrustPolicy {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private TrustPolicy() {}

  /**
   * Returns the trust policy that lets AWS services assume a role.
   *
   * @param principals at least one service principal, for example {@code ec2.amazonaws.com}; one is
   *     written as a string, several as a list of strings (<a
   *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html">IAM
   *     user guide</a>)
   */
  public static JsonNode forServices(List<String> principals) {
    ObjectNode principal = JSON.objectNode();
    if (principals.size() == 1) {
      principal.put("Service", principals.get(0));
    } else {
      principals.stream().sorted().distinct().forEach(principal.putArray("Service")::add);
    }
    return document(principal);
  }

  /**
   * Returns the trust policy to paste into a role of another account, so that a role of this
   * account may assume it.
   *
   * @param roleArn the ARN of the role that assumes
   * @param externalId what it has to give beside, if anything
   */
  public static JsonNode forRole(String roleArn, Optional<String> externalId) {
    ObjectNode document = document(JSON.objectNode().put("AWS", roleArn));
    externalId.ifPresent(
        id ->
            ((ObjectNode) document.path("Statement").path(0))
                .putObject("Condition")
                .putObject("StringEquals")
                .put("sts:ExternalId", id));
    return document;
  }

  /**
   * Returns whether two trust policies mean the same, however their lists and statements are
   * ordered and written: IAM does not promise to show a document as it was put.
   */
  public static boolean meanTheSame(JsonNode one, JsonNode other) {
    return TrustMeaning.of(one).equals(TrustMeaning.of(other));
  }

  private static ObjectNode document(ObjectNode principal) {
    ObjectNode statement = JSON.objectNode().put("Effect", "Allow");
    statement.set("Principal", principal);
    statement.put("Action", "sts:AssumeRole");
    ObjectNode document = JSON.objectNode().put("Version", "2012-10-17");
    document.putArray("Statement").add(statement);
    return document;
  }
}
