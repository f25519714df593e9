package spawn.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.IamException;

/** Every code that AWS publishes has a kind, and each kind one failure. */
class AwsErrorsTest {
  private static final Map<String, AnswerKind> KINDS = AwsErrorCodes.read();

  static List<String> publishedByEc2() throws IOException, URISyntaxException {
    Path list = Path.of(AwsErrorsTest.class.getResource("ec2-codes.txt").toURI());
    return Files.readAllLines(list).stream().filter(line -> !line.startsWith("#")).toList();
  }

  @Test
  void everyCodeThatEc2PublishesIsListed() throws Exception {
    assertThat(publishedByEc2()).hasSizeGreaterThan(400).doesNotHaveDuplicates();
    assertThat(KINDS).containsKeys(publishedByEc2().toArray(String[]::new));
  }

  private static final List<String> USED_OF_IAM =
      List.of(
          "addRoleToInstanceProfile",
          "attachRolePolicy",
          "createInstanceProfile",
          "createRole",
          "deleteInstanceProfile",
          "deleteRole",
          "deleteRolePolicy",
          "detachRolePolicy",
          "getAccountSummary",
          "getInstanceProfile",
          "getPolicy",
          "getRole",
          "getRolePolicy",
          "listAttachedRolePolicies",
          "listInstanceProfiles",
          "listRolePolicies",
          "listRoles",
          "putRolePolicy",
          "removeRoleFromInstanceProfile",
          "tagInstanceProfile",
          "tagRole",
          "untagRole",
          "updateRole");

  /** The SDK declares a type for each error of an operation; its name is the code. */
  @Test
  void everyCodeOfTheIamOperationsThatAreUsedIsListed() {
    TreeSet<String> declared = new TreeSet<>();
    for (Method operation : IamClient.class.getMethods()) {
      if (USED_OF_IAM.contains(operation.getName())) {
        Arrays.stream(operation.getExceptionTypes())
            .filter(thrown -> IamException.class.isAssignableFrom(thrown))
            .filter(thrown -> thrown != IamException.class)
            .forEach(thrown -> declared.add(thrown.getSimpleName().replaceFirst("Exception$", "")));
      }
    }

    assertThat(declared).hasSizeGreaterThan(8).isSubsetOf(KINDS.keySet());
  }

  /** EC2's own grouping by status says nothing of capacity: it sends that with 400 and with 500. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "InsufficientInstanceCapacity",
        "InsufficientHostCapacity",
        "InsufficientReservedInstanceCapacity",
        "InsufficientReservedInstancesCapacity",
        "InsufficientCapacity",
        "InsufficientCapacityOnHost",
        "InsufficientVolumeCapacity",
        "InsufficientAddressCapacity",
        "InsufficientFreeAddressesInSubnet",
        "ReservationCapacityExceeded",
        "SpotMaxPriceTooLow",
        "UnfulfillableCapacity",
        "VolumeTypeNotAvailableInZone",
        "UnavailableHostRequirements",
        "IncompatibleHostRequirements",
        "InvalidCapacityReservationState.PendingActivation",
        "InsufficientAcceleratorCapacity",
        "InsufficientCapacityOnOutpost"
      })
  void whatIsNotToBeHadHereIsTriedElsewhereWhateverTheStatus(String code) {
    for (int status : List.of(400, 500, 503)) {
      assertThat(AwsErrors.ofLaunch(ec2(code, status, "none left"), null))
          .isInstanceOf(CapacityUnavailable.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Unsupported | Your requested instance type (p5.48xlarge) is not supported in your requested Availability Zone (us-east-1e). | CAPACITY",
        "Unsupported | The requested configuration is currently not supported. Please check the documentation for supported configurations. | CAPACITY",
        "Unsupported | Encrypted volumes are not supported for this instance type. | CALLER",
        "AuthFailure | Not authorized for images: [ami-0123456789abcdef0] | CALLER",
        "AuthFailure | AWS was not able to validate the provided access credentials | PERMISSION",
        "OptInRequired | In order to use this AWS Marketplace product you need to accept terms and subscribe. | CALLER",
        "OptInRequired | You are not subscribed to this service. | ACCOUNT",
        "InvalidParameterValue | Value (x) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name | PROPAGATION",
        "InvalidParameterValue | Value (arn) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN | PROPAGATION",
        "InvalidParameterValue | IAM Instance Profile \"arn\" has no associated IAM Roles | PROPAGATION",
        "InvalidParameterValue | Invalid availability zone: [eu-north-9z] | CALLER",
      })
  void aCodeWithTwoMeaningsGoesByItsMessage(String code, String message, AnswerKind kind) {
    assertThat(AwsErrors.kind(ec2(code, 400, message))).isEqualTo(kind);
  }

  /** Codes that EC2 has answered, or might, without having published them. */
  @ParameterizedTest
  @CsvSource({
    "AuthFailure.ServiceLinkedRoleCreationNotPermitted, PERMISSION",
    "AuthFailure.Anything, PERMISSION",
    "PendingVerification.Anything, ACCOUNT",
    "InvalidSubnet.NotYetKnown, CALLER",
    "InvalidFutureThing, CALLER",
    "FutureThing.NotFound, CALLER",
    "FutureThingNotSupported, CALLER",
    "FutureThingLimitExceeded, QUOTA",
    "MaxFutureThingCountExceeded, QUOTA",
    "FutureCapacityExceeded, CAPACITY",
    "FutureThingNotAvailableInZone, CAPACITY",
    "EC2ThrottledException, THROTTLED",
    "TooManyRequestsException, THROTTLED",
    "FutureUpdateInProgress, AGAIN",
    "UnauthorizedFutureOperation, PERMISSION",
    "Client.UnauthorizedOperation, PERMISSION",
    "Server.InternalError, AGAIN",
    "SomethingQuiteDifferent, UNKNOWN"
  })
  void aCodeThatIsNotListedGoesByItsForm(String code, AnswerKind kind) {
    assertThat(AwsErrors.kind(ec2(code, 400, "told"))).isEqualTo(kind);
  }

