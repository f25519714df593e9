package spawn.inventory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.policy.TrustedPrincipals;
import spawn.role.ExpiryNote;
import spawn.role.KnownRole;
import spawn.role.Owner;

/**
 * A role under the stack's path as IAM's listing shows it, which is without its tags.
 *
 * @param name its name
 * @param id its unique id (AROA…): another one means another role, even under the same name
 * @param created when it was made
 * @param trusted who may assume it
 * @param profiles the instance profiles that hold it, the stack's own or not
 * @param foreignProfiles those of them that are not under the stack's path
 * @param expires when its description says that it ends, if it does
 */
public record Candidate(
    String name,
    String id,
    Instant created,
    TrustedPrincipals trusted,
    List<InstanceProfile> profiles,
    List<InstanceProfile> foreignProfiles,
    Optional<Instant> expires) {
  /** Copies the lists of profiles. */
  public Candidate {
    profiles = List.copyOf(profiles);
    foreignProfiles = List.copyOf(foreignProfiles);
  }

  static Candidate of(Role role, List<InstanceProfile> profiles, Owner owner) {
    return new Candidate(
        role.roleName(),
        role.roleId(),
        role.createDate(),
        TrustedPrincipals.of(KnownRole.decoded(role.assumeRolePolicyDocument())),
        profiles,
        profiles.stream().filter(profile -> !owner.owns(profile)).toList(),
        ExpiryNote.of(role.description()));
  }
}
