package spawn.aws;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;

/** Which of EC2's rules the local stack knows. */
@ResourceLock(MotoServer.SHARED)
@ExtendWith({MotoServer.class, Differences.class})
class MotoEc2RulesIT extends Ec2Rules {
  private final MotoServer.Running moto;

  MotoEc2RulesIT(MotoServer.Running moto) {
    this.moto = moto;
  }

  @Override
  IamClient iam() {
    return moto.iam();
  }

  @Override
  Ec2Client ec2(String region) {
    return moto.ec2(region);
  }

  /** What moto is asked for has happened when it answers. */
  @Override
  void untilSettled() {}
}
