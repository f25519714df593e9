package spawn.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A pseudo-terminal at which somebody types commands of {@code bin/spawn}. */
final class Terminal {
  /** Ends the input. */
  static final String CONTROL_D = "\u0004";

  static final String CONTROL_C = "\u0003";

  private final Path folder;
  private final Map<String, String> environment;
  private final List<List<String>> script = new ArrayList<>();

  /**
   * Creates a terminal.
   *
   * @param folder the working directory
   * @param environment variables beside those of this process
   */
  Terminal(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /** Has a line typed once a text has appeared. */
  Terminal at(String prompt, String line) {
    return keys(prompt, line + "\n");
  }

  /** Has keys typed once a text has appeared. */
  Terminal keys(String prompt, String keys) {
    script.add(List.of(prompt, keys));
    return this;
  }

  /**
   * What happened.
   *
   * @param exitCode the command's
   * @param transcript all that the terminal showed, what was typed included
   */
  record Session(int exitCode, String transcript) {}

  /** Runs a command of spawn, typing the script. */
  Session run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Repository.path("bin/spawn").toString()));
    command.addAll(List.of(arguments));
    return runProgram(command.toArray(String[]::new));
  }

  /** Returns a command line that runs a program, typing the script. */
  String line(String... program) throws IOException {
    Path file = folder.resolve("script.json");
    new ObjectMapper().writeValue(file.toFile(), script);
    return ShellWords.joined(command(program)) + " <" + ShellWords.joined(List.of(file.toString()));
  }

  private static List<String> command(String... program) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3",
                Repository.path("cli/src/test/resources/spawn/cli/terminal.py").toString()));
    command.addAll(List.of(program));
    return command;
  }

  /** Runs a program, typing the script. */
  Session runProgram(String... program) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command(program))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (var typed = process.getOutputStream()) {
      new ObjectMapper().writeValue(typed, script);
    }
    String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Session(process.waitFor(), shown);
  }
}
