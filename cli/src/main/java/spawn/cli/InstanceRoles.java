package spawn.cli;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociationState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;

/** Tells which roles instances have, by their profiles; each profile is read once. */
final class InstanceRoles {
  private final IamClient iam;

  /** What is known of profiles, by their names, which are one for the whole account. */
  private final Map<String, Known> profiles = new ConcurrentHashMap<>();

  InstanceRoles(IamClient iam) {
    this.iam = iam;
  }

  /**
   * What IAM says of a profile: itself, or why it is not told.
   *
   * @param profile the profile, if it is there and may be read
   * @param why why not, in a few words
   */
  private record Known(Optional<InstanceProfile> profile, String why) {}

  /**
   * Returns the role of an instance.
   *
   * @param changing the association that EC2 is making or ending, if it is; while a profile is
   *     replaced, the new one is being made
   */
  InstanceRole of(Instance instance, Optional<IamInstanceProfileAssociation> changing) {
    Optional<IamInstanceProfileAssociation> coming =
        changing.filter(
            association -> association.state() == IamInstanceProfileAssociationState.ASSOCIATING);
    Optional<IamInstanceProfile> held =
        coming
            .map(IamInstanceProfileAssociation::iamInstanceProfile)
            .or(() -> Optional.ofNullable(instance.iamInstanceProfile()))
            .or(() -> changing.map(IamInstanceProfileAssociation::iamInstanceProfile));
    InstanceRole role = held.map(this::of).orElse(InstanceRole.NONE);
    return changing.map(association -> role.changing(association.stateAsString())).orElse(role);
  }

  private InstanceRole of(IamInstanceProfile held) {
    Known known = profiles.computeIfAbsent(InstanceRole.nameIn(held.arn()), this::read);
    if (known.profile().isEmpty()) {
      return InstanceRole.unnamed(held.arn(), known.why());
    }
    InstanceProfile profile = known.profile().get();
    // EC2 goes by the id: under a name that was given again it finds nothing.
    if (held.id() != null && !held.id().equals(profile.instanceProfileId())) {
      return InstanceRole.unnamed(held.arn(), "profile deleted, another has its name");
    }
    return profile.roles().stream()
        .findFirst()
        .map(role -> InstanceRole.named(held.arn(), role.roleName()))
        .orElseGet(() -> InstanceRole.unnamed(held.arn(), "no role"));
  }

  private Known read(String name) {
    try {
      return new Known(
          Optional.of(
              iam.getInstanceProfile(get -> get.instanceProfileName(name)).instanceProfile()),
          "");
    } catch (NoSuchEntityException gone) {
      return new Known(Optional.empty(), "profile deleted");
    } catch (IamException refused) {
      return new Known(Optional.empty(), "role not readable");
    }
  }
}
