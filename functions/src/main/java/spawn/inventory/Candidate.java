package spawn.inventory;

import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.policy.TrustedPrincipals;
import spawn.role.KnownRole;
import spawn.role.Tags;

/**
 * A role under spawn's path as IAM's listing shows it, which is without its tags.
 *
 * @param name its name
 * @param id its unique id (AROA…): another one means another role, even under the same name
 * @param created when it was made
 * @param trusted who may assume it
 * @param profiles the instance profiles that hold it, spawn's own or not
 */
public record Candidate(
    String name,
    String id,
    Instant created,
    TrustedPrincipals trusted,
    List<InstanceProfile> profiles) {
  /** Copies the list of profiles. */
  public Candidate {
    profiles = List.copyOf(profiles);
  }

  static Candidate of(Role role, List<InstanceProfile> profiles) {
    return new Candidate(
        role.roleName(),
        role.roleId(),
        role.createDate(),
        TrustedPrincipals.of(KnownRole.decoded(role.assumeRolePolicyDocument())),
        profiles);
  }

  /** Returns the profiles that hold the role and are not under spawn's path. */
  public List<InstanceProfile> foreignProfiles() {
    return profiles.stream().filter(profile -> !profile.path().startsWith(Tags.PATH)).toList();
  }
}
