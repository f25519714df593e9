package spawn.approval;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import software.amazon.awssdk.services.sns.SnsClient;

/** Tells the approvers' topic that somebody asks. */
public final class Requests {
  private final SnsClient sns;
  private final Clock clock;
  private final String function;
  private final String region;

  /**
   * Creates what asks for a stack.
   *
   * @param function the ARN of the function that takes the answers
   * @param region the stack's region
   */
  public Requests(SnsClient sns, Clock clock, String function, String region) {
    this.sns = sns;
    this.clock = clock;
    this.function = function;
    this.region = region;
  }

  /**
   * Tells the topic. Told again, it tells again: each message is answered by the same line.
   *
   * @param asking the name of the execution that waits
   * @param topicArn the topic
   * @param timeout how long it waits
   * @return when the wait is over
   */
  public Instant tell(ApprovalRequest request, String asking, String topicArn, Duration timeout) {
    Instant until = clock.instant().plus(timeout);
    ApprovalMessage message = new ApprovalMessage(request, asking, function, region, until);
    sns.publish(told -> told.topicArn(topicArn).subject(message.subject()).message(message.text()));
    return until;
  }
}
