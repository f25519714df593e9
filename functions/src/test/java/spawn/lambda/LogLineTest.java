package spawn.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import spawn.error.AwsRefused;
import spawn.error.InvalidRequest;
import spawn.json.Json;

class LogLineTest {
  private static JsonNode written(LogLine line) throws JsonProcessingException {
    String text = line.text("my-stack");
    assertThat(text).doesNotContain("\n");
    return Json.read(text);
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
            Json.read(
                """
                {"event": "looked", "content": {"at": "1970-01-01T00:00:00Z", "names": ["a\\nb"]}}
                """));
  }

  @Test
  void aLineOfATeamsStackSaysWhoseItIs() throws JsonProcessingException {
    LogLine plain = new LogLine().event("looked");
    LogLine measured = new LogLine().event("waited").count("Waits", 2);

    for (LogLine line : List.of(plain, measured)) {
      assertThat(Json.read(line.text("my-stack", "data")).path("team").asText()).isEqualTo("data");
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

  /**
   * The members that the format asks for, and no more beside them (<a
   * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded
   * metric format</a>).
   */
  @Test
  void aLineOfAFailureIsAnEmbeddedMetricWithEachDimensionBesideIt() throws JsonProcessingException {
    JsonNode line =
        written(new LogLine().failed("EnsureRole", new InvalidRequest("$.iam", "This is wrong.")));
    ObjectNode metadata = (ObjectNode) line.path("_aws");
    Instant at = Instant.ofEpochMilli(metadata.remove("Timestamp").longValue());

    assertThat(at).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
    assertThat(metadata)
        .isEqualTo(
            Json.read(
                """
                {"CloudWatchMetrics": [{
                  "Namespace": "spawn",
                  "Dimensions": [
                    ["Stack"], ["Stack", "Error"], ["Stack", "Remedy"],
                    ["Stack", "Function", "Remedy"]],
                  "Metrics": [{"Name": "Failures", "Unit": "Count"}]}]}
                """));
    assertThat(line.path("Stack").textValue()).isEqualTo("my-stack");
    assertThat(line.path("Error").textValue()).isEqualTo("InvalidRequest");
    assertThat(line.path("Remedy").textValue()).isEqualTo("CALLER");
    assertThat(line.path("Function").textValue()).isEqualTo("EnsureRole");
    assertThat(line.path("Failures").doubleValue()).isEqualTo(1);
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
