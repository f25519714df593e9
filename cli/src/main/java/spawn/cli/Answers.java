package spawn.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * What an answer of AWS means for whoever typed the command. The codes are sorted by {@code
 * aws-answers.txt}; one that is not listed is told as AWS says it.
 */
final class Answers {
  /**
   * The regions that every account has; another one has to be enabled first (<a
   * href="https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html">AWS
   * regions</a>).
   */
  private static final Pattern ENABLED =
      Pattern.compile(
          "(us-(east|west)-[12]|ap-south-1|ap-northeast-[123]|ap-southeast-[12]|ca-central-1|eu-central-1|eu-west-[123]|eu-north-1|sa-east-1|(cn|us-gov|us-iso|us-isob|eusc|eu-isoe)-.*)");

  /** What a wrong clock makes of a signature. */
  private static final Pattern CLOCK =
      Pattern.compile(
          "(?i)signature expired|not yet current|date is too|difference between|must be within");

  /** What whoever typed the command can do. */
  enum Kind {
    DENIED,
    EXPIRED,
    KEY,
    SIGNATURE,
    CLOCK,
    THROTTLED,
    AGAIN,
    ACCOUNT,
    STARTING,
    GONE,
    OTHER
  }

  private final AwsServiceException answer;
  private final String code;
  private final String said;
  private final String service;
  private final Caller caller;

  private Answers(AwsServiceException answer, Caller caller) {
    Optional<AwsErrorDetails> details = Optional.ofNullable(answer.awsErrorDetails());
    this.answer = answer;
    this.code =
        details.map(AwsErrorDetails::errorCode).orElse("").replaceFirst("^(Client|Server)\\.", "");
    this.said = Failures.firstLine(details.map(AwsErrorDetails::errorMessage).orElse(""));
    this.service = details.map(AwsErrorDetails::serviceName).map(Answers::written).orElse("AWS");
    this.caller = caller;
  }

  /** Returns the sentence. */
  static CommandFailure of(AwsServiceException answer, Caller caller) {
    return new Answers(answer, caller).failure();
  }

  private CommandFailure failure() {
    if (code.isEmpty()) {
      return answer.statusCode() >= 500 && caller.endpoint().isEmpty()
          ? CommandFailure.failed(fault())
          : NoAnswer.notOfAws(caller, "it answered with the status " + answer.statusCode());
    }
    return switch (kind()) {
      case DENIED -> CommandFailure.failed(DeniedCall.sentence(service, said, caller));
      case EXPIRED ->
          CommandFailure.wrongCall(
              "%s have expired: %s.".formatted(caller.credentials(), caller.login()));
      case KEY -> CommandFailure.wrongCall(unknownKey());
      case SIGNATURE ->
          CommandFailure.wrongCall(
              "%s are wrong, as the secret key does not belong to the access key: copy both anew (%s)."
                  .formatted(caller.credentials(), caller.login()));
      case CLOCK ->
          CommandFailure.wrongCall(
              "This computer's clock is wrong, so AWS takes no call from it: set the clock, best by NTP, and try again.");
      case THROTTLED ->
          CommandFailure.failed(
              "%s asks to slow down (%s): try again in a minute.".formatted(service, code));
      case AGAIN -> CommandFailure.failed(fault());
      case ACCOUNT -> CommandFailure.failed(account());
      case STARTING ->
          CommandFailure.failed(
              "The function is not ready yet (%s): try again in a few minutes.".formatted(code));
      case GONE ->
          CommandFailure.failed(
              "Something of the stack %s is no longer there (%s): deploy the stack anew."
                  .formatted(caller.stack(), sentence(said)));
      case OTHER ->
          CommandFailure.failed(
              said.isEmpty()
                  ? "%s answered %s.".formatted(service, code)
                  : "%s answered %s: %s".formatted(service, code, sentence(said)));
    };
  }

  private Kind kind() {
    Kind listed = Codes.KINDS.getOrDefault(code, Kind.OTHER);
    if ((listed == Kind.SIGNATURE || listed == Kind.EXPIRED) && CLOCK.matcher(said).find()) {
      return Kind.CLOCK;
    }
    if (listed == Kind.GONE && !said.contains("unction") && !said.contains("tate")) {
      return Kind.OTHER;
    }
    if (listed != Kind.OTHER) {
      return listed;
    }
    if (answer.isThrottlingException()) {
      return Kind.THROTTLED;
    }
    if (answer.isClockSkewException()) {
      return Kind.CLOCK;
    }
    return answer.statusCode() >= 500 ? Kind.AGAIN : Kind.OTHER;
  }

  private String unknownKey() {
    String region =
        caller
            .region()
            .filter(name -> !ENABLED.matcher(name).matches())
            .map(
                name ->
                    "; or the region %s is not enabled in the account yet (aws account enable-region --region-name %s)"
                        .formatted(name, name))
            .orElse("");
    return "%s are none that AWS knows (%s): a key is misspelt, deleted or inactive, or the session token is missing%s. To mend it, %s."
        .formatted(caller.credentials(), code, region, caller.login());
  }

  private String fault() {
    return "%s has a fault of its own right now (%s): try again in a few minutes."
        .formatted(service, code.isEmpty() ? "status " + answer.statusCode() : code);
  }

  private String account() {
    return caller
        .region()
        .filter(name -> !ENABLED.matcher(name).matches())
        .map(
            name ->
                "The region %s is not enabled in the account: aws account enable-region --region-name %s"
                    .formatted(name, name))
        .orElseGet(
            () ->
                "The account may not use %s yet (%s): %s".formatted(service, code, sentence(said)));
  }

  private static String sentence(String text) {
    return text.isEmpty() || text.endsWith(".") || text.endsWith("!") ? text : text + ".";
  }

  /** Returns a service's name as people write it. */
  private static String written(String ofTheSdk) {
    return switch (ofTheSdk.toLowerCase(Locale.ROOT)) {
      case "ec2" -> "EC2";
      case "iam" -> "IAM";
      case "sfn" -> "Step Functions";
      case "ssm" -> "Systems Manager";
      case "sts" -> "STS";
      case "sso", "sso oidc" -> "IAM Identity Center";
      default -> ofTheSdk;
    };
  }

  /** The codes of the list, read when the first answer has to be told. */
  private static final class Codes {
    private static final Map<String, Kind> KINDS = read();

    private static Map<String, Kind> read() {
      try (InputStream file = Answers.class.getResourceAsStream("aws-answers.txt")) {
        return read(new String(file.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }

    private static Map<String, Kind> read(String list) {
      Map<String, Kind> kinds = new HashMap<>();
      Kind kind = Kind.OTHER;
      for (String line : list.lines().toList()) {
        if (line.startsWith("[")) {
          kind = Kind.valueOf(line.substring(1, line.length() - 1).toUpperCase(Locale.ROOT));
        } else if (!line.startsWith("#")) {
          for (String listed : line.strip().split("\\s+", -1)) {
            kinds.put(listed, kind);
          }
        }
      }
      return kinds;
    }
  }
}
