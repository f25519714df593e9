package spawn.error;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Says which of spawn's failures an AWS error is, for every error that no caller has expected: the
 * one place where AWS's codes are sorted.
 *
 * <p>{@code aws-errors.txt} lists every code that EC2 and IAM publish, each with its kind. A code
 * that is not listed goes by what stands before its dot, then by its form, then by its HTTP status;
 * one that none of these explains is {@link AwsRefused}. A code with more than one meaning goes by
 * its message.
 */
public final class AwsErrors {
  private static final String SERVICE_LINKED_ROLE =
      "AuthFailure.ServiceLinkedRoleCreationNotPermitted";

  /** How the name of an image that a parameter holds begins, and of those that AWS publishes. */
  private static final String IMAGE_PARAMETER = "resolve:ssm:";

  private static final String PUBLIC_IMAGE_PARAMETER = IMAGE_PARAMETER + "/aws/service/";

  /** What EC2's sentence about an image has in it, and with it perhaps the image's name. */
  private static final Pattern ABOUT_AN_IMAGE = Pattern.compile("(?i)image|\\bami");

  /** Codes with more than one meaning: the message says which. The first that matches counts. */
  private enum Meaning {
    /**
     * EC2 shares this code among many causes, so <a
     * href="https://github.com/aws/karpenter-provider-aws/blob/main/pkg/errors/errors.go">Karpenter</a>
     * and <a
     * href="https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/ec2_instance.go">Terraform</a>
     * read its text too: an unknown profile, by name or ARN, or one whose role EC2 does not see.
     */
    UNSEEN_PROFILE(
        "InvalidParameterValue",
        "Invalid IAM Instance Profile|has no associated IAM Roles",
        AnswerKind.PROPAGATION),
    /**
     * "Trying to use an AMI for which you do not have permissions" (<a
     * href="https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html">EC2 error
     * codes</a>): the payload names somebody else's image.
     */
    IMAGE_OF_ANOTHER_ACCOUNT("AuthFailure", "Not authorized for images", AnswerKind.CALLER),
    /**
     * The stack's own policies, or its LaunchBoundaryArn, deny what the launch asks for (<a
     * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html">access
     * denied messages</a>). Where no policy of a function's role allows the launch at all, or an
     * organization denies it, the operator has to act.
     */
    EXCLUDED_BY_A_LIMIT(
        "UnauthorizedOperation",
        "is not authorized to perform: ec2:RunInstances on resource: \\S+ (with an explicit deny in (an identity-based policy|a permissions boundary)|because no permissions boundary allows)",
        AnswerKind.CALLER),
    /** A Marketplace image whose terms nobody in this account has accepted. */
    MARKETPLACE_TERMS("OptInRequired", "(?i)marketplace|accept terms", AnswerKind.CALLER),
    /**
     * "Trying to launch an instance in an Availability Zone that currently has constraints on that
     * instance type" (<a
     * href="https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html">EC2 error
     * codes</a>): in another zone it may do. <a
     * href="https://github.com/juju/juju/blob/main/internal/provider/ec2/environ.go">Juju</a> reads
     * the text too.
     *
     * <p>"The requested configuration is currently not supported" has <a
     * href="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html">two
     * causes</a>, the zone or options that do not fit the type. Taken for the zone, the second
     * costs a few vain tries; taken for the second, the first would end a launch that has a zone
     * left.
     */
    TYPE_NOT_IN_ZONE(
        "Unsupported",
        "(?i)availability zone|requested configuration is currently not supported",
        AnswerKind.CAPACITY);

    private final String code;
    private final Pattern message;
    private final AnswerKind kind;

    Meaning(String code, String message, AnswerKind kind) {
      this.code = code;
      this.message = Pattern.compile(message);
      this.kind = kind;
    }

    private boolean fits(AwsServiceException answer) {
      return fits(code(answer), String.valueOf(answer.awsErrorDetails().errorMessage()));
    }

