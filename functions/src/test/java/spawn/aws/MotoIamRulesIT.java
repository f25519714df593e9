package spawn.aws;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.iam.IamClient;

/** Which of IAM's rules the local stack knows. */
@ResourceLock(MotoServer.SHARED)
@ExtendWith({MotoServer.class, Differences.class})
class MotoIamRulesIT extends IamRules {
  private final MotoServer.Running moto;

  MotoIamRulesIT(MotoServer.Running moto) {
    this.moto = moto;
  }

  @Override
  IamClient iam() {
    return moto.iam();
  }

  @Override
  IamClient iamBoundToSpawnsPath() {
    return moto.iam();
  }

  @Override
  String givenServiceLinkedRole() {
    return iam()
        .createServiceLinkedRole(request -> request.awsServiceName("batch.amazonaws.com"))
        .role()
        .roleName();
  }

  @Override
  String absentPolicy() {
    return "arn:aws:iam::aws:policy/Absent";
  }
}
