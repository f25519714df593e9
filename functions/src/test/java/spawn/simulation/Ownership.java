package spawn.simulation;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import spawn.aws.ProfileAssociation;
import spawn.aws.SimulatedInstance;
import spawn.aws.SimulatedProfile;
import spawn.aws.SimulatedRole;
import spawn.role.Tags;

/** Whose roles and profiles are: spawn's, or those of people, who answer for them themselves. */
final class Ownership {
  private static final Pattern OF_A_STACK = Pattern.compile("/spawn/[^/]+/[^/]+/");

  private final Set<String> inPeoplesHands = new HashSet<>();
  private final Set<String> namesDeletedByHand = new HashSet<>();

  /** Notes that people have changed a role or a profile of spawn's themselves. */
  void handOver(String roleOrProfileId) {
    inPeoplesHands.add(roleOrProfileId);
  }

  /**
   * Notes that a person has deleted a role. IAM's reads may show it for half a minute, and a run of
   * its set then gives to whatever has its name by then.
   */
  void deletedByHand(String roleName) {
    namesDeletedByHand.add(roleName);
  }

  /** Returns whether a person has deleted a role of this name. */
  boolean isDeletedByHand(String roleName) {
    return namesDeletedByHand.contains(roleName);
  }

  /** Returns whether people have changed it themselves. */
  boolean isInPeoplesHands(String roleOrProfileId) {
    return inPeoplesHands.contains(roleOrProfileId);
  }

  /** Returns whether people have changed the profile that an instance carries. */
  boolean isInPeoplesHands(SimulatedInstance instance) {
    return instance
        .profile()
        .map(ProfileAssociation::profileId)
        .filter(inPeoplesHands::contains)
        .isPresent();
  }

  /** Returns whether a stack has made a role, whichever it is. */
  static boolean isOurs(SimulatedRole role) {
    return OF_A_STACK.matcher(role.path()).matches()
        && role.tag(Tags.MANAGED).equals(Optional.of("true"));
  }

  /** Returns whether a stack has made a profile, whichever it is. */
  static boolean isOurs(SimulatedProfile profile) {
    return OF_A_STACK.matcher(profile.path()).lookingAt()
        && "true".equals(profile.tags().get(Tags.MANAGED));
  }
}
