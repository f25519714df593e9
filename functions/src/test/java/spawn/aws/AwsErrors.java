package spawn.aws;

import java.net.SocketTimeoutException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.iam.model.ConcurrentModificationException;
import software.amazon.awssdk.services.iam.model.DeleteConflictException;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.InvalidInputException;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.PolicyNotAttachableException;
import software.amazon.awssdk.services.iam.model.ServiceFailureException;
import software.amazon.awssdk.services.iam.model.UnmodifiableEntityException;
import software.amazon.awssdk.services.sfn.model.SfnException;

/**
 * AWS's refusals as the SDK throws them: the type, the code on the wire, the HTTP status.
 *
 * <p>IAM's codes and statuses are those of the exceptions in its API reference, EC2's those of <a
 * href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-codes.html">its error
 * codes</a>. EC2 has no typed exceptions.
 */
public final class AwsErrors {
  private AwsErrors() {}

  /** {@code NoSuchEntity}, 404. */
  public static IamException noSuchEntity(String message) {
    return told(NoSuchEntityException.builder(), "Iam", "NoSuchEntity", 404, message).build();
  }

  /** {@code EntityAlreadyExists}, 409. */
  public static IamException entityAlreadyExists(String message) {
    return told(EntityAlreadyExistsException.builder(), "Iam", "EntityAlreadyExists", 409, message)
        .build();
  }

  /** {@code LimitExceeded}, 409. */
  public static IamException limitExceeded(String message) {
    return told(LimitExceededException.builder(), "Iam", "LimitExceeded", 409, message).build();
  }

  /** {@code DeleteConflict}, 409. */
  public static IamException deleteConflict(String message) {
    return told(DeleteConflictException.builder(), "Iam", "DeleteConflict", 409, message).build();
  }

  /** {@code ConcurrentModification}, 409: somebody else writes the same object just now. */
  public static IamException concurrentModification() {
    return told(
            ConcurrentModificationException.builder(),
            "Iam",
            "ConcurrentModification",
            409,
            "Request cannot be completed because of simultaneous changes to this entity.")
        .build();
  }

  /** {@code MalformedPolicyDocument}, 400. */
  public static IamException malformedPolicyDocument(String message) {
    return told(
            MalformedPolicyDocumentException.builder(),
            "Iam",
            "MalformedPolicyDocument",
            400,
            message)
        .build();
  }

  /** {@code InvalidInput}, 400. */
  public static IamException invalidInput(String message) {
    return told(InvalidInputException.builder(), "Iam", "InvalidInput", 400, message).build();
  }

  /** {@code UnmodifiableEntity}, 400: a service-linked role. */
  public static IamException unmodifiableEntity(String message) {
    return told(UnmodifiableEntityException.builder(), "Iam", "UnmodifiableEntity", 400, message)
        .build();
  }

  /** {@code PolicyNotAttachable}, 400. */
  public static IamException policyNotAttachable(String message) {
    return told(PolicyNotAttachableException.builder(), "Iam", "PolicyNotAttachable", 400, message)
        .build();
  }

  /** {@code ValidationError}, 400: a parameter outside its character set or length. */
  public static IamException validationError(String parameter, String constraint) {
    return iam(
        "ValidationError",
        400,
        "1 validation error detected: Value at '"
            + parameter
            + "' failed to satisfy constraint: "
            + constraint);
  }

  /** {@code ServiceFailure}, 500: IAM's own failure. */
  public static IamException serviceFailure() {
    return told(
            ServiceFailureException.builder(),
            "Iam",
            "ServiceFailure",
            500,
            "Service failed to process the request.")
        .build();
  }

  /** {@code Throttling}, 400: too many IAM calls. */
  public static IamException throttling() {
    return iam("Throttling", 400, "Rate exceeded");
  }

  /** {@code AccessDenied}, 403: IAM's refusal of a caller without the permission. */
  public static IamException accessDenied(String action) {
    return iam("AccessDenied", 403, notAuthorized(action));
  }

  /** Returns a refusal by IAM that has no type of its own. */
  public static IamException iam(String code, int status, String message) {
    IamException.Builder builder = IamException.builder();
    return (IamException) told(builder, "Iam", code, status, message).build();
  }

  /** {@code RequestLimitExceeded}, 503: too many EC2 calls. */
  public static Ec2Exception requestLimitExceeded() {
    return ec2("RequestLimitExceeded", 503, "Request limit exceeded.");
  }

  /** {@code InternalError}, 500: EC2's own failure. */
  public static Ec2Exception internalError() {
    return ec2("InternalError", 500, "An internal error has occurred");
  }

  /** {@code Unavailable}, 503: the region does not answer. */
  public static Ec2Exception unavailable() {
    return ec2("Unavailable", 503, "The service is unavailable. Please try again shortly.");
  }

  /** {@code UnauthorizedOperation}, 403: EC2's refusal of a caller without the permission. */
  public static Ec2Exception unauthorizedOperation(String action) {
    return ec2(
        "UnauthorizedOperation",
        403,
        "You are not authorized to perform this operation. " + notAuthorized(action));
  }

  /** Returns a refusal by EC2. */
  public static Ec2Exception ec2(String code, int status, String message) {
    Ec2Exception.Builder builder = Ec2Exception.builder();
    return (Ec2Exception) told(builder, "Ec2", code, status, message).build();
  }

  /** Returns the SDK's giving up on a call after its whole time; the call may have taken effect. */
  public static SdkClientException callTimeout() {
    return ApiCallTimeoutException.create(10_000);
  }

  /** Returns the loss of the connection while an answer was awaited. */
  public static SdkClientException connectionLost() {
    return SdkClientException.create(
        "Unable to execute HTTP request: Read timed out",
        new SocketTimeoutException("Read timed out"));
  }

  /** Returns a refusal by Step Functions: all of them are answered with 400. */
  static SfnException states(SfnException.Builder builder, String code, String message) {
    return (SfnException) told(builder, "Sfn", code, 400, message).build();
  }

  private static String notAuthorized(String action) {
    return "User: arn:aws:sts::123456789012:assumed-role/caller/session is not authorized to perform: "
        + action
        + " because no identity-based policy allows the "
        + action
        + " action";
  }

  private static <B extends AwsServiceException.Builder> B told(
      B builder, String service, String code, int status, String message) {
    builder
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .serviceName(service)
                .errorCode(code)
                .errorMessage(message)
                .sdkHttpResponse(SdkHttpResponse.builder().statusCode(status).build())
                .build())
        .message(message)
        .requestId("00000000-0000-0000-0000-000000000000")
        .statusCode(status);
    return builder;
  }
}
