package spawn.cli;

import java.util.Locale;
import java.util.Optional;

/** Asks line by line, of whoever sits at the terminal or of a file of answers. */
final class WizardDialogue {
  private final Shell shell;

  WizardDialogue(Shell shell) {
    this.shell = shell;
  }

  /** Says one line. */
  void say(String line) {
    shell.err().println(line);
  }

  /**
   * Asks until there is an answer.
   *
   * @param help what {@code ?} shows
   * @return the answer without blanks around it, empty for an empty line; nothing for {@code back}
   * @throws CommandFailure if the input has ended, or the answer is {@code quit}
   */
  Optional<String> ask(String question, String help) {
    while (true) {
      Optional<String> line = shell.ask(question);
      if (line.isEmpty()) {
        shell.err().println();
        throw CommandFailure.wrongCall("The input has ended; nothing was done.");
      }
      String answer = line.get().strip();
      if (!shell.interactive()) {
        say(answer); // a terminal shows what is typed, a file does not
      }
      switch (answer.toLowerCase(Locale.ROOT)) {
        case "?", "help" -> say(help);
        case "quit", "exit" -> throw CommandFailure.wrongCall("Nothing was done.");
        case "back" -> {
          return Optional.empty();
        }
        default -> {
          return Optional.of(answer);
        }
      }
    }
  }

  /** Asks for something that has a value if nothing is said; nothing for {@code back}. */
  Optional<String> askOr(String question, String standard, String help) {
    return ask("%s [%s] ".formatted(question, standard), help)
        .map(answer -> answer.isEmpty() ? standard : answer);
  }
}
