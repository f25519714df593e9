package spawn.lambda;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import spawn.error.InvalidRequest;

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
   * How long after it was sent a message is given back: longer than the lease of a role (an hour)
   * and two waits for its mark; the nightly sweep takes what is left. Receives are not counted,
   * since a throttled call of the function is a receive too (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html">scaling</a>).
   */
  private static final Duration GIVEN_BACK_FOR = Duration.ofMinutes(140);

  private static final String RECORDS = "Records";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<SQSEvent.SQSMessage> terminations = new ArrayList<>();
  private final List<SQSEvent.SQSMessage> unreadable = new ArrayList<>();

  /**
   * Returns a reader of batches as Lambda delivers them, and as people write them to try the
   * function: with members left out, or of another type than SQS gives them. Made once, when the
   * function starts: it looks through the event's classes for all their members.
   *
   * <p>The reader throws {@link InvalidRequest} if the records are not a list.
   */
  public static Function<JsonNode, TerminationBatch> reader() {
    PojoSerializer<SQSEvent> events =
        LambdaEventSerializers.serializerFor(
            SQSEvent.class, TerminationBatch.class.getClassLoader());
    return batch -> new TerminationBatch(events.fromJson(readable(batch).toString()));
  }

  /** Returns the batch with what is read of it, each member of the type that SQS gives it. */
  private static JsonNode readable(JsonNode batch) {
    if (!batch.path(RECORDS).isArray()) {
      throw new InvalidRequest(
          "$." + RECORDS, "Must be a list of messages from the queue, as SQS delivers them.");
    }
    ObjectNode readable = JSON.createObjectNode();
    ArrayNode records = readable.putArray(RECORDS);
    for (JsonNode record : batch.path(RECORDS)) {
      ObjectNode message = records.addObject();
      for (String member : List.of("messageId", "body")) {
        if (record.hasNonNull(member)) {
          message.put(member, text(record.path(member)));
        }
      }
      ObjectNode attributes = message.putObject("attributes");
      record
          .path("attributes")
          .properties()
          .forEach(each -> attributes.put(each.getKey(), text(each.getValue())));
    }
    return readable;
  }

  /** Returns a text, or the JSON of whatever else somebody has put in its place. */
  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
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
   * @param now the time
   */
  public SQSBatchResponse answer(boolean isPending, Instant now) {
    Stream<SQSEvent.SQSMessage> pending =
        terminations.stream().filter(message -> isPending && isGivenBack(message, now));
    return new SQSBatchResponse(
        Stream.concat(unreadable.stream(), pending)
            .map(SQSEvent.SQSMessage::getMessageId)
            // Without an id it comes from somebody's hand; a failure without one fails the batch.
            .filter(id -> id != null && !id.isEmpty())
            .map(SQSBatchResponse.BatchItemFailure::new)
            .toList());
  }

  /** A message that does not say when it was sent comes from somebody's hand, and only once. */
  private static boolean isGivenBack(SQSEvent.SQSMessage message, Instant now) {
    return Optional.ofNullable(message.getAttributes())
        .map(attributes -> attributes.get("SentTimestamp"))
        .filter(sent -> sent.matches("\\d{1,15}"))
        .map(sent -> Instant.ofEpochMilli(Long.parseLong(sent)))
        .filter(sent -> now.isBefore(sent.plus(GIVEN_BACK_FOR)))
        .isPresent();
  }
}
