package spawn;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import spawn.lambda.Aws;
import spawn.lambda.StateHandler;
import spawn.profile.EnsuredProfile;
import spawn.profile.InstanceProfiles;
import spawn.profile.ProfileRequest;

/**
 * The {@code EnsureProfile} state: makes the instance profile of a launch exist and hold its role.
 */
public final class EnsureProfile extends StateHandler<EnsureProfile.Input, EnsuredProfile> {
  private final InstanceProfiles profiles;

  /** Creates the function from its environment; Lambda calls this. */
  public EnsureProfile() {
    this(new InstanceProfiles(Aws.iam(), Clock.systemUTC()));
  }

  /** Creates the function on a service. */
  public EnsureProfile(InstanceProfiles profiles) {
    super(Input.class);
    this.profiles = profiles;
  }

  @Override
  protected EnsuredProfile handle(Input input) {
    return profiles.ensure(
        new ProfileRequest(
            Optional.ofNullable(input.profileName()).orElse(input.roleName()),
            input.roleName(),
            input.roleId(),
            input.outcome().equals("created"),
            input.roleCreated(),
            input.creator()));
  }

  /**
   * What the states before have found out.
   *
   * @param profileName the profile's name, or {@code null} where it is the role's
   * @param roleName the role that it must hold
   * @param roleId that role's unique id
   * @param outcome how EnsureRole came to the role: {@code created}, {@code reused} or {@code
   *     existing}
   * @param roleCreated when the role was made
   * @param creator who asked
   */
  public record Input(
      String profileName,
      String roleName,
      String roleId,
      String outcome,
      Instant roleCreated,
      String creator) {}
}
