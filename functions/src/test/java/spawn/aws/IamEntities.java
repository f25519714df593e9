package spawn.aws;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The account's roles and instance profiles.
 *
 * <p>A name is one entity in whatever case, roles and profiles apart (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM name
 * requirements</a>). AWS does not say whether a look-up heeds the case; here it does not.
 */
final class IamEntities {
  private final Replicated<SimulatedRole> roles;
  private final Replicated<SimulatedProfile> profiles;

  IamEntities(Lag lag) {
    roles = new Replicated<>(lag, View.IAM, View.IAM_FROM_EC2);
    profiles = new Replicated<>(lag, View.IAM, View.IAM_FROM_EC2);
  }

  static String key(String name) {
    if (name == null) {
      throw AwsErrors.validationError("name", "Member must not be null");
    }
    return name.toLowerCase(Locale.ROOT);
  }

  Optional<SimulatedRole> role(String name) {
    return roles.current(key(name));
  }

  List<SimulatedRole> roles() {
    return roles.current();
  }

  Optional<SimulatedRole> roleSeen(View view, String name) {
    return roles.seenBy(view, key(name));
  }

  List<SimulatedRole> rolesSeen() {
    return roles.seenBy(View.IAM);
  }

  void put(SimulatedRole role) {
    roles.put(key(role.name()), role);
  }

  void removeRole(String name) {
    roles.remove(key(name));
  }

  Optional<SimulatedProfile> profile(String name) {
    return profiles.current(key(name));
  }

  List<SimulatedProfile> profiles() {
    return profiles.current();
  }

  Optional<SimulatedProfile> profileSeen(View view, String name) {
    return profiles.seenBy(view, key(name));
  }

  List<SimulatedProfile> profilesSeen() {
    return profiles.seenBy(View.IAM);
  }

  void put(SimulatedProfile profile) {
    profiles.put(key(profile.name()), profile);
  }

  void removeProfile(String name) {
    profiles.remove(key(name));
  }

  /** Shows a profile and the role in it to all. */
  void settleProfile(String name) {
    profiles.settle(key(name));
    profile(name).flatMap(SimulatedProfile::roleName).ifPresent(this::settleRole);
  }

  /** Shows a role to all. */
  void settleRole(String name) {
    roles.settle(key(name));
  }

  void settle() {
    roles.settle();
    profiles.settle();
  }
}