    private boolean fits(String answered, String said) {
      return code.equals(answered) && message.matcher(said).find();
    }

    private static Optional<AnswerKind> of(String code, String message) {
      for (Meaning meaning : values()) {
        if (meaning.fits(code, message)) {
          return Optional.of(meaning.kind);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * How AWS forms its codes, for those that it has not published. The first that matches counts.
   */
  private enum Form {
    THROTTLED("(?i).*throttl.*|.*RequestLimitExceeded.*|TooManyRequests.*", AnswerKind.THROTTLED),
    CAPACITY(
        "Insufficient.*(Capacity|Addresses).*|.*CapacityExceeded|.*NotAvailableIn(Zone|AvailabilityZone)",
        AnswerKind.CAPACITY),
    QUOTA(".*(Limit|Quota|Count)Exceeded(Exception)?|Max.*Exceeded", AnswerKind.QUOTA),
    PERMISSION(
        "(?i).*(AccessDenied|Unauthorized|NotAuthorized|NotPermitted).*", AnswerKind.PERMISSION),
    AGAIN(".*InProgress|Concurrent.*|.*Unavailable(Exception)?|.*Timeout.*", AnswerKind.AGAIN),
    CALLER(
        "(Invalid|Missing|Malformed|Unknown|Unsupported|Incorrect|Incompatible)[A-Z.].*"
            + "|.*(NotFound|Malformed|Unsupported|NotSupported|Mismatch|InUse|AlreadyExists)(Exception)?",
        AnswerKind.CALLER);

    private final Pattern code;
    private final AnswerKind kind;

    Form(String code, AnswerKind kind) {
      this.code = Pattern.compile(code);
      this.kind = kind;
    }

    private static Optional<AnswerKind> of(String code) {
      for (Form form : values()) {
        if (form.code.matcher(code).matches()) {
          return Optional.of(form.kind);
        }
      }
      return Optional.empty();
    }
  }

  private AwsErrors() {}

  /**
   * Returns the failure that an error of the SDK means, with AWS's own code and sentence in its
   * message.
   *
   * @param path the JSON path of what the call was about in the payload; nothing where no part of a
   *     payload can be the reason, so that a refusal is for the operator
   */
  public static SpawnException translate(SdkException error, Optional<String> path) {
    String said = said(error);
    return switch (kind(error)) {
      case CALLER ->
          path.<SpawnException>map(where -> new InvalidRequest(where, said))
              .orElseGet(() -> new AwsRefused(said, error));
      case CAPACITY -> new CapacityUnavailable(said, error);
      case QUOTA -> new QuotaExceeded(said, error);
      case PERMISSION -> new AccessDenied(said + remedy(error), error);
      case THROTTLED -> new Throttled(said, error);
      case AGAIN -> new AwsUnavailable(said, error);
      case ACCOUNT ->
          new AwsRefused(said + " This is a matter of the AWS account, not of the payload.", error);
      case PROPAGATION, DRY_RUN, IDEMPOTENCY, SPAWN, UNKNOWN -> new AwsRefused(said, error);
    };
  }

  /**
   * Returns the failure that a refusal of RunInstances, or of its dry run, means: what the request
   * is the reason for is {@link LaunchRejected}. Where the image is in a parameter, EC2's sentence
   * about it may hold what the parameter holds, which the caller may not be meant to read.
   *
   * @param imageId the image as the request names it, or {@code null}
   */
  public static SpawnException ofLaunch(SdkException refusal, String imageId) {
    if (isSecret(imageId) && saysWhatAParameterHolds(refusal)) {
      return new LaunchRejected(
          "EC2 answered %s: what %s holds is no image that this launch can use. EC2's sentence is left out, since it may hold the parameter's value."
              .formatted(code((AwsServiceException) refusal), imageId));
    }
    return kind(refusal) == AnswerKind.CALLER
        ? new LaunchRejected(said(refusal) + remedy(refusal), refusal)
        : translate(refusal, Optional.empty());
  }

  private static boolean isSecret(String imageId) {
    return imageId != null
        && imageId.regionMatches(true, 0, IMAGE_PARAMETER, 0, IMAGE_PARAMETER.length())
        && !imageId.startsWith(PUBLIC_IMAGE_PARAMETER);
  }

  private static boolean saysWhatAParameterHolds(SdkException refusal) {
    AnswerKind kind = kind(refusal);
    return (kind == AnswerKind.CALLER || kind == AnswerKind.UNKNOWN)
        && refusal instanceof AwsServiceException answer
        && answer.awsErrorDetails() != null
        && !Meaning.EXCLUDED_BY_A_LIMIT.fits(answer)
        && ABOUT_AN_IMAGE
            .matcher(code(answer) + " " + answer.awsErrorDetails().errorMessage())
            .find();
  }

  /** Returns what an error of the SDK means. One without an answer of AWS may succeed later. */
  public static AnswerKind kind(SdkException error) {
    if (!(error instanceof AwsServiceException answer) || answer.awsErrorDetails() == null) {
      return AnswerKind.AGAIN;
    }
    String code = code(answer);
    return listed(code, Optional.ofNullable(answer.awsErrorDetails().errorMessage()).orElse(""))
        .or(
            () ->
                answer.isThrottlingException() ? Optional.of(AnswerKind.THROTTLED) : Form.of(code))
        .orElse(answer.statusCode() >= 500 ? AnswerKind.AGAIN : AnswerKind.UNKNOWN);
  }

  /**
   * Returns what an error code means that AWS gives elsewhere than in an answer, without the word
   * for whose fault it is, and with its message.
   */
  public static AnswerKind kind(String code, String message) {
    return listed(code, message).or(() -> Form.of(code)).orElse(AnswerKind.UNKNOWN);
  }

  private static Optional<AnswerKind> listed(String code, String message) {
    return Meaning.of(code, message)
        .or(() -> Optional.ofNullable(Codes.KINDS.get(code)))
        .or(() -> Optional.ofNullable(Codes.KINDS.get(code.replaceFirst("\\..*", ""))));
  }

  /**
   * Returns AWS's error code, without the word for who has made the error that some answers add.
   */
  static String code(AwsServiceException answer) {
    String code = answer.awsErrorDetails().errorCode();
    return code == null ? "" : code.replaceFirst("^(Client|Server)\\.", "");
  }

  private static String said(SdkException error) {
    if (!(error instanceof AwsServiceException answer) || answer.awsErrorDetails() == null) {
      return "AWS did not answer: " + error.getMessage();
    }
    AwsErrorDetails details = answer.awsErrorDetails();
    String service =
        Optional.ofNullable(details.serviceName()).orElse("AWS").toUpperCase(Locale.ROOT);
    return "%s answered %s: %s".formatted(service, code(answer), details.errorMessage());
  }

  /**
   * Returns what ends a refusal, where spawn knows more than AWS says. The first Spot launch of an
   * account needs a role that only the console makes by itself (<a
   * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html">service-linked
   * role for Spot</a>).
   */
  private static String remedy(SdkException error) {
    if (!(error instanceof AwsServiceException answer) || answer.awsErrorDetails() == null) {
      return "";
    }
    if (Meaning.EXCLUDED_BY_A_LIMIT.fits(answer)) {
      return " The stack's limits exclude this launch, or it names something whose owner has not opened it to launches: see docs/teams.md.";
    }
    return code(answer).equals(SERVICE_LINKED_ROLE)
        ? " Make the role once for the account: aws iam create-service-linked-role --aws-service-name spot.amazonaws.com"
        : "";
  }

  /** The codes of {@code aws-errors.txt}, read when the first error has to be sorted. */
  private static final class Codes {
    private static final Map<String, AnswerKind> KINDS = AwsErrorCodes.read();
  }
}
