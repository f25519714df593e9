package spawn.cli;

import java.util.Optional;

/**
 * The role that an instance has now: that of the profile that is associated with it.
 *
 * @param profileArn the profile's ARN; nothing if the instance has no profile
 * @param name the role's name; nothing if there is no role, or it cannot be told
 * @param remark why there is none, or what is about to change: a word or two
 */
record InstanceRole(Optional<String> profileArn, Optional<String> name, Optional<String> remark) {
  /** The role of an instance without a profile. */
  static final InstanceRole NONE =
      new InstanceRole(Optional.empty(), Optional.empty(), Optional.empty());

  /** Returns a role that is there. */
  static InstanceRole named(String profileArn, String name) {
    return new InstanceRole(Optional.of(profileArn), Optional.of(name), Optional.empty());
  }

  /** Returns a profile whose role is not there, or is not known. */
  static InstanceRole unnamed(String profileArn, String why) {
    return new InstanceRole(Optional.of(profileArn), Optional.empty(), Optional.of(why));
  }

  /** Returns the same while it is changed. */
  InstanceRole changing(String how) {
    return new InstanceRole(
        profileArn, name, Optional.of(remark.map(why -> why + ", " + how).orElse(how)));
  }

  /** Returns the profile's name. */
  Optional<String> profileName() {
    return profileArn.map(InstanceRole::nameIn);
  }

  /** Returns the name at the end of an ARN, after its path. */
  static String nameIn(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }

  /**
   * Returns it in a few words: {@code worker}, {@code worker (associating)}, or {@code profile (no
   * role)}, where {@code profile} is the profile's name; nothing without a profile.
   */
  Optional<String> inWords() {
    return name.or(this::profileName)
        .map(known -> known + remark.map(text -> " (" + text + ")").orElse(""));
  }
}
