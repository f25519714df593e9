package spawn.role;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import spawn.error.NotVisibleYet;
import spawn.error.RoleRevoked;
import spawn.json.Json;
import spawn.policy.Permissions;

/** Reads which policies a role really holds. */
public final class RoleContent {
  private final IamClient iam;

  /** Creates a reader on one account's IAM. */
  public RoleContent(IamClient iam) {
    this.iam = iam;
  }

  /**
   * Returns a role with all that it holds: its inline policies are listed and read one by one, then
   * its managed policies are listed.
   *
   * @throws NotVisibleYet if IAM does not know the role yet, or no longer
   */
  public FullRole of(KnownRole role) {
    return IamAnswers.accepted(
        role.name(),
        () ->
            new FullRole(
                role, new RolePolicies(inlinePolicies(role.name()), managedPolicies(role.name()))));
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
   * it. Only names are read, not documents.
   *
   * @throws NotVisibleYet if IAM does not know the role yet, or no longer
   * @throws RoleRevoked if an operator has revoked it
   */
  boolean isMoreThan(String roleName, Permissions wanted) {
    return IamAnswers.accepted(
        roleName,
        () -> {
          List<String> inline =
              iam.listRolePoliciesPaginator(list -> list.roleName(roleName)).policyNames().stream()
                  .toList();
          if (inline.stream().anyMatch(Revocation::isPolicy)) {
            throw RoleConflicts.beingRevoked(roleName);
          }
          return inline.stream()
                  .anyMatch(
                      name -> !name.equals(Roles.INLINE_POLICY) || wanted.inlinePolicy().isEmpty())
              || !wanted.managedPolicyArns().containsAll(managedPolicies(roleName));
        });
  }

  /** Returns a document as JSON; one that cannot be parsed is returned as a text. */
  static JsonNode parsed(String document) {
    try {
      return Json.readLeniently(document);
    } catch (JsonProcessingException notJson) {
      return JsonNodeFactory.instance.textNode(document);
    }
  }
}
