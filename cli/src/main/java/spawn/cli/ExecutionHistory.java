package spawn.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.GetExecutionHistoryResponse;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/**
 * An execution's events, read on as they come.
 *
 * <p>Step Functions tells no place from which to read on later, so each look begins at the newest
 * event and goes back to the last one that is known: mostly one call, however long the history is
 * (<a
 * href="https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html">GetExecutionHistory</a>).
 */
final class ExecutionHistory {
  /** More than happens from one look to the next, but for the branches of a map. */
  private static final int PAGE = 40;

  private final SfnClient stepFunctions;
  private final String execution;
  private long known;

  ExecutionHistory(SfnClient stepFunctions, String execution) {
    this.stepFunctions = stepFunctions;
    this.execution = execution;
  }

  /** Returns the events since the last look, the oldest first. */
  List<HistoryEvent> next() {
    Deque<HistoryEvent> fresh = new ArrayDeque<>();
    String token = null;
    do {
      GetExecutionHistoryResponse page = page(token);
      page.events().stream().filter(event -> event.id() > known).forEach(fresh::addFirst);
      boolean isAtKnown = page.events().stream().anyMatch(event -> event.id() <= known);
      token = isAtKnown ? null : page.nextToken();
    } while (token != null);
    if (!fresh.isEmpty()) {
      known = fresh.getLast().id();
    }
    return List.copyOf(fresh);
  }

  private GetExecutionHistoryResponse page(String token) {
    return stepFunctions.getExecutionHistory(
        of -> of.executionArn(execution).reverseOrder(true).maxResults(PAGE).nextToken(token));
  }
}
