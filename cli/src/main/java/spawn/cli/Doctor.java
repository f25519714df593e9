package spawn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import spawn.cli.Finding.Status;

/** {@code spawn doctor}: what is missing before the first launch. */
@Command(
    name = "doctor",
    description = {
      "Looks at this computer, the credentials, the stack and the account, and says what is missing for a launch.",
      "It only reads. Exit code 0 if nothing is missing, 1 otherwise."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn doctor"})
final class Doctor implements Callable<Integer> {
  private final Shell shell;
  private final List<Finding> findings = new ArrayList<>();

  @Spec private CommandSpec spec;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;

  Doctor(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Connection connection = stack.connect(shell);
    new ThisComputer(shell).looks().forEach(this::look);
    TheCaller caller = new TheCaller(connection);
    look(new Look("region", () -> Finding.ok("region", connection.region().id())));
    look(new Look("credentials", caller::identity));
    if (lastIs(Status.OK)) {
      TheStack deployed = new TheStack(connection);
      look(new Look("stack", deployed::status));
      if (!lastIs(Status.MISSING)) {
        deployed.looks().forEach(this::look);
        caller.looks().forEach(this::look);
      }
      new TheAccount(connection).looks().forEach(this::look);
    }
    print();
    return findings.stream().anyMatch(finding -> finding.status() == Status.MISSING)
        ? CommandFailure.FAILED
        : 0;
  }

  /**
   * Something to look at.
   *
   * @param what what it is
   * @param look looks; what it throws is found too
   */
  record Look(String what, Supplier<Finding> look) {}

  private boolean lastIs(Status status) {
    return findings.get(findings.size() - 1).status() == status;
  }

  /** Looks. What AWS does not let the caller see is unknown; what was called wrongly is missing. */
  private void look(Look look) {
    try {
      findings.add(look.look().get());
    } catch (RuntimeException failure) {
      CommandFailure told = Failures.of(failure, StackOptions.caller(spec, shell));
      findings.add(
          told.exitCode() == CommandFailure.WRONG_CALL
              ? Finding.missing(look.what(), told.getMessage())
              : Finding.unknown(look.what(), told.getMessage()));
    }
  }

  private void print() {
    Table table = Table.of("STATUS", "WHAT", "HOW IT IS");
    ObjectNode json = Json.object();
    ArrayNode all = json.putArray("findings");
    for (Finding finding : findings) {
      String status = finding.status().name().toLowerCase(Locale.ROOT);
      table.row(status, finding.what(), finding.detail());
      all.addObject()
          .put("status", status)
          .put("what", finding.what())
          .put("detail", finding.detail());
    }
    output.print(shell, json, table);
    long missing = findings.stream().filter(finding -> finding.status() == Status.MISSING).count();
    shell
        .err()
        .println(
            missing == 0
                ? "Nothing is missing for a launch."
                : "%d of these are missing for a launch.".formatted(missing));
  }
}
