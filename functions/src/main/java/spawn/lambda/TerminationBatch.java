package spawn.lambda;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import spawn.error.InvalidRequest;
import spawn.json.Json;

/**
 * A batch of messages which say that instances have ended, or that the schedule has come round.
 *
 * <p>They are no more than hints to sweep: they carry an instance's id at most and arrive at least
 * once, or not at all (<a
 * href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html">best
 * effort</a>). A message that is given back comes again after the queue's visibility timeout, and
 * starts the sweep that deletes what this one has marked, so nothing has to poll.
 */
public final class TerminationBatch {
  /**
   * How long after it was sent a message is given back: longer than the lease of a role (an hour)
   * and two waits for its mark; the next night's takes what is left. Receives are not counted,
   * since a throttled call of the function is a receive too (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html">scaling</a>).
   */
  private static final Duration GIVEN_BACK_FOR = Duration.ofMinutes(140);

  /**
   * How long the newest message of a batch is given back while sweeps are behind, so that they go
   * on every twenty minutes and not every night: until the schedule's next one has come, and before
   * a hundred receives make a dead letter of it.
   */
  private static final Duration GIVEN_BACK_WHILE_BEHIND = Duration.ofHours(24);

  private static final String RECORDS = "Records";

  private final List<SQSEvent.SQSMessage> hints = new ArrayList<>();
  private final List<SQSEvent.SQSMessage> unreadable = new ArrayList<>();

  /**
   * Reads a batch as Lambda delivers it, or as people write it to try the function: with members
   * left out, or of another type than SQS gives them.
   *
   * @throws InvalidRequest if the records are not a list
   */
  public static TerminationBatch read(JsonNode batch) {
    return new TerminationBatch(event(batch));
  }

  /**
   * Returns the event with what is used of it: ids, bodies and attributes (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html">SQS events</a>). It is read
   * here, since Lambda's own library for it brings more classes than the rest of the function.
   */
  static SQSEvent event(JsonNode batch) {
    if (!batch.path(RECORDS).isArray()) {
      throw new InvalidRequest(
          "$." + RECORDS, "Must be a list of messages from the queue, as SQS delivers them.");
    }
    List<SQSEvent.SQSMessage> messages = new ArrayList<>();
    batch.path(RECORDS).forEach(record -> messages.add(message(record)));
    SQSEvent event = new SQSEvent();
    event.setRecords(messages);
    return event;
  }

  private static SQSEvent.SQSMessage message(JsonNode record) {
    Map<String, String> attributes = new LinkedHashMap<>();
    record
        .path("attributes")
        .properties()
        .forEach(each -> attributes.put(each.getKey(), text(each.getValue())));
    SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
    if (record.hasNonNull("messageId")) {
      message.setMessageId(text(record.path("messageId")));
    }
    if (record.hasNonNull("body")) {
      message.setBody(text(record.path("body")));
    }
    message.setAttributes(attributes);
    return message;
  }

  /** Returns a text, or the JSON of whatever else somebody has put in its place. */
  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : Json.text(value);
  }

  /** Reads the messages; those that no rule of the stack sends are set aside for dead letters. */
  public TerminationBatch(SQSEvent event) {
    for (SQSEvent.SQSMessage message : event.getRecords()) {
      (isHint(message.getBody()) ? hints : unreadable).add(message);
    }
  }

  /** As lenient as queues are open: a body is only looked into for what it may say. */
  private static boolean isHint(String body) {
    if (body == null) {
      return false;
    }
    try {
      JsonNode event = Json.readLeniently(body);
      return isOfTheSchedule(event) || isTermination(event);
    } catch (JsonProcessingException notJson) {
      return false;
    }
  }

  /**
   * Returns whether an event is what EventBridge sends at the times of a rule (<a
   * href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html">scheduled
   * events</a>).
   */
  public static boolean isOfTheSchedule(JsonNode event) {
    return "Scheduled Event".equals(event.path("detail-type").textValue());
  }

  private static boolean isTermination(JsonNode event) {
    return "EC2 Instance State-change Notification".equals(event.path("detail-type").textValue())
        && "terminated".equals(event.path("detail").path("state").textValue())
        && event.path("detail").path("instance-id").isTextual();
  }

  /** Returns whether there is any reason to sweep. */
  public boolean hasHints() {
    return !hints.isEmpty();
  }

  /**
   * Returns which messages are given back (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">partial
   * batch responses</a>).
   *
   * @param isPending whether another sweep, a while later, would find more to do
   * @param isBehind whether this sweep has left something that it could have done with more time
   * @param now the time
   */
  public SQSBatchResponse answer(boolean isPending, boolean isBehind, Instant now) {
    List<SQSEvent.SQSMessage> pending =
        hints.stream()
            .filter(message -> isPending && isYounger(message, GIVEN_BACK_FOR, now))
            .toList();
    if (isBehind && pending.isEmpty()) {
      pending =
          hints.stream()
              .filter(message -> isYounger(message, GIVEN_BACK_WHILE_BEHIND, now))
              .max(Comparator.comparing(message -> sent(message).orElseThrow()))
              .stream()
              .toList();
    }
    return new SQSBatchResponse(
        Stream.concat(unreadable.stream(), pending.stream())
            .map(SQSEvent.SQSMessage::getMessageId)
            // Without an id it comes from somebody's hand; a failure without one fails the batch.
            .filter(id -> id != null && !id.isEmpty())
            .map(SQSBatchResponse.BatchItemFailure::new)
            .toList());
  }

  /** A message that does not say when it was sent comes from somebody's hand, and only once. */
  private static boolean isYounger(SQSEvent.SQSMessage message, Duration age, Instant now) {
    return sent(message).filter(sent -> now.isBefore(sent.plus(age))).isPresent();
  }

  private static Optional<Instant> sent(SQSEvent.SQSMessage message) {
    return Optional.ofNullable(message.getAttributes())
        .map(attributes -> attributes.get("SentTimestamp"))
        .filter(sent -> sent.matches("\\d{1,15}"))
        .map(sent -> Instant.ofEpochMilli(Long.parseLong(sent)));
  }
}
