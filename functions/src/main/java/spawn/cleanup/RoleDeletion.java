package spawn.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.role.KnownRole;
import spawn.role.RoleContent;
import spawn.role.Tags;

/**
 * Removes one role with its profile and policies.
 *
 * <p>The lease tag goes first: a role that is spared half-way then counts as half-made, and is
 * completed before it is used again. The rest follows the order that IAM asks for (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html">DeleteRole</a>).
 * What is not there any more counts as done, so that the next run goes on where this one stopped.
 */
final class RoleDeletion {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final IamClient iam;
  private final Consumer<ObjectNode> log;

  /**
   * Creates the deletion on one account's IAM.
   *
   * @param log takes each role, as a payload that makes it again, before its first call
   */
  RoleDeletion(IamClient iam, Consumer<ObjectNode> log) {
    this.iam = iam;
    this.log = log;
  }

  /**
   * Removes a role.
   *
   * @param profiles the profiles under spawn's path that held it when the sweep looked
   * @return why it was left as it is, or nothing when it is gone
   */
  Optional<String> delete(KnownRole role, List<InstanceProfile> profiles) {
    for (InstanceProfile profile : profiles) {
      if (!isManaged(profile.instanceProfileName())) {
        return Optional.of(
            "it sits in a profile that lacks the tag " + Tags.MANAGED + "=true: " + profile.arn());
      }
    }
    RoleContent content = new RoleContent(iam);
    Map<String, JsonNode> inline = content.inlinePolicies(role.name());
    List<String> managed = content.managedPolicies(role.name());
    log.accept(record(role, inline, managed, profiles));
    String name = role.name();
    unlessGone(() -> iam.untagRole(untag -> untag.roleName(name).tagKeys(Tags.LEASE_UNTIL)));
    for (InstanceProfile profile : profiles) {
      String profileName = profile.instanceProfileName();
      unlessGone(
          () ->
              iam.removeRoleFromInstanceProfile(
                  remove -> remove.roleName(name).instanceProfileName(profileName)));
      unlessGone(
          () -> iam.deleteInstanceProfile(delete -> delete.instanceProfileName(profileName)));
    }
    for (String arn : managed) {
      unlessGone(() -> iam.detachRolePolicy(detach -> detach.roleName(name).policyArn(arn)));
    }
    for (String policy : inline.keySet()) {
      unlessGone(() -> iam.deleteRolePolicy(delete -> delete.roleName(name).policyName(policy)));
    }
    unlessGone(() -> iam.deleteRole(delete -> delete.roleName(name)));
    return Optional.empty();
  }

  /**
   * Removes a profile that was left without its role, if it is spawn's; another's is left alone.
   */
  void deleteOrphan(InstanceProfile profile) {
    String name = profile.instanceProfileName();
    if (isManaged(name)) {
      unlessGone(() -> iam.deleteInstanceProfile(delete -> delete.instanceProfileName(name)));
    }
  }

  private boolean isManaged(String profileName) {
    try {
      InstanceProfile profile =
          iam.getInstanceProfile(get -> get.instanceProfileName(profileName)).instanceProfile();
      return profile.path().equals(Tags.PATH)
          && profile.tags().contains(Tag.builder().key(Tags.MANAGED).value("true").build());
    } catch (NoSuchEntityException goneAlready) {
      return true;
    }
  }

  private static void unlessGone(Runnable call) {
    try {
      call.run();
    } catch (NoSuchEntityException goneAlready) {
      // Done: by an earlier run that stopped here, or by a person.
      return;
    }
  }

  /** Returns the role as a launch payload that makes it again. */
  private static ObjectNode record(
      KnownRole role,
      Map<String, JsonNode> inline,
      List<String> managed,
      List<InstanceProfile> profiles) {
    ObjectNode iamPart = JSON.objectNode().put("role", role.name());
    ObjectNode document = JSON.objectNode().put("Version", "2012-10-17");
    inline
        .values()
        .forEach(policy -> addAll(document.withArray("Statement"), policy.path("Statement")));
    if (document.has("Statement")) {
      iamPart.set("policyDocument", document);
    }
    if (!managed.isEmpty()) {
      managed.forEach(iamPart.putArray("managedPolicies")::add);
    }
    iamPart.putArray("trustServices").add("ec2");
    iamPart.put("maxSessionDuration", role.maxSessionDuration());
    role.permissionsBoundary().ifPresent(boundary -> iamPart.put("permissionsBoundary", boundary));
    profiles.stream()
        .map(InstanceProfile::instanceProfileName)
        .filter(name -> !name.equals(role.name()))
        .findFirst()
        .ifPresent(name -> iamPart.put("instanceProfile", name));
    ObjectNode tags = JSON.objectNode();
    role.tags()
        .forEach(
            (key, value) -> {
              if (!key.toLowerCase(Locale.ROOT).startsWith("spawn:")) {
                tags.put(key, value);
              }
            });
    if (!tags.isEmpty()) {
      iamPart.set("roleTags", tags);
    }
    ObjectNode payload = JSON.objectNode();
    payload.set("iam", iamPart);
    return payload;
  }

  private static void addAll(
      com.fasterxml.jackson.databind.node.ArrayNode all, JsonNode statements) {
    if (statements.isArray()) {
      statements.forEach(all::add);
    } else {
      all.add(statements);
    }
  }
}
