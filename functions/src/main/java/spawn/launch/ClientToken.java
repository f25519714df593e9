package spawn.launch;

import java.util.Optional;
import spawn.payload.Sha256;

/** The token by which EC2 knows a repeated launch. */
final class ClientToken {
  private ClientToken() {}

  /**
   * Returns the launch token of an execution: 64 lower-case hex characters, equal for every retry
   * of the same launch.
   *
   * <p>EC2 takes at most 64 ASCII characters; it answers a repeated token with the first call's
   * instances, or refuses it if the request differs (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html">ensuring
   * idempotency</a>).
   *
   * @param execution the ARN of the execution, which is never given twice
   * @param subnetId the subnet that is tried, where there are several: a request for another one is
   *     another request
   */
  static String of(String execution, Optional<String> subnetId) {
    return Sha256.hex(execution + subnetId.map(" "::concat).orElse(""));
  }
}
