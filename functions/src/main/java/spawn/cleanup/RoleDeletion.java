package spawn.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.DeleteConflictException;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import spawn.role.IamAnswers;
import spawn.role.KnownRole;
import spawn.role.Owner;
import spawn.role.RoleContent;
import spawn.role.RoleExport;
import spawn.role.Tags;

/**
 * Removes one role with its profile and policies.
 *
 * <p>The lease tag goes first: a role that is spared half-way then counts as half-made, and is
 * completed before it is used again. The rest follows the order that IAM asks for (<a
 * href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html">DeleteRole</a>).
 * What is already gone counts as done, so that the next run goes on where this one stopped.
 */
final class RoleDeletion {
  /** How often a role that changes during its deletion is read. */
  private static final int ROUNDS = 3;

  private final IamClient iam;
  private final Owner owner;
  private final Consumer<ObjectNode> log;

  /**
   * Creates the deletion on one account's IAM.
   *
   * @param log takes each role, with a payload that makes it again, before its first call
   */
  RoleDeletion(IamClient iam, Owner owner, Consumer<ObjectNode> log) {
    this.iam = iam;
    this.owner = owner;
    this.log = log;
  }

  /**
   * Removes a role.
   *
   * @param listed the profiles that held it when the sweep looked
   * @param objection says of the inline policies that it holds why it stays, if it does
   * @return why it stays: that, or a profile that holds it and is not the stack's; nothing when it
   *     is gone
   */
  Optional<Decision.Keep> delete(
      KnownRole role,
      List<InstanceProfile> listed,
      Function<Map<String, JsonNode>, Optional<Decision.Keep>> objection) {
    List<InstanceProfile> profiles = listed;
    for (int round = 1; ; round++) {
      Optional<InstanceProfile> foreign =
          profiles.stream().filter(profile -> !isManaged(profile.instanceProfileName())).findAny();
      if (foreign.isPresent()) {
        return foreign.map(InstanceProfile::arn).map(RoleDeletion::inAnUntaggedProfile);
      }
      try {
        RoleContent content = new RoleContent(iam);
        Map<String, JsonNode> inline = content.inlinePolicies(role.name());
        Optional<Decision.Keep> stays = objection.apply(inline);
        if (stays.isEmpty()) {
          delete(role, profiles, inline, content.managedPolicies(role.name()));
        }
        return stays;
      } catch (DeleteConflictException | NoSuchEntityException changedMeanwhile) {
        if (round == ROUNDS) {
          throw changedMeanwhile;
        }
      }
      try {
        profiles =
            iam
                .listInstanceProfilesForRolePaginator(list -> list.roleName(role.name()))
                .instanceProfiles()
                .stream()
                .toList();
      } catch (NoSuchEntityException roleIsGone) {
        return Optional.empty();
      }
    }
  }

  /** Returns why a role stays that is in a profile of somebody else's. */
  static Decision.Keep inAnUntaggedProfile(String arn) {
    return new Decision.Keep(
        KeepReason.FOREIGN_PROFILE,
        "it is in a profile that lacks the tag %s=true: %s".formatted(Tags.MANAGED, arn));
  }

  private void delete(
      KnownRole role,
      List<InstanceProfile> profiles,
      Map<String, JsonNode> inline,
      List<String> managed) {
    String name = role.name();
    log.accept(
        new RoleExport(
                owner,
                role,
                inline,
                managed,
                profiles.stream().map(InstanceProfile::instanceProfileName).toList())
            .document());
    // If the role is gone, another of its name may come to hold its profiles: they are listed
    // again.
    iam.untagRole(untag -> untag.roleName(name).tagKeys(Tags.LEASE_UNTIL));
    for (InstanceProfile profile : profiles) {
      String profileName = profile.instanceProfileName();
      IamAnswers.unlessGone(
          () ->
              iam.removeRoleFromInstanceProfile(
                  remove -> remove.roleName(name).instanceProfileName(profileName)));
      deleteProfile(profileName);
    }
    for (String arn : managed) {
      IamAnswers.unlessGone(
          () -> iam.detachRolePolicy(detach -> detach.roleName(name).policyArn(arn)));
    }
    for (String policy : inline.keySet()) {
      IamAnswers.unlessGone(
          () -> iam.deleteRolePolicy(delete -> delete.roleName(name).policyName(policy)));
    }
    IamAnswers.unlessGone(() -> iam.deleteRole(delete -> delete.roleName(name)));
  }

  /** Removes an empty profile. */
  void deleteProfile(String profile) {
    IamAnswers.unlessGone(
        () -> iam.deleteInstanceProfile(delete -> delete.instanceProfileName(profile)));
  }

  /** Returns whether the stack made a profile; one that is already gone counts as the stack's. */
  boolean isManaged(String profileName) {
    try {
      return owner.manages(
          iam.getInstanceProfile(get -> get.instanceProfileName(profileName)).instanceProfile());
    } catch (NoSuchEntityException goneAlready) {
      return true;
    }
  }
}
