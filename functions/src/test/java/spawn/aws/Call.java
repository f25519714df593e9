package spawn.aws;

import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/**
 * One call that a client made.
 *
 * @param number its place among all calls of this simulation, from 1
 * @param service {@code iam} or {@code ec2}, as in the names of IAM actions
 * @param region the region that was called; {@code aws-global} for IAM
 * @param operation as AWS spells it, {@code CreateRole}
 * @param request what was asked
 */
public record Call(
    long number, String service, String region, String operation, AwsRequest request) {

  /** Returns whether the call was meant to change something; a dry run is not. */
  public boolean isWrite() {
    if (request instanceof RunInstancesRequest launch && Boolean.TRUE.equals(launch.dryRun())) {
      return false;
    }
    return !operation.startsWith("Get")
        && !operation.startsWith("Generate") // a report about what is there
        && !operation.startsWith("List")
        && !operation.startsWith("Simulate")
        && !operation.startsWith("Describe");
  }

  /** Returns the IAM action that allows the call, {@code iam:CreateRole}. */
  public String action() {
    return service + ":" + operation;
  }

  @Override
  public String toString() {
    return "#" + number + " " + action() + " in " + region;
  }
}
