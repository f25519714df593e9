package spawn.occasion;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the sweep's function answers. */
public sealed interface CleanupAnswer {
  /**
   * Which messages the queue is to deliver again.
   *
   * @param givenBack them, as Lambda takes them
   */
  record Messages(@JsonValue SQSBatchResponse givenBack) implements CleanupAnswer {}

  /**
   * What the sweep found and did.
   *
   * @param document the report with its figures
   */
  record Report(@JsonValue ObjectNode document) implements CleanupAnswer {}
}
