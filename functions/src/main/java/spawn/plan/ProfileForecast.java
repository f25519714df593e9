package spawn.plan;

import java.util.Optional;
import spawn.profile.EnsuredProfile;

/**
 * What would become of the instance profile.
 *
 * @param name its name
 * @param profile the profile; without an ARN where it would be made
 * @param refusal why a launch would fail, as a sentence; then there is no profile
 */
record ProfileForecast(String name, Optional<EnsuredProfile> profile, Optional<String> refusal) {
  /** Returns the ARN of a profile that has been complete for so long that EC2 knows it. */
  Optional<String> settledArn() {
    return profile.filter(EnsuredProfile::settled).map(EnsuredProfile::arn);
  }

  /** Returns the ARN of the profile, if it exists. */
  Optional<String> arn() {
    return profile.map(EnsuredProfile::arn);
  }
}
