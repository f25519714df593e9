package spawn.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import spawn.payload.InstantOrDuration;

/**
 * When a role ends: from then on a statement in its own inline policy denies it everything,
 * whatever becomes of the stack (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html">access
 * by date and time</a>).
 *
 * @param asked what was asked for, in one spelling: a duration, which begins when it is read, or an
 *     instant
 * @param until the end: what was asked for, rounded up to a quarter of an hour, so that launches
 *     shortly after each other share a role
 */
public record Expiry(String asked, Instant until) {
  /** The shortest time until the end: a launch takes a part of it. */
  static final Duration LEAST = Duration.ofMinutes(15);

  /** The longest time until the end where the stack names none: ten years. */
  static final Duration MOST = Duration.ofDays(3_650);

  private static final long QUARTER = Duration.ofMinutes(15).toSeconds();
  private static final String OPERATOR = "DateGreaterThan";
  private static final String KEY = "aws:CurrentTime";

  /** Returns the end that is asked for now; it must be near enough to be an instant. */
  static Expiry of(InstantOrDuration.Moment moment, Instant now) {
    Instant exact = moment.instant().orElseGet(() -> now.plus(moment.duration().orElseThrow()));
    Instant until = roundedUp(exact);
    return new Expiry(moment.duration().map(Duration::toString).orElse(until.toString()), until);
  }

  private static Instant roundedUp(Instant exact) {
    long seconds = exact.getEpochSecond() + (exact.getNano() > 0 ? 1 : 0);
    return Instant.ofEpochSecond(-Math.floorDiv(-seconds, QUARTER) * QUARTER);
  }

  /** Returns whether an instant is one at which an expiry can be. */
  public static boolean isOnQuarter(Instant instant) {
    return roundedUp(instant).equals(instant);
  }

  /** Returns the statement that ends a role. */
  Statement statement() {
    return Statement.of(json(), true);
  }

  private ObjectNode json() {
    ObjectNode statement = JsonNodeFactory.instance.objectNode();
    statement.put("Effect", "Deny").put("Action", "*").put("Resource", "*");
    statement.putObject("Condition").putObject(OPERATOR).put(KEY, until.toString());
    return statement;
  }

  /**
   * Returns each instant from which on a policy denies everything by such a statement, whoever
   * wrote it.
   */
  static List<Instant> in(JsonNode document) {
    return statements(document).flatMap(statement -> endIn(statement).stream()).toList();
  }

  private static Stream<JsonNode> statements(JsonNode document) {
    JsonNode oneOrMore = document.path("Statement");
    return oneOrMore.isObject() ? Stream.of(oneOrMore) : oneOrMore.valueStream();
  }

  /** Returns the statements of a policy without those that end it. */
  static List<JsonNode> others(JsonNode document) {
    return statements(document).filter(statement -> endIn(statement).isEmpty()).toList();
  }

  private static Optional<Instant> endIn(JsonNode statement) {
    JsonNode operators = statement.path("Condition");
    JsonNode keys = operators.path(OPERATOR);
    boolean deniesAll =
        "Deny".equals(statement.path("Effect").textValue())
            && names(statement.path("Action"), "*")
            && names(statement.path("Resource"), "*")
            && operators.size() == 1
            && keys.size() == 1;
    return deniesAll
        ? keys.properties().stream()
            .filter(key -> KEY.equalsIgnoreCase(key.getKey()))
            .flatMap(key -> only(key.getValue()).stream())
            .findFirst()
        : Optional.empty();
  }

  private static boolean names(JsonNode oneOrMore, String text) {
    return text.equals(oneOrMore.textValue())
        || oneOrMore.valueStream().anyMatch(each -> text.equals(each.textValue()));
  }

  private static Optional<Instant> only(JsonNode oneOrMore) {
    JsonNode value = oneOrMore.isArray() && oneOrMore.size() == 1 ? oneOrMore.get(0) : oneOrMore;
    try {
      return Optional.ofNullable(value.textValue())
          .map(text -> OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException anotherForm) {
      return Optional.empty();
    }
  }
}
