package spawn.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.ssm.SsmClient;

/** {@code spawn exec}: runs a command on an instance, and shows what it prints. */
@Command(
    name = "exec",
    description =
        "Runs a command on an instance by Systems Manager, as root, and shows what it prints.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn exec my-instance \"aws sts get-caller-identity\""})
final class Execute implements Callable<Integer> {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  /** As Systems Manager's documents have it. */
  private static final int LONGEST_SECONDS = 172_800;

  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;

  @Parameters(index = "0", paramLabel = "NAME|ID", description = "the instance")
  private String word;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "what the instance's shell is to run, PowerShell on Windows; best in quotes")
  private List<String> command = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "when the command is ended; 3600 if left out")
  private int seconds = 3600;

  Execute(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (seconds < 1 || seconds > LONGEST_SECONDS) {
      throw CommandFailure.wrongCall("--timeout takes 1 to %d seconds.".formatted(LONGEST_SECONDS));
    }
    Connection connection = stack.connect(shell);
    ListedInstance instance = InstanceTargets.one(word, connection);
    try (SsmClient ssm = connection.systemsManager(connection.region());
        SsmClient once = connection.systemsManagerOnce(connection.region())) {
      new SystemsManager(ssm).check(instance);
      RunCommand.Ended ended =
          new RunCommand(ssm, once, BETWEEN_LOOKS)
              .run(instance, String.join(" ", command), seconds);
      print(ended);
      if (!ended.isSuccess()) {
        throw CommandFailure.failed(failure(ended));
      }
    }
    return 0;
  }

  private void print(RunCommand.Ended ended) {
    if (output.isJson()) {
      shell.out().println(Json.pretty(ended.json()));
    } else {
      print(shell.out(), ended.output());
      print(shell.err(), ended.errors());
    }
    if (ended.output().length() >= RunCommand.MOST_OUTPUT) {
      shell
          .err()
          .println(
              "Systems Manager tells the first %,d characters only: have the command write to a file, or to S3."
                  .formatted(RunCommand.MOST_OUTPUT));
    }
  }

  private static void print(java.io.PrintStream stream, String text) {
    stream.print(text);
    if (!text.isEmpty() && !text.endsWith("\n")) {
      stream.println();
    }
  }

  private static String failure(RunCommand.Ended ended) {
    return ended
        .exitCode()
        .filter(code -> code > 0)
        .map(code -> "The command ended with exit code %d.".formatted(code))
        .orElseGet(
            () ->
                "The command did not run to its end: %s."
                    .formatted(ended.invocation().statusDetails()));
  }
}
