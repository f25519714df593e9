package spawn.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a command is run from: its streams, its working directory and its environment.
 *
 * @param in what is typed, or comes through a pipe
 * @param out results, and nothing else: a script may read them
 * @param err progress, questions and what went wrong
 * @param interactive whether a person is there to answer a question
 * @param directory what relative paths start from
 * @param environment the environment's variables
 */
record Shell(
    BufferedReader in,
    PrintStream out,
    PrintStream err,
    boolean interactive,
    Path directory,
    Map<String, String> environment) {
  /** Copies what it is given. */
  Shell {
    environment = Map.copyOf(environment);
  }

  /** Returns the shell that this process was started from. */
  static Shell ofThisProcess() {
    return new Shell(
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        new PrintStream(System.err, true, StandardCharsets.UTF_8),
        // Java tells it only from 22 on; the launcher asks the terminal.
        Boolean.getBoolean("spawn.interactive"),
        Path.of("").toAbsolutePath(),
        System.getenv());
  }

  /** Returns a variable's value; an empty one counts as not set. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** Returns the file that a path on the command line names. */
  Path file(String path) {
    return directory.resolve(path);
  }

  /**
   * Asks, and returns the answer.
   *
   * @return one line without its end, or nothing if the input has ended
   */
  Optional<String> ask(String question) {
    err.print(question);
    err.flush();
    try {
      return Optional.ofNullable(in.readLine());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Asks a question that only {@code y} or {@code yes} affirms. */
  boolean confirm(String question) {
    return ask(question + " (y/N) ")
        .map(answer -> answer.strip().toLowerCase(Locale.ROOT))
        .filter(answer -> answer.equals("y") || answer.equals("yes"))
        .isPresent();
  }
}
