package spawn.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A shell for tests: what is typed is given, what is printed is kept. */
final class TypedShell {
  private final Map<String, String> environment;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path directory = Path.of("").toAbsolutePath();
  private String typed = "";
  private boolean interactive;

  TypedShell(Map<String, String> environment) {
    this.environment = new TreeMap<>(environment);
  }

  /** Sets a variable of the environment. */
  TypedShell with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Has a person type these lines, in answer to questions. */
  TypedShell typing(String lines) {
    this.typed = lines;
    this.interactive = true;
    return this;
  }

  /** Has these lines come through a pipe. */
  TypedShell piping(String lines) {
    this.typed = lines;
    this.interactive = false;
    return this;
  }

  /** Starts relative paths there. */
  TypedShell in(Path folder) {
    this.directory = folder;
    return this;
  }

  /** Runs one command; what an earlier one printed is forgotten. */
  int run(String... arguments) {
    out.reset();
    err.reset();
    return Spawn.run(shell(), arguments);
  }

  /** Returns the shell that the commands run in. */
  Shell shell() {
    return new Shell(
        new BufferedReader(new StringReader(typed)),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        interactive,
        directory,
        environment);
  }

  /** Returns what the last command printed as its result. */
  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Returns what the last command said beside it. */
  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
