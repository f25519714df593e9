package spawn.role;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import spawn.policy.Permissions;
import spawn.policy.PolicyDocument;
import spawn.policy.PolicyHash;

/**
 * What a role was made with, or holds: all that the hash of a role covers.
 *
 * @param permissions its policies, whom it trusts, its boundary and its longest session
 * @param tags the caller's tags, sorted
 */
record Made(Permissions permissions, Map<String, String> tags) {
  /** Leaves out the tags that are not the caller's. */
  Made {
    tags = Collections.unmodifiableMap(Tags.ofCaller(tags));
  }

  /**
   * Returns what a role holds, with the services that its trust policy names, whatever else stands
   * in that, and with its own inline policy only. A role without a boundary is taken to have one
   * whose ARN is empty.
   */
  static Made of(FullRole held, List<String> services) {
    KnownRole role = held.role();
    return new Made(
        new Permissions(
            services,
            held.policies().ownInline().orElse(NO_POLICY),
            held.policies().managed(),
            role.permissionsBoundary().orElse(""),
            role.maxSessionDuration()),
        role.tags());
  }

  /** The inline policy of a role that has none. */
  static final PolicyDocument NO_POLICY = PolicyDocument.of(JsonNodeFactory.instance.objectNode());

  /** Returns what a record says. */
  static Made of(RoleRecord record) {
    return new Made(record.permissions(), record.tags());
  }

  PolicyHash hash() {
    return RoleRequest.hash(permissions, tags);
  }

  Made trusting(List<String> services) {
    return with(
        new Permissions(
            services,
            permissions.inlinePolicy(),
            permissions.managedPolicyArns(),
            permissions.permissionsBoundary(),
            permissions.maxSessionDuration()));
  }

  Made behind(String boundary) {
    return with(
        new Permissions(
            permissions.trustedServices(),
            permissions.inlinePolicy(),
            permissions.managedPolicyArns(),
            boundary,
            permissions.maxSessionDuration()));
  }

  Made holding(List<String> managed) {
    return with(
        new Permissions(
            permissions.trustedServices(),
            permissions.inlinePolicy(),
            managed,
            permissions.permissionsBoundary(),
            permissions.maxSessionDuration()));
  }

  Made withoutInline() {
    return with(
        new Permissions(
            permissions.trustedServices(),
            NO_POLICY,
            permissions.managedPolicyArns(),
            permissions.permissionsBoundary(),
            permissions.maxSessionDuration()));
  }

  Made lasting(int seconds) {
    return with(
        new Permissions(
            permissions.trustedServices(),
            permissions.inlinePolicy(),
            permissions.managedPolicyArns(),
            permissions.permissionsBoundary(),
            seconds));
  }

  Made tagged(Map<String, String> others) {
    return new Made(permissions, others);
  }

  private Made with(Permissions changed) {
    return new Made(changed, tags);
  }
}
