package spawn.error;

import java.util.Set;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

/** What EC2 says by an error that a launch or an association expects and goes on from. */
public final class Ec2Answers {
  private static final Set<String> OVERTAKEN =
      Set.of("IncorrectState", "IncorrectInstanceState", "InvalidAssociationID.NotFound");

  private Ec2Answers() {}

  /** Returns whether EC2 refuses only because it does not see the profile, or its role, yet. */
  public static boolean isNotYet(Ec2Exception answer) {
    return AwsErrors.kind(answer) == AnswerKind.PROPAGATION;
  }

  /**
   * Returns whether EC2 would have launched (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html">RunInstances,
   * DryRun</a>): the good answer is an error too.
   */
  public static boolean isDryRunPassed(Ec2Exception answer) {
    return AwsErrors.kind(answer) == AnswerKind.DRY_RUN;
  }

  /** Returns whether a launch template, or a version of it, does not exist or is not one. */
  public static boolean isUnknownTemplate(Ec2Exception answer) {
    return AwsErrors.code(answer).startsWith("InvalidLaunchTemplate");
  }

  /**
   * Returns whether EC2 does not know an instance, or does not show it yet (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html">eventual
   * consistency</a>).
   */
  public static boolean isUnknownInstance(Ec2Exception answer) {
    return AwsErrors.code(answer).equals("InvalidInstanceID.NotFound");
  }

  /** Returns whether another request has been launched under the same client token. */
  public static boolean isTokenTaken(Ec2Exception answer) {
    return AwsErrors.code(answer).equals("IdempotentParameterMismatch");
  }

  /**
   * Returns whether the same request was launched before, and its instances have been terminated
   * for so long that EC2 does not show them any more (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html">EC2 error
   * codes</a>).
   */
  public static boolean isTokenOfTerminated(Ec2Exception answer) {
    return AwsErrors.code(answer).equals("IdempotentInstanceTerminated");
  }

  /**
   * Returns whether EC2 refuses since an instance, or its association, is no longer as it was read:
   * the association is gone, another one is there, or the instance has been stopped or started (<a
   * href="https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html">EC2 error
   * codes</a>).
   */
  public static boolean isOvertaken(Ec2Exception answer) {
    return OVERTAKEN.contains(AwsErrors.code(answer));
  }
}
