package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.internal.AwsErrorCode;
import spawn.local.LocalStack;

/** What AWS refuses is told in one sentence that says what to do. */
class AwsRefusalsTest {
  private static CommandFailure told(String code, String message, Map<String, String> environment) {
    return AwsRefusals.of(answer("Lambda", code, message, 400), caller(environment)).orElseThrow();
  }

  private static AwsServiceException answer(
      String service, String code, String message, int status) {
    return AwsServiceException.builder()
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .serviceName(service)
                .errorCode(code)
                .errorMessage(message)
                .build())
        .statusCode(status)
        .build();
  }

  static Caller caller(Map<String, String> environment) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    return Caller.of(
        new Shell(
            new BufferedReader(Reader.nullReader()),
            nowhere,
            nowhere,
            false,
            Path.of(""),
            environment));
  }

  private static void isOneSentence(CommandFailure failure) {
    assertThat(failure.getMessage())
        .doesNotContain("\n", "null", "Exception:", "software.amazon")
        .hasSizeLessThan(700)
        .matches("(?s)[A-Z~].*[.…]|.*https?://\\S+|.*--region-name \\S+");
  }

  /** AWS's sentence with who, what, on what and why, as each service writes it. */
  static Stream<String> denials() {
    String user = "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: ";
    return Stream.of(
        user
            + "lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:111122223333:function:spawn-AuditRoles-1:live because no identity-based policy allows the lambda:InvokeFunction action",
        user
            + "states:StartExecution on resource: arn:aws:states:us-east-1:111122223333:stateMachine:spawn-launch because no identity-based policy allows the states:StartExecution action",
        user
            + "cloudformation:DescribeStacks on resource: arn:aws:cloudformation:us-east-1:111122223333:stack/spawn/* because no identity-based policy allows the cloudformation:DescribeStacks action",
        "You are not authorized to perform this operation. "
            + user
            + "ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action. Encoded authorization failure message: abc_DEF-123",
        user
            + "ssm:StartSession on resource: arn:aws:ec2:us-east-1:111122223333:instance/i-1 because no identity-based policy allows the ssm:StartSession action",
        user
            + "iam:GetRole on resource: role my-role because no identity-based policy allows the iam:GetRole action");
  }

  @ParameterizedTest
  @MethodSource("denials")
  void aDenialSaysWhoAndWhat(String said) {
    for (String code :
        new String[] {
          "AccessDenied",
          "AccessDeniedException",
          "UnauthorizedOperation",
          "Client.UnauthorizedOperation",
          "AuthorizationErrorException"
        }) {
      CommandFailure failure = told(code, said, Map.of());
      isOneSentence(failure);
      assertThat(failure.exitCode()).isEqualTo(CommandFailure.FAILED);
      assertThat(failure.getMessage())
          .startsWith("AWS does not let arn:aws:iam::111122223333:user/ann call ")
          .doesNotContain("Encoded");
    }
  }

  @Test
  void aDenialNamesThePolicyToAttach() {
    assertThat(denials().map(said -> told("AccessDenied", said, Map.of()).getMessage()).toList())
        .satisfiesExactly(
            audit -> assertThat(audit).contains("attach", "OperatorPolicyArn"),
            launch -> assertThat(launch).contains("attach", "LauncherPolicyArn"),
            stacks -> assertThat(stacks).contains("attach", "CommandLinePolicyArn"),
            instances -> assertThat(instances).contains("attach", "CommandLinePolicyArn"),
            session -> assertThat(session).contains("attach", "InstanceAccessPolicyArn"),
            role -> assertThat(role).contains("iam:GetRole on role my-role:", "RoleTestPolicyArn"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "with an explicit deny in a service control policy|service control policy forbids it; whoever looks after the organization",
        "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1|service control policy forbids it; whoever looks after the organization",
        "with an explicit deny in a resource control policy|resource control policy forbids it",
        "with an explicit deny in a permissions boundary|permissions boundary forbids it; an administrator",
        "with an explicit deny in an identity-based policy|identity-based policy forbids it; an administrator",
        "with an explicit deny in a VPC endpoint policy|endpoint policy forbids it",
        "with an explicit deny|an explicit deny in a policy forbids it",
        "because no session policy allows the lambda:InvokeFunction action|no session policy allows it; the session was made with fewer rights",
        "because no permissions boundary allows the lambda:InvokeFunction action|no permissions boundary allows it; an administrator",
        "because no service control policy allows the lambda:InvokeFunction action|no service control policy allows it; whoever looks after the organization",
      })
  void aDenialSaysWhoCanChangeIt(String end, String told) {
    CommandFailure failure =
        told(
            "AccessDeniedException",
            "User: arn:aws:sts::111122223333:assumed-role/Dev/ann is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:111122223333:function:f "
                + end,
            Map.of());
    isOneSentence(failure);
    assertThat(failure.getMessage()).contains(told).doesNotContain("OperatorPolicyArn");
  }

  @Test
  void aDenialWithoutDetailsIsASentenceAllTheSame() {
    CommandFailure failure =
        told(
            "UnauthorizedOperation", "You are not authorized to perform this operation.", Map.of());
    isOneSentence(failure);
    assertThat(failure.getMessage()).contains("does not allow it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ExpiredToken|The security token included in the request is expired|have expired",
        "ExpiredTokenException|The security token included in the request is expired|have expired",
        "RequestExpired|Request has expired.|have expired",
        "UnauthorizedException|Session token not found or invalid|have expired",
        "InvalidClientTokenId|The security token included in the request is invalid.|none that AWS knows",
        "UnrecognizedClientException|The security token included in the request is invalid.|none that AWS knows",
        "AuthFailure|AWS was not able to validate the provided access credentials|none that AWS knows",
        "InvalidAccessKeyId|The AWS Access Key Id you provided does not exist in our records.|none that AWS knows",
        "MissingAuthenticationToken|Missing Authentication Token|none that AWS knows",
        "SignatureDoesNotMatch|The request signature we calculated does not match the signature you provided.|secret key does not belong",
        "InvalidSignatureException|The request signature we calculated does not match the signature you provided.|secret key does not belong",
        "IncompleteSignature|Authorization header requires 'Signature' parameter.|secret key does not belong",
        "SignatureDoesNotMatch|Signature expired: 20261126T000000Z is now earlier than 20261126T070000Z|clock is wrong",
        "InvalidSignatureException|Signature not yet current: 20261126T090000Z is still later than 20261126T070000Z|clock is wrong",
        "RequestTimeTooSkewed|The difference between the request time and the current time is too large.|clock is wrong",
        "RequestInTheFuture|x|clock is wrong",
      })
  void wrongCredentialsAreAWrongCall(String code, String said, String told) {
    CommandFailure failure = told(code, said, Map.of());
    isOneSentence(failure);
    assertThat(failure.getMessage()).contains(told);
    assertThat(failure.exitCode()).isEqualTo(CommandFailure.WRONG_CALL);
  }

  @Test
  void whatExpiredIsNamed() {
    assertThat(told("ExpiredToken", "", Map.of("AWS_ACCESS_KEY_ID", "AKIA")).getMessage())
        .startsWith("The credentials in AWS_ACCESS_KEY_ID have expired: set new ones");
    assertThat(told("ExpiredToken", "", Map.of("AWS_PROFILE", "dev")).getMessage())
        .startsWith(
            "The credentials of the profile dev have expired: run aws sso login --profile dev");
  }

  @Test
  void aRegionThatHasToBeEnabledIsNamed() {
    for (String code :
        new String[] {"UnrecognizedClientException", "AuthFailure", "OptInRequired"}) {
      assertThat(told(code, "x", Map.of("AWS_REGION", "ap-east-1")).getMessage())
          .contains("ap-east-1", "aws account enable-region --region-name ap-east-1");
      assertThat(told(code, "x", Map.of("AWS_REGION", "eu-west-1")).getMessage())
          .doesNotContain("enable-region");
    }
  }

  static Stream<String> throttlings() {
    return AwsErrorCode.THROTTLING_ERROR_CODES.stream();
  }

  @ParameterizedTest
  @MethodSource("throttlings")
  void tooManyCallsAreTriedAgainLater(String code) {
    CommandFailure failure = told(code, "Rate exceeded", Map.of());
    isOneSentence(failure);
    assertThat(failure.getMessage()).contains("asks to slow down").contains("again in a minute");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "InternalFailure",
        "InternalError",
        "ServiceUnavailable",
        "ServiceException",
        "InternalServerError",
        "SomethingNew"
      })
  void aFaultOfAwsIsTriedAgainLater(String code) {
    CommandFailure failure =
        AwsRefusals.of(answer("Sfn", code, "x", 500), caller(Map.of())).orElseThrow();
    isOneSentence(failure);
    assertThat(failure.getMessage()).startsWith("Step Functions has a fault of its own");
  }

  @Test
  void anotherAnswerIsToldAsAwsSaysIt() {
    CommandFailure failure =
        AwsRefusals.of(
                answer("CloudFormation", "ValidationError", "Stack name is too long\nreally", 400),
                caller(Map.of()))
            .orElseThrow();
    assertThat(failure.getMessage())
        .isEqualTo("CloudFormation answered ValidationError: Stack name is too long.");
  }

  @Test
  void everyKindOfTheListIsKnownAndNoCodeIsListedTwice() throws Exception {
    String list;
    try (var file = Answers.class.getResourceAsStream("aws-answers.txt")) {
      list = new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(
            list.lines()
                .filter(line -> line.startsWith("["))
                .map(line -> line.substring(1, line.length() - 1).toUpperCase(Locale.ROOT)))
        .isSubsetOf(Arrays.stream(Answers.Kind.values()).map(Enum::name).toList());
    assertThat(
            list.lines()
                .filter(line -> !line.startsWith("#") && !line.startsWith("["))
                .flatMap(line -> Stream.of(line.strip().split("\\s+")))
                .filter(code -> !code.isEmpty()))
        .doesNotHaveDuplicates();
  }

  @Test
  void everyPolicyThatIsNamedIsAnOutputOfTheStack() {
    assertThat(DeniedCall.REMEDIES)
        .allSatisfy(
            remedy ->
                assertThat(LocalStack.file("template.yaml"))
                    .contains("\n  " + remedy.output() + ":\n"));
  }

  @Test
  void whatTheSdkHasNotThrownIsNoneOfIts() {
    assertThat(AwsRefusals.of(new IllegalStateException("x"), caller(Map.of())))
        .isEqualTo(Optional.empty());
  }
}
