package spawn.cli;

import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * What AWS refuses, or why it is not reached, in one sentence that says what to do.
 *
 * <p>Three kinds: an answer of AWS ({@link Answers}), no answer at all ({@link NoAnswer}), and no
 * credentials to ask with ({@link NoCredentials}).
 */
final class AwsRefusals {
  private AwsRefusals() {}

  /**
   * Returns the sentence for what the SDK has thrown; nothing for what it has not.
   *
   * @param caller where the command was called from
   */
  static Optional<CommandFailure> of(Throwable thrown, Caller caller) {
    if (!Failures.isOfTheSdk(thrown)) {
      return Optional.empty();
    }
    Optional<AwsServiceException> answer =
        Failures.causes(thrown).stream()
            .filter(AwsServiceException.class::isInstance)
            .map(AwsServiceException.class::cast)
            .findFirst();
    return answer
        .map(given -> Answers.of(given, caller))
        .or(() -> NoCredentials.of(thrown, caller))
        .or(() -> NoAnswer.of(thrown, caller));
  }
}
