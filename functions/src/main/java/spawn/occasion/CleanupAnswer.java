package spawn.occasion;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import spawn.json.AsJson;

/** What the sweep's function answers. */
public sealed interface CleanupAnswer extends AsJson {
  /**
   * Which messages the queue is to deliver again.
   *
   * @param givenBack them, as Lambda takes them
   */
  record Messages(SQSBatchResponse givenBack) implements CleanupAnswer {
    @Override
    public Object asJson() {
      return Map.of(
          "batchItemFailures",
          givenBack.getBatchItemFailures().stream()
              .map(failure -> Map.of("itemIdentifier", failure.getItemIdentifier()))
              .toList());
    }
  }

  /**
   * What the sweep found and did.
   *
   * @param document the report with its figures
   */
  record Report(ObjectNode document) implements CleanupAnswer {
    @Override
    public Object asJson() {
      return document;
    }
  }
}
