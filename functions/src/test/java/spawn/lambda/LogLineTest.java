package spawn.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import spawn.error.AwsRefused;
import spawn.error.InvalidRequest;

class LogLineTest {
  private static JsonNode written(LogLine line) throws JsonProcessingException {
    String text = line.text("my-stack");
    assertThat(text).doesNotContain("\n");
    return Json.MAPPER.readTree(text);
  }

  @Test
  void aLineWithoutMetricsIsTheEventAndItsContent() throws JsonProcessingException {
    JsonNode line =
        written(
            new LogLine()
                .event("looked")
                .with("at", Instant.EPOCH)
                .with("names", List.of("a\nb"))
                .with("nothing", null));

    assertThat(line)
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                {"event": "looked", "content": {"at": "1970-01-01T00:00:00Z", "names": ["a\\nb"]}}
                """));
  }

  @Test
  void aLineOfATeamsStackSaysWhoseItIs() throws JsonProcessingException {
    LogLine plain = new LogLine().event("looked");
    LogLine measured = new LogLine().event("waited").count("Waits", 2);

    for (LogLine line : List.of(plain, measured)) {
      assertThat(Json.MAPPER.readTree(line.text("my-stack", "data")).path("team").asText())
          .isEqualTo("data");
      assertThat(written(line).has("team")).isFalse();
    }
  }

  @Test
  void aMetricHasTheUnitThatItIsAddedIn() throws JsonProcessingException {
    JsonNode line = written(new LogLine().event("waited").seconds("Wait", 1.5).count("Waits", 2));
    JsonNode metrics = line.at("/_aws/CloudWatchMetrics/0/Metrics");

    assertThat(metrics)
        .extracting(metric -> metric.path("Name").asText() + " in " + metric.path("Unit").asText())
        .containsExactlyInAnyOrder("Wait in Seconds", "Waits in Count");
    assertThat(line.path("Wait").asDouble()).isEqualTo(1.5);
    assertThat(line.path("Waits").asInt()).isEqualTo(2);
  }

  @Test
  void aFailureCountsNothingElse() throws JsonProcessingException {
    LogLine line = new LogLine().event("launched").count("Launches", 1);

    JsonNode failed =
        written(line.failed("EnsureRole", new InvalidRequest("$.iam", "This is wrong.")));

    assertThat(failed.path("event").asText()).isEqualTo("failed");
    assertThat(failed.path("Failures").asInt()).isEqualTo(1);
    assertThat(failed.has("Launches")).isFalse();
  }

  @Test
  void aMessageThatIsTooLongForALineIsCut() throws JsonProcessingException {
    JsonNode failed =
        written(
            new LogLine()
                .failed("EnsureRole", new AwsRefused("EC2 said " + "long ".repeat(100_000))));

    assertThat(failed.at("/content/message").asText())
        .hasSizeLessThan(10_100)
        .startsWith("EC2 said long")
        .endsWith(" …");
  }
}
