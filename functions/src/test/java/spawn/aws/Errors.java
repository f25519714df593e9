package spawn.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What tests say of AWS's refusals. */
final class Errors {
  private Errors() {}

  static void assertRefused(ThrowingCallable act, String code, int status) {
    assertRefused(act, code, status, "");
  }

  static void assertRefused(ThrowingCallable act, String code, int status, String words) {
    assertThatThrownBy(act)
        .hasMessageContaining(words)
        .satisfies(refusal -> assertCode(refusal, code, status));
  }

  static void assertCode(Throwable refusal, String code, int status) {
    assertThat(refusal).isInstanceOf(AwsServiceException.class);
    AwsServiceException answer = (AwsServiceException) refusal;
    assertThat(answer.awsErrorDetails().errorCode()).isEqualTo(code);
    assertThat(answer.statusCode()).isEqualTo(status);
  }
}
