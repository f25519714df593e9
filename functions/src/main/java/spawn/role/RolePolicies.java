package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import spawn.policy.PolicyDocument;

/**
 * The policies that a role holds.
 *
 * @param inline its inline policies by their names, decoded
 * @param managed the ARNs of its attached managed policies, sorted
 */
public record RolePolicies(Map<String, JsonNode> inline, List<String> managed) {
  /** What a role holds that was just created. */
  static final RolePolicies NONE = new RolePolicies(Map.of(), List.of());

  /** Returns the one inline policy that spawn itself puts, if the role holds it. */
  Optional<PolicyDocument> ownInline() {
    return Optional.ofNullable(inline.get(Roles.INLINE_POLICY)).map(PolicyDocument::of);
  }

  /** Returns whether an operator has revoked the role. */
  public boolean isRevoked() {
    return inline.keySet().stream().anyMatch(Revocation::isPolicy);
  }

  /** Returns whether there are inline policies besides the one that spawn itself puts. */
  boolean hasForeignInline() {
    return inline.keySet().stream().anyMatch(name -> !name.equals(Roles.INLINE_POLICY));
  }
}
