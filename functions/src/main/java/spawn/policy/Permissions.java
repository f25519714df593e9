package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import spawn.json.Json;

/**
 * The content of a role: everything by which two roles with the same tags differ.
 *
 * @param trustedServices the service principals that may assume it, sorted, for example {@code
 *     ec2.amazonaws.com}
 * @param inlinePolicy the inline policy; without statements there is none
 * @param managedPolicyArns the ARNs of the attached managed policies, sorted
 * @param permissionsBoundary the ARN of the permissions boundary
 * @param maxSessionDuration seconds, 3600 to 43200
 */
public record Permissions(
    List<String> trustedServices,
    PolicyDocument inlinePolicy,
    List<String> managedPolicyArns,
    String permissionsBoundary,
    int maxSessionDuration) {
  /** Sorts the lists and drops what stands in them twice. */
  public Permissions {
    trustedServices = trustedServices.stream().sorted().distinct().toList();
    managedPolicyArns = managedPolicyArns.stream().sorted().distinct().toList();
  }

  /** Returns whether only EC2 may assume the role, so that its use shows on instances. */
  public boolean trustsOnlyEc2() {
    return trustedServices.stream().allMatch(service -> service.startsWith("ec2."));
  }

  /** Returns from when on the inline policy denies everything, if it does. */
  public Optional<Instant> expires() {
    return inlinePolicy.expires();
  }

  /** Returns the same permissions for a role that does not end. */
  Permissions withoutExpiry() {
    return new Permissions(
        trustedServices,
        inlinePolicy.withoutExpiry(),
        managedPolicyArns,
        permissionsBoundary,
        maxSessionDuration);
  }

  /** Returns the trust policy of the role. */
  public JsonNode trustPolicy() {
    return TrustPolicy.forServices(trustedServices);
  }

  /**
   * Returns the hash of the canonical content: equal for equal permissions, however they were
   * written.
   */
  public PolicyHash hash() {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.set("trust", trustPolicy());
    content.put("inline", inlinePolicy.fingerprint());
    managedPolicyArns.forEach(content.putArray("managed")::add);
    content.put("boundary", permissionsBoundary);
    content.put("maxSessionDuration", maxSessionDuration);
    return PolicyHash.of(Json.text(content));
  }
}
