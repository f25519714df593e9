package spawn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** What Step Functions answers to a {@link Rehearsal}: a launch that has gone well. */
final class RehearsedExecution {
  private static final String ARN =
      "arn:aws:states:us-east-1:111122223333:execution:launch:rehearsal";

  /** A function's answer that has something for the words of every state. */
  private static final ObjectNode ANSWER = answer();

  private static final Map<String, ObjectNode> ANSWERS =
      Map.of(
          "AWSStepFunctions.StartExecution",
          Json.object().put("executionArn", ARN).put("startDate", 1),
          "AWSStepFunctions.GetExecutionHistory",
          Json.object().set("events", events()),
          "AWSStepFunctions.DescribeExecution",
          Json.object()
              .put("executionArn", ARN)
              .put("name", "rehearsal")
              .put("status", "SUCCEEDED")
              .put("startDate", 1)
              .put("output", ANSWER.toString()));

  private RehearsedExecution() {}

  /**
   * Returns the answer to a call.
   *
   * @param target the call's header {@code X-Amz-Target}
   * @return nothing if it is about something else
   */
  static Optional<String> answer(String target) {
    return Optional.ofNullable(ANSWERS.get(target)).map(ObjectNode::toString);
  }

  private static ObjectNode answer() {
    ObjectNode answer = Json.object().put("name", "a").put("outcome", "created");
    answer.put("visible", false).put("nextProbeInSeconds", 1);
    answer.putObject("role").put("name", "a").put("outcome", "created").put("arn", "b");
    answer.putArray("instances").addObject().put("instanceId", "i-1").put("state", "running");
    return answer;
  }

  /** Every state whose answer is put into words, and a pause. The newest comes first. */
  private static ArrayNode events() {
    ArrayNode events = Json.array();
    event(events, "ExecutionStarted");
    for (String state : StateHints.states()) {
      event(events, "TaskStateEntered").putObject("stateEnteredEventDetails").put("name", state);
      event(events, "TaskSucceeded")
          .putObject("taskSucceededEventDetails")
          .put("output", Json.object().set("Payload", ANSWER).toString());
    }
    event(events, "WaitStateEntered").putObject("stateEnteredEventDetails").put("name", "Pause");
    event(events, "WaitStateExited");
    event(events, "ExecutionSucceeded");
    return events;
  }

  private static ObjectNode event(ArrayNode events, String type) {
    int id = events.size() + 1;
    return events.insertObject(0).put("id", id).put("type", type).put("timestamp", id);
  }
}
