package spawn.lambda;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A batch of messages which say that instances have ended.
 *
 * <p>They are no more than hints to sweep: they carry only an instance's id and arrive at least
 * once, or not at all (<a
 * href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html">best
 * effort</a>). A message that is given back comes again after the queue's visibility timeout, and
 * starts the sweep that deletes what this one has marked, so nothing has to poll.
 */
public final class TerminationBatch {
  /**
   * How often a message is given back. With twenty minutes each time, this outlasts the lease of a
   * role (an hour) and its mark; the nightly sweep takes what is left. It stays below the queue's
   * {@code maxReceiveCount}, so that only what cannot be read ends in the dead-letter queue.
   */
  private static final int MAX_RECEIVES = 8;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<SQSEvent.SQSMessage> terminations = new ArrayList<>();
  private final List<SQSEvent.SQSMessage> unreadable = new ArrayList<>();

  /**
   * Returns a reader of batches as Lambda delivers them. Made once, when the function starts: it
   * looks through the event's classes for all their members.
   */
  public static Function<JsonNode, TerminationBatch> reader() {
    PojoSerializer<SQSEvent> events =
        LambdaEventSerializers.serializerFor(
            SQSEvent.class, TerminationBatch.class.getClassLoader());
    return batch -> new TerminationBatch(events.fromJson(batch.toString()));
  }

  /**
   * Reads the messages; those that are not termination events are set aside for the dead-letter
   * queue.
   */
  public TerminationBatch(SQSEvent event) {
    for (SQSEvent.SQSMessage message : event.getRecords()) {
      (isTermination(message.getBody()) ? terminations : unreadable).add(message);
    }
  }

  private static boolean isTermination(String body) {
    if (body == null) {
      return false;
    }
    try {
      JsonNode event = JSON.readTree(body);
      return "EC2 Instance State-change Notification".equals(event.path("detail-type").textValue())
          && "terminated".equals(event.path("detail").path("state").textValue())
          && event.path("detail").path("instance-id").isTextual();
    } catch (JsonProcessingException notJson) {
      return false;
    }
  }

  /** Returns whether there is any reason to sweep. */
  public boolean hasTerminations() {
    return !terminations.isEmpty();
  }

  /**
   * Returns which messages are given back (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">partial
   * batch responses</a>).
   *
   * @param isPending whether another sweep, a while later, would find more to do
   */
  public SQSBatchResponse answer(boolean isPending) {
    List<SQSBatchResponse.BatchItemFailure> givenBack = new ArrayList<>();
    unreadable.forEach(
        message -> givenBack.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId())));
    if (isPending) {
      terminations.stream()
          .filter(message -> receives(message) < MAX_RECEIVES)
          .forEach(
              message ->
                  givenBack.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId())));
    }
    return new SQSBatchResponse(givenBack);
  }

  private static int receives(SQSEvent.SQSMessage message) {
    return Integer.parseInt(message.getAttributes().getOrDefault("ApproximateReceiveCount", "1"));
  }
}
