package spawn.association;

import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileAssociation;

/**
 * An instance profile as EC2 knows it.
 *
 * @param arn its ARN
 * @param id its unique id (AIPA…): a profile that was made again under its ARN has another one
 */
public record HeldProfile(String arn, String id) {
  static HeldProfile of(IamInstanceProfileAssociation association) {
    IamInstanceProfile profile = association.iamInstanceProfile();
    return new HeldProfile(profile.arn(), profile.id());
  }
}
