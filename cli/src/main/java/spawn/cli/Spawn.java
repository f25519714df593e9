package spawn.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command line: {@code spawn COMMAND}. */
@Command(
    name = "spawn",
    description = "EC2 launches that carry exactly the permissions they need.",
    mixinStandardHelpOptions = true,
    versionProvider = Spawn.Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Spawn {
  private static final Map<String, String> EXIT_CODES =
      Collections.unmodifiableMap(
          new TreeMap<>(
              Map.of(
                  "0", "it is done",
                  "1", "what was asked failed",
                  "2", "the call was wrong, or nothing was done")));

  private Spawn() {}

  /** Runs one command, and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(Shell.ofThisProcess(), arguments));
  }

  /**
   * Runs one command.
   *
   * @return the exit code: 0, 1 if what was asked failed, 2 if the call was wrong
   */
  static int run(Shell shell, String... arguments) {
    CommandLine line = commandLine(shell);
    return line.execute(arguments.length == 0 ? new String[] {"--help"} : arguments);
  }

  /** Returns the whole command line, for running it and for describing it. */
  static CommandLine commandLine(Shell shell) {
    CommandLine line = new CommandLine(new Spawn());
    for (Object command : commands(shell)) {
      CommandLine its = new CommandLine(command);
      if (command instanceof PayloadFlags.Taker taker) {
        taker.flags().addTo(its.getCommandSpec());
      }
      line.addSubcommand(its);
    }
    line.getSubcommands().values().forEach(Spawn::tellExitCodes);
    // A value may begin with @, where it names a file: picocli would take it for more arguments.
    line.setExpandAtFiles(false);
    line.setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(
        (thrown, its, parsed) -> end(shell, thrown, its.getCommandSpec()));
    line.setParameterExceptionHandler((wrong, given) -> refuse(shell, wrong));
    return line;
  }

  private static void tellExitCodes(CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(EXIT_CODES);
  }

  /** Each command, in the order in which help lists them. */
  private static List<Object> commands(Shell shell) {
    return List.of(
        new Launch(shell),
        new RunRoleSet(shell),
        new Associate(shell),
        new Disassociate(shell),
        new ListInstances(shell),
        new Status(shell),
        new Terminate(shell),
        new Execute(shell),
        new Connect(shell),
        new CleanupIam(shell),
        new Approve(shell),
        new Deny(shell),
        new Revoke(shell),
        new IamTest(shell),
        new IamAudit(shell),
        new IamRepair(shell),
        new IamExport(shell),
        new IamWizard(shell),
        new Doctor(shell),
        new ShellCompletion(shell),
        new CommandLine.HelpCommand());
  }

  private static int end(Shell shell, Exception thrown, CommandSpec command) {
    Caller caller = StackOptions.caller(command, shell);
    CommandFailure failure = Failures.of(thrown, caller);
    shell.err().println(command.qualifiedName() + ": " + failure.getMessage());
    if (StackOptions.isDebugging(command, shell) && thrown != failure) {
      thrown.printStackTrace(shell.err());
    }
    return failure.exitCode();
  }

  private static int refuse(Shell shell, ParameterException wrong) {
    String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    shell.err().println("%s: %s".formatted(command, wrong.getMessage()));
    shell.err().println("Try: %s --help".formatted(command));
    return CommandFailure.WRONG_CALL;
  }

  /** Returns the version that the jar says; empty where the classes run without it. */
  static String version() {
    return Optional.ofNullable(Spawn.class.getPackage().getImplementationVersion()).orElse("");
  }

  /** Reads the version from the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"spawn " + (version().isEmpty() ? "(not packaged)" : version())};
    }
  }
}
