package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import spawn.audit.RepairRequest;

/** {@code spawn iam-repair}: puts roles back to what they were made with. */
@Command(
    name = "iam-repair",
    description =
        "Says which roles have drifted, and what would be put back. Changes nothing without --yes.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn iam-repair --role report-writer"})
final class IamRepair implements Callable<Integer> {
  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;
  @Mixin private RolesOption roles;

  @Option(
      names = {"--yes", "--repair"},
      description = "repairs; without it nothing is changed")
  private boolean repair;

  IamRepair(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    ObjectNode call = Json.object();
    Json.put(call, "repair", repair);
    roles.put(call);
    WrongCalls.checked(() -> RepairRequest.read(call));
    AuditPages pages = new AuditPages(new Functions(stack.connect(shell), shell), shell);
    ObjectNode whole = AuditPages.joined(pages.all("RepairFunctionName", call));
    output.print(shell, whole, table(whole));
    JsonNode counts = whole.path("counts");
    shell
        .err()
        .println(
            repair
                ? "Of %d roles, %d repaired, %d left, %d failed."
                    .formatted(
                        counts.path("looked").asLong(),
                        counts.path("repaired").asLong(),
                        counts.path("left").asLong(),
                        counts.path("failed").asLong())
                : "Nothing was changed: of %d roles, %d to repair, %d that stay as they are.%s"
                    .formatted(
                        counts.path("looked").asLong(),
                        counts.path("wouldRepair").asLong(),
                        counts.path("left").asLong(),
                        counts.path("wouldRepair").asLong() > 0 ? " To do it, add --yes." : ""));
    return pages.tellsWhatIsMissing(whole) || counts.path("failed").asLong() > 0
        ? CommandFailure.FAILED
        : 0;
  }

  private static Table table(JsonNode report) {
    Table table = Table.of("ROLE", "OUTCOME", "DRIFT", "CHANGES", "WHY");
    for (JsonNode role : report.path("roles")) {
      table.row(
          role.path("role").asText(),
          role.path("outcome").asText().equals("wouldRepair")
              ? "would be repaired"
              : role.path("outcome").asText(),
          role.path("drift")
              .valueStream()
              .map(drift -> drift.path("kind").asText())
              .distinct()
              .collect(Collectors.joining(", ")),
          role.path("changes")
              .valueStream()
              .map(JsonNode::asText)
              .collect(Collectors.joining("; ")),
          role.path("reason").asText());
    }
    return table;
  }
}
