package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.iam.model.ConcurrentModificationException;
import software.amazon.awssdk.services.iam.model.ServiceFailureException;

class AwsErrorsTest {
  @ParameterizedTest(name = "{1}")
  @MethodSource
  void everyRefusalHasItsCodeAndStatus(AwsServiceException refusal, String code, int status) {
    Errors.assertCode(refusal, code, status);
    assertThat(refusal.getMessage()).contains(refusal.awsErrorDetails().errorMessage());
  }

  static Stream<Arguments> everyRefusalHasItsCodeAndStatus() {
    return Stream.of(
        Arguments.of(AwsErrors.throttling(), "Throttling", 400),
        Arguments.of(AwsErrors.serviceFailure(), "ServiceFailure", 500),
        Arguments.of(AwsErrors.concurrentModification(), "ConcurrentModification", 409),
        Arguments.of(AwsErrors.accessDenied("iam:GetRole"), "AccessDenied", 403),
        Arguments.of(AwsErrors.requestLimitExceeded(), "RequestLimitExceeded", 503),
        Arguments.of(AwsErrors.internalError(), "InternalError", 500),
        Arguments.of(AwsErrors.unavailable(), "Unavailable", 503));
  }

  @Test
  void iamsRefusalsHaveTypes() {
    assertThat(AwsErrors.serviceFailure()).isInstanceOf(ServiceFailureException.class);
    assertThat(AwsErrors.concurrentModification())
        .isInstanceOf(ConcurrentModificationException.class);
  }

  @Test
  void theSdkKnowsThrottlingWhenItSeesIt() {
    assertThat(AwsErrors.throttling().isThrottlingException()).isTrue();
    assertThat(AwsErrors.requestLimitExceeded().isThrottlingException()).isTrue();
  }

  @Test
  void timeOutsAreTheClientsNotTheServices() {
    assertThat(AwsErrors.callTimeout()).isInstanceOf(ApiCallTimeoutException.class);
    assertThat(AwsErrors.connectionLost()).isInstanceOf(SdkClientException.class);
  }
}
