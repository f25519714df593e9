package spawn.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import spawn.json.Json;
import spawn.occasion.CleanupAnswer;

class TerminationBatchTest {
  private static final Path BATCH = Path.of("events/termination-batch.json");

  private static JsonNode batch() throws IOException {
    return Json.read(Files.readString(BATCH));
  }

  @Test
  void aBatchIsReadAsLambdasOwnLibraryReadsIt() throws IOException {
    SQSEvent theirs = EventLoader.loadSQSEvent("events/termination-batch.json");

    assertThat(new TerminationBatch(theirs).hasHints()).isTrue();
    assertThat(TerminationBatch.event(batch()).getRecords())
        .usingRecursiveComparison()
        .comparingOnlyFields("messageId", "body", "attributes")
        .isEqualTo(theirs.getRecords());
  }

  /** The names that Lambda looks for; an answer that it does not know deletes every message. */
  @Test
  void theAnswerHasTheMembersThatLambdaReads() throws IOException {
    Instant sent = Instant.ofEpochMilli(1_768_502_628_000L);

    assertThat(
            Json.of(
                new CleanupAnswer.Messages(
                    TerminationBatch.read(batch()).answer(true, false, sent))))
        .isEqualTo(
            Json.read(
                """
                {"batchItemFailures":
                  [{"itemIdentifier": "059f36b4-87a3-44ab-83d2-661975830a7d"}]}
                """));
  }
}
