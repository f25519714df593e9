package spawn.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.json.Json;
import spawn.role.IamAnswers;
import spawn.role.KnownRole;
import spawn.role.PolicyVersions;
import spawn.role.RoleContent;
import spawn.role.RolePolicies;
import spawn.role.RoleRequest;
import spawn.role.Roles;

/** Reads what roles hold, with the content of their managed policies. */
final class HoldingsReader {
  private final IamClient iam;
  private final RoleContent content;
  private final PolicyVersions versions;

  HoldingsReader(IamClient iam) {
    this.iam = iam;
    this.content = new RoleContent(iam);
    this.versions = new PolicyVersions(iam);
  }

  /** Returns what a role would hold that is made as it is asked for. */
  Holdings of(RoleRequest request) {
    return holdings(
        request.permissions().inlinePolicy().isEmpty()
            ? Map.of()
            : Map.of(Roles.INLINE_POLICY, request.permissions().inlinePolicy().toJson()),
        request.permissions().managedPolicyArns(),
        Optional.of(request.permissions().permissionsBoundary()));
  }

  /**
   * Returns what an existing role holds: two lists, one read for each inline policy, and two for
   * each managed one and the boundary.
   */
  Holdings of(KnownRole role) {
    RolePolicies policies = content.of(role).policies();
    return holdings(policies.inline(), policies.managed(), role.permissionsBoundary());
  }

  private Holdings holdings(
      Map<String, JsonNode> inline, List<String> managed, Optional<String> boundary) {
    return new Holdings(
        inline,
        managed.stream().flatMap(arn -> versions.of(arn).stream()).toList(),
        boundary,
        boundary.flatMap(versions::of));
  }

  /** Returns a document that IAM has returned, as JSON. */
  static JsonNode parsed(String document) {
    try {
      return Json.readLeniently(document);
    } catch (JsonProcessingException iamTakesOnlyJson) {
      throw new IllegalStateException(iamTakesOnlyJson);
    }
  }

  /** Returns the role in a profile; nothing if the profile is gone or empty. */
  Optional<KnownRole> roleIn(String profileName) {
    return IamAnswers.found(
            () -> iam.getInstanceProfile(get -> get.instanceProfileName(profileName)))
        .flatMap(found -> found.instanceProfile().roles().stream().findFirst())
        .flatMap(role -> role(role.roleName()));
  }

  private Optional<KnownRole> role(String name) {
    return IamAnswers.found(() -> KnownRole.of(iam.getRole(get -> get.roleName(name)).role()));
  }

  /** Returns the instance profiles that hold a role. */
  List<InstanceProfile> profilesOf(KnownRole role) {
    return IamAnswers.found(
            () ->
                iam
                    .listInstanceProfilesForRolePaginator(list -> list.roleName(role.name()))
                    .instanceProfiles()
                    .stream()
                    .toList())
        .orElse(List.of());
  }
}
