package spawn.role;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import spawn.policy.Permissions;
import spawn.policy.PolicyDocument;

/**
 * Reads what a role really holds, for the message of a conflict and for the record of a deletion.
 */
public final class RoleContent {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final IamClient iam;

  /** Creates a reader on one account's IAM. */
  public RoleContent(IamClient iam) {
    this.iam = iam;
  }

  /** Returns the inline policies of a role by their names, decoded. */
  public Map<String, JsonNode> inlinePolicies(String roleName) {
    Map<String, JsonNode> documents = new TreeMap<>();
    iam.listRolePoliciesPaginator(list -> list.roleName(roleName))
        .policyNames()
        .forEach(
            policy ->
                documents.put(
                    policy,
                    parsed(
                        KnownRole.decoded(
                            iam.getRolePolicy(get -> get.roleName(roleName).policyName(policy))
                                .policyDocument()))));
    return documents;
  }

  /** Returns the ARNs of the managed policies that are attached to a role, sorted. */
  public List<String> managedPolicies(String roleName) {
    return iam
        .listAttachedRolePoliciesPaginator(list -> list.roleName(roleName))
        .attachedPolicies()
        .stream()
        .map(AttachedPolicy::policyArn)
        .sorted()
        .toList();
  }

  /**
   * Returns whether a role holds policies that putting and attaching the wanted ones would leave in
   * it.
   */
  boolean isMoreThan(String roleName, Permissions wanted) {
    return iam.listRolePoliciesPaginator(list -> list.roleName(roleName)).policyNames().stream()
            .anyMatch(name -> !name.equals(Roles.INLINE_POLICY) || wanted.inlinePolicy().isEmpty())
        || !wanted.managedPolicyArns().containsAll(managedPolicies(roleName));
  }

  /**
   * Returns in which parts a role differs from wanted permissions; which statements it holds is not
   * told.
   */
  List<String> differences(KnownRole role, Permissions wanted) {
    List<String> differences = new ArrayList<>();
    if (!parsed(role.trustPolicy()).equals(wanted.trustPolicy())) {
      differences.add("its trust policy differs");
    }
    if (!role.permissionsBoundary().map(wanted.permissionsBoundary()::equals).orElse(false)) {
      differences.add("its permissions boundary differs");
    }
    if (role.maxSessionDuration() != wanted.maxSessionDuration()) {
      differences.add(
          "its longest session is %d s, not %d s"
              .formatted(role.maxSessionDuration(), wanted.maxSessionDuration()));
    }
    List<String> attached = managedPolicies(role.name());
    if (!attached.equals(wanted.managedPolicyArns())) {
      differences.add(
          "its managed policies are %s, not %s".formatted(attached, wanted.managedPolicyArns()));
    }
    List<PolicyDocument> inline =
        inlinePolicies(role.name()).values().stream().map(PolicyDocument::of).toList();
    List<PolicyDocument> wantedInline =
        wanted.inlinePolicy().isEmpty() ? List.of() : List.of(wanted.inlinePolicy());
    if (!inline.equals(wantedInline)) {
      differences.add("its inline policy differs");
    }
    return differences;
  }

  static JsonNode parsed(String document) {
    try {
      return JSON.readTree(document);
    } catch (JsonProcessingException notJson) {
      return JSON.getNodeFactory().textNode(document);
    }
  }
}