  @Test
  void aStatusExplainsWhatTheCodeDoesNot() {
    assertThat(AwsErrors.kind(ec2("SomethingQuiteDifferent", 500, "told")))
        .isEqualTo(AnswerKind.AGAIN);
    assertThat(AwsErrors.kind(ec2(null, 503, null))).isEqualTo(AnswerKind.AGAIN);
    assertThat(AwsErrors.kind(ec2(null, 400, null))).isEqualTo(AnswerKind.UNKNOWN);
    assertThat(AwsErrors.kind(SdkException.builder().message("cut off").build()))
        .isEqualTo(AnswerKind.AGAIN);
  }

  @ParameterizedTest
  @CsvSource({
    "PendingVerification, AwsRefused",
    "Blocked, AwsRefused",
    "AccountDisabled, AwsRefused",
    "MaxIOPSLimitExceeded, QuotaExceeded",
    "HostLimitExceeded, QuotaExceeded",
    "RequestExpired, AwsUnavailable",
    "CreditSpecificationUpdateInProgress, AwsUnavailable",
    "ConcurrentTagAccess, AwsUnavailable",
    "RetryableError, AwsUnavailable",
    "RequestLimitExceeded, Throttled",
    "UnauthorizedOperation, AccessDenied",
    "InvalidAMIID.NotFound, LaunchRejected",
    "AttachmentLimitExceeded, LaunchRejected",
    "SomethingQuiteDifferent, AwsRefused"
  })
  void aRefusedLaunchFailsByWhatTheCodeMeans(String code, String failure) {
    assertThat(AwsErrors.ofLaunch(ec2(code, 400, "told"), null).getClass().getSimpleName())
        .isEqualTo(failure);
  }

  @ParameterizedTest
  @MethodSource("publishedByEc2")
  void onlyALaunchIsRejected(String code) {
    assertThat(AwsErrors.translate(ec2(code, 400, "told"), Optional.of("$.iam")))
        .isNotInstanceOf(LaunchRejected.class);
  }

  @Test
  void aRefusalNamesThePathThatTheCallIsAbout() {
    assertThat(
            AwsErrors.translate(iam("InvalidInput", "no such form"), Optional.of("$.roles[2]"))
                .getMessage())
        .contains("$.roles[2]: IAM answered InvalidInput: no such form");
  }

  @Test
  void aRefusalThatNoPayloadCanBeTheReasonForIsTheOperators() {
    SpawnException failure = AwsErrors.translate(iam("InvalidInput", "told"), Optional.empty());

    assertThat(failure).isInstanceOf(AwsRefused.class);
    assertThat(failure.remedy()).isEqualTo(Remedy.OPERATOR);
  }

  /** For example CreateRole, where the boundary's policy is gone. */
  @Test
  void whatIsUnexpectedlyGoneIsTheOperators() {
    assertThat(AwsErrors.translate(iam("NoSuchEntity", "told"), Optional.of("$.iam")))
        .isInstanceOf(AwsRefused.class);
  }

  @Test
  void theFirstSpotLaunchOfAnAccountSaysHowToMakeItsRole() {
    assertThat(
            AwsErrors.ofLaunch(
                    ec2("AuthFailure.ServiceLinkedRoleCreationNotPermitted", 403, "The caller …"),
                    null)
                .getMessage())
        .contains("aws iam create-service-linked-role --aws-service-name spot.amazonaws.com");
  }

  @ParameterizedTest
  @EnumSource(
      value = AnswerKind.class,
      names = {"PROPAGATION", "UNKNOWN"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyKindThatACodeAloneCanHaveIsASection(AnswerKind kind) {
    assertThat(KINDS).containsValue(kind);
  }

  @Test
  void noSectionIsNamedForWhatOnlyAMessageTells() {
    assertThat(KINDS).doesNotContainValue(AnswerKind.PROPAGATION);
    assertThat(KINDS).doesNotContainValue(AnswerKind.UNKNOWN);
  }

  @Test
  void aSectionThatThereIsNotBreaksTheBuild() {
    assertThatIllegalStateException()
        .isThrownBy(() -> AwsErrorCodes.read(List.of("[callers]", "InvalidThing")))
        .withMessageContaining("[callers]");
    assertThatIllegalStateException()
        .isThrownBy(() -> AwsErrorCodes.read(List.of("[caller]", "Twice", "[quota]", "Twice")))
        .withMessageContaining("Twice");
  }

  private static Ec2Exception ec2(String code, int status, String message) {
    return spawn.aws.AwsErrors.ec2(code, status, message);
  }

  private static IamException iam(String code, String message) {
    return spawn.aws.AwsErrors.iam(code, 400, message);
  }
}
