package spawn.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;

/**
 * An instance profile on an instance.
 *
 * @param id {@code iip-assoc-…}
 * @param profileArn the ARN that the profile had
 * @param profileId the id that the profile had; another profile of its name has another id
 * @param asked when it was asked for; at a launch it is made at once
 * @param ended when it was taken off; empty while it is the instance's active one
 */
public record ProfileAssociation(
    String id, String profileArn, String profileId, Instant asked, Optional<Instant> ended) {
  /**
   * How long an association is made or taken off. AWS gives no time; its states show that it takes
   * some (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileAssociation.html">
   * IamInstanceProfileAssociation</a>).
   */
  static final Duration CHANGE = Duration.ofSeconds(5);

  /** Returns whether the instance has its credentials from this one. */
  public boolean isActive() {
    return ended.isEmpty();
  }

  ProfileAssociation endedAt(Instant now) {
    return new ProfileAssociation(id, profileArn, profileId, asked, Optional.of(now));
  }

  IamInstanceProfileAssociationState state(Instant now) {
    if (ended.isPresent()) {
      return now.isBefore(ended.get().plus(CHANGE))
          ? IamInstanceProfileAssociationState.DISASSOCIATING
          : IamInstanceProfileAssociationState.DISASSOCIATED;
    }
    return now.isBefore(asked.plus(CHANGE))
        ? IamInstanceProfileAssociationState.ASSOCIATING
        : IamInstanceProfileAssociationState.ASSOCIATED;
  }

  IamInstanceProfile profile() {
    return IamInstanceProfile.builder().arn(profileArn).id(profileId).build();
  }

  IamInstanceProfileAssociation shown(String instanceId, Instant now) {
    return IamInstanceProfileAssociation.builder()
        .associationId(id)
        .instanceId(instanceId)
        .iamInstanceProfile(profile())
        .state(state(now))
        .build();
  }
}
