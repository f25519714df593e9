package spawn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import spawn.approval.Answer;
import spawn.approval.RequestInWords;
import spawn.cli.WaitingLaunches.Waiting;
import spawn.policy.Severity;

/**
 * An answer to a launch that waits: shows what is asked, asks whether it is meant, and records it.
 * Without a request it lists those that wait.
 */
abstract class Answering implements Callable<Integer> {
  /** After one second, two and three. */
  private static final int MOST_REPEATS = 3;

  private final Shell shell;
  private final String word;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;

  @Parameters(
      arity = "0..1",
      paramLabel = "REQUEST",
      description =
          "the approval of the message, or the launch's ARN or name; without it, what waits is listed")
  private String request;

  @Option(
      names = {"--comment", "--reason"},
      paramLabel = "TEXT",
      description = "why, in up to 1000 characters; it is recorded, and whoever launches reads it")
  private String comment;

  @Option(names = "--yes", description = "does not ask")
  private boolean yes;

  /**
   * Creates the command.
   *
   * @param word what is answered: {@code approve} or {@code deny}
   */
  Answering(Shell shell, String word) {
    this.shell = shell;
    this.word = word;
  }

  @Override
  public Integer call() {
    Connection connection = stack.connect(shell);
    WaitingLaunches launches = new WaitingLaunches(connection);
    if (request == null) {
      list(launches.all());
      return 0;
    }
    if (comment == null && !shell.interactive()) {
      throw CommandFailure.wrongCall("Say why by --comment: whoever launches reads it.");
    }
    Waiting waiting = launches.named(request);
    RequestInWords.of(waiting.request()).forEach(shell.err()::println);
    shell.err().println();
    String why =
        Optional.ofNullable(comment).or(() -> shell.ask("Why? ")).map(String::strip).orElse("");
    ObjectNode call =
        Json.object()
            .put("approval", waiting.approval())
            .put("planHash", waiting.request().planHash())
            .put("answer", word)
            .put("reason", why);
    WrongCalls.checked(() -> Answer.read(call));
    Consent.to(shell, yes, question(waiting));
    ObjectNode given = given(new Functions(connection, shell), call, waiting.isWaiting());
    output.print(
        shell,
        given,
        Table.of("LAUNCH", "ANSWER", "REASON", "TOLD")
            .row(
                waiting.request().launchName(),
                given.path("answer").asText(),
                given.path("reason").asText(),
                given.path("delivered").asBoolean() ? "yes" : "not yet"));
    shell.err().println(given.path("message").asText());
    return 0;
  }

  /**
   * Gives the answer, and gives it again while the launch has not been told: an execution is listed
   * before its history shows what wakes it, which is eventually consistent.
   */
  private static ObjectNode given(Functions functions, ObjectNode call, boolean isAwaited) {
    ObjectNode given = functions.call("AnswerFunctionName", call);
    for (int repeats = 1;
        isAwaited && !given.path("delivered").asBoolean() && repeats <= MOST_REPEATS;
        repeats++) {
      Pause.of(Duration.ofSeconds(repeats));
      given = functions.call("AnswerFunctionName", call);
    }
    return given;
  }

  private String question(Waiting waiting) {
    return "This %s the launch %s with the plan %s."
        .formatted(
            word.equals("approve") ? "approves" : "refuses",
            waiting.request().launchName(),
            waiting.request().planHash());
  }

  private void list(List<Waiting> waiting) {
    Table table = Table.of("LAUNCH", "WHO SAYS THEY ASK", "SINCE", "HIGH WARNINGS", "REQUEST");
    ArrayNode all = Json.object().putArray("waiting");
    for (Waiting one : waiting) {
      table.row(
          one.request().launchName(),
          one.request().creator(),
          one.since().toString().replaceFirst("\\..*", "Z"),
          one.request().warnings().stream()
              .filter(warning -> warning.severity() == Severity.HIGH)
              .count(),
          one.approval());
      all.addObject()
          .put("approval", one.approval())
          .put("since", one.since().toString())
          .put("launch", one.request().launch())
          .put("creator", one.request().creator())
          .put("planHash", one.request().planHash());
    }
    output.print(shell, all, table);
    if (waiting.isEmpty()) {
      shell.err().println("No launch waits for an approval.");
    }
  }
}
