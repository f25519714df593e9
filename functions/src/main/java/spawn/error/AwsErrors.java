package spawn.error;

import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * Says which of spawn's failures an AWS error is, for every error that no caller has expected: the
 * one place where AWS's codes are sorted.
 *
 * <p>Codes: <a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html">EC2 error
 * codes</a>, <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html">IAM
 * common errors</a> and the errors of each IAM operation. The set of capacity codes follows <a
 * href="https://github.com/aws/karpenter-provider-aws/blob/main/pkg/errors/errors.go">Karpenter's</a>.
 */
public final class AwsErrors {
  /**
   * What a zone, a subnet or a host lacks now: another one, or a later try, may do. A quota holds
   * in the whole Region, and so is none of these.
   */
  private static final Set<String> CAPACITY =
      Set.of(
          "IncompatibleHostRequirements",
          "InsufficientAddressCapacity",
          "InsufficientCapacity",
          "InsufficientCapacityOnHost",
          "InsufficientFreeAddressesInSubnet",
          "InsufficientHostCapacity",
          "InsufficientInstanceCapacity",
          "InsufficientReservedInstanceCapacity",
          "InsufficientReservedInstancesCapacity",
          "InsufficientVolumeCapacity",
          "ReservationCapacityExceeded",
          "SpotMaxPriceTooLow",
          "UnavailableHostRequirements",
          "UnfulfillableCapacity",
          "VolumeTypeNotAvailableInZone",
          "ZonesMismatched");

  private static final Set<String> QUOTA =
      Set.of(
          "InstanceLimitExceeded",
          "VcpuLimitExceeded",
          "MaxSpotInstanceCountExceeded",
          "VolumeLimitExceeded",
          "NetworkInterfaceLimitExceeded",
          "PrivateIpAddressLimitExceeded",
          "ResourceLimitExceeded",
          "LimitExceeded",
          "LimitExceededException");

  private static final Set<String> DENIED =
      Set.of(
          "AccessDenied",
          "AccessDeniedException",
          "UnauthorizedOperation",
          "AuthFailure",
          "OptInRequired",
          "InvalidClientTokenId",
          "UnrecognizedClientException",
          "ExpiredToken",
          "ExpiredTokenException",
          "SignatureDoesNotMatch");

  /** IAM asks to wait and repeat these: another writer was at the same object. */
  private static final Set<String> CONTENDED =
      Set.of("ConcurrentModification", "EntityTemporarilyUnmodifiable");

  private static final Set<String> INVALID =
      Set.of(
          "MalformedPolicyDocument",
          "InvalidInput",
          "ValidationError",
          "PolicyNotAttachable",
          "UnmodifiableEntity");

  private AwsErrors() {}

  /**
   * Returns the failure that an error of the SDK means, with AWS's own code and sentence in its
   * message.
   */
  public static SpawnException translate(SdkException error) {
    if (!(error instanceof AwsServiceException answer) || answer.awsErrorDetails() == null) {
      return new AwsUnavailable("AWS did not answer: " + error.getMessage(), error);
    }
    AwsErrorDetails details = answer.awsErrorDetails();
    String code = details.errorCode() == null ? "" : details.errorCode();
    String said = details.serviceName() + " answered " + code + ": " + details.errorMessage();
    if (answer.isThrottlingException() || isThrottling(code)) {
      return new Throttled(said, error);
    }
    if (isServerSide(answer, code) || CONTENDED.contains(code)) {
      return new AwsUnavailable(said, error);
    }
    if (CAPACITY.contains(code) || isUnsupportedInTheZone(code, details.errorMessage())) {
      return new CapacityUnavailable(said, error);
    }
    if (QUOTA.contains(code)) {
      return new QuotaExceeded(said, error);
    }
    if (DENIED.contains(code)) {
      return new AccessDenied(said, error);
    }
    if (INVALID.contains(code)) {
      return new InvalidRequest("$.iam", said);
    }
    return new LaunchRejected(said, error);
  }

  /**
   * Returns whether EC2 refuses a launch that another zone may take. {@code Unsupported} means
   * other things too, so its text has to be read, as <a
   * href="https://github.com/juju/juju/blob/main/internal/provider/ec2/environ.go">Juju</a> does:
   * "Your requested instance type (…) is not supported in your requested Availability Zone (…)" and
   * "The requested Availability Zone is currently constrained" (or "no longer supported") name it.
   *
   * <p>"The requested configuration is currently not supported" has <a
   * href="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html">two
   * causes</a>, the zone or options that do not fit the type. Taken for the zone, the second costs
   * a few vain tries; taken for the second, the first would end a launch that has a zone left.
   */
  private static boolean isUnsupportedInTheZone(String code, String message) {
    return code.equals("Unsupported")
        && message != null
        && (message.contains("Availability Zone")
            || message.contains("requested configuration is currently not supported"));
  }

  private static boolean isThrottling(String code) {
    return code.equals("RequestLimitExceeded") || code.toLowerCase(Locale.ROOT).contains("throttl");
  }

  /**
   * EC2 also sends capacity refusals with status 500; a code that says more than the status wins.
   */
  private static boolean isServerSide(SdkServiceException answer, String code) {
    return answer.statusCode() >= 500 && !CAPACITY.contains(code) && !QUOTA.contains(code);
  }
}
