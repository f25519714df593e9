package spawn.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The little of IAM's policy grammar that tells a policy from other text (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html">grammar
 * of the IAM JSON policy language</a>).
 */
final class PolicyGrammar {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PolicyGrammar() {}

  /** A policy of permissions has statements, and none names a principal. */
  static void checkPermissions(String document) {
    for (JsonNode statement : statements(document)) {
      if (statement.has("Principal") || statement.has("NotPrincipal")) {
        throw AwsErrors.malformedPolicyDocument("Policy document should not specify a principal.");
      }
    }
  }

  /** A trust policy has statements, each names a principal and none a resource. */
  static void checkTrust(String document) {
    for (JsonNode statement : statements(document)) {
      if (statement.has("Resource") || statement.has("NotResource")) {
        throw AwsErrors.malformedPolicyDocument("Has prohibited field Resource");
      }
      if (!statement.has("Principal") && !statement.has("NotPrincipal")) {
        throw AwsErrors.malformedPolicyDocument("Missing required field Principal");
      }
    }
  }

  private static Iterable<JsonNode> statements(String document) {
    JsonNode statements = parse(document).path("Statement");
    if (statements.isObject()) {
      statements = JSON.createArrayNode().add(statements);
    }
    if (!statements.isArray()) {
      throw AwsErrors.malformedPolicyDocument("Syntax errors in policy.");
    }
    for (JsonNode statement : statements) {
      String effect = statement.path("Effect").asText();
      if (!effect.equals("Allow") && !effect.equals("Deny")) {
        throw AwsErrors.malformedPolicyDocument("Syntax errors in policy.");
      }
      if (!statement.has("Action") && !statement.has("NotAction")) {
        throw AwsErrors.malformedPolicyDocument("Missing required field Action");
      }
    }
    return statements;
  }

  private static JsonNode parse(String document) {
    try {
      return JSON.readTree(document);
    } catch (JsonProcessingException notJson) {
      throw AwsErrors.malformedPolicyDocument("This policy contains invalid Json");
    }
  }
}
