package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/**
 * Shows an execution's states as they happen, a line each: seconds since the start, name, and what
 * came of it, which is added when it is known. Choices are left out: the next line shows them. The
 * states of a map run side by side: each has an indented line when it is done.
 */
final class ExecutionLines {
  private static final int NAME_WIDTH = 20;

  private static final List<String> ENDS =
      List.of("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut");

  private final PrintStream out;
  private Instant begin;
  private String room = "";
  private boolean lineIsOpen;

  private String state = "";
  private Instant entered;
  private boolean isInMap;
  private String would = "";
  private boolean hasEnded;

  ExecutionLines(PrintStream out) {
    this.out = out;
  }

  /** Returns whether the execution's last event was shown. */
  boolean haveEnded() {
    return hasEnded;
  }

  /** Shows an event, if it is one that a reader wants to know of. */
  void show(HistoryEvent event) {
    String type = event.typeAsString();
    if (begin == null) {
      begin = event.timestamp();
    }
    String words = "";
    if (type.equals("MapStateExited")) {
      isInMap = false;
    } else if (type.endsWith("StateEntered") && !type.startsWith("Choice") && !isInMap) {
      enter(event);
    } else if (type.equals("TaskSucceeded")) {
      words = answered(event);
    } else if (type.equals("WaitStateExited")) {
      words = lasted(seconds(entered, event.timestamp()));
    } else if (!type.startsWith("Execution")) {
      words = error(event).orElse("");
    }
    if (!words.isEmpty() && isInMap) {
      line(event.timestamp(), "  " + Table.printable(words), "");
    } else if (!words.isEmpty()) {
      out.print(room + "  " + Table.printable(words));
      room = "";
    }
    if (ENDS.contains(type)) {
      hasEnded = true;
      close();
    }
    out.flush();
  }

  /** Ends the line that is open, so that what is printed next has a line of its own. */
  void close() {
    if (lineIsOpen) {
      out.println();
      lineIsOpen = false;
    }
  }

  private void enter(HistoryEvent event) {
    state = event.stateEnteredEventDetails().name();
    entered = event.timestamp();
    isInMap = event.typeAsString().equals("MapStateEntered");
    line(event.timestamp(), state, " ".repeat(Math.max(0, NAME_WIDTH - state.length())));
  }

  private void line(Instant at, String words, String roomBehind) {
    close();
    out.print(String.format(Locale.ROOT, "%7.1f s  %s", seconds(begin, at), words));
    room = roomBehind;
    lineIsOpen = true;
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1000.0;
  }

  /** As it was waited, which the local stack does for a part of a second. */
  private static String lasted(double seconds) {
    return String.format(Locale.ROOT, seconds < 0.95 ? "%.1f s" : "%.0f s", seconds);
  }

  private String answered(HistoryEvent event) {
    String output = event.taskSucceededEventDetails().output();
    if (output == null) {
      return "";
    }
    JsonNode answer = Json.read(output, "the answer of " + state).path("Payload");
    if (answer.has("planOnly")) {
      would = answer.path("planOnly").asBoolean() ? "would be " : "";
    }
    return StateHints.of(state, answer, would);
  }

  private static Optional<String> error(HistoryEvent event) {
    return Stream.of(
            error(event.taskFailedEventDetails(), details -> details.error()),
            error(event.taskTimedOutEventDetails(), details -> details.error()),
            error(event.taskStartFailedEventDetails(), details -> details.error()),
            error(event.taskSubmitFailedEventDetails(), details -> details.error()),
            error(event.evaluationFailedEventDetails(), details -> details.error()))
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static <D> String error(D details, Function<D, String> name) {
    return details == null ? null : name.apply(details);
  }
}
