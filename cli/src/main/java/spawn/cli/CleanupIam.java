package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import spawn.cleanup.SweepRequestReader;

/** {@code spawn cleanup-iam}: which roles nothing uses, and their removal. */
@Command(
    name = "cleanup-iam",
    description = {
      "Says which roles of the stack would be removed, why, and what stays. Changes nothing without --yes.",
      "A role goes in two steps: a first run marks it, and one at least 15 minutes later deletes it."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn cleanup-iam --older-than P7D"})
final class CleanupIam implements Callable<Integer> {
  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;

  @Option(names = "--yes", description = "marks and deletes; without it nothing is changed")
  private boolean yes;

  @Option(names = "--dry-run", description = "changes nothing, also beside --yes")
  private boolean dryRun;

  @Option(
      names = {"--role", "--role-names"},
      split = ",",
      paramLabel = "ROLE",
      description = "only these roles, also those that a user named")
  private List<String> roleNames = List.of();

  @Option(
      names = "--role-set",
      paramLabel = "NAME",
      description = "the roles of this role set, all of them or none")
  private String roleSet;

  @Option(
      names = "--everything",
      description = "every role of the stack, whatever its name, before the stack is deleted")
  private boolean everything;

  @Option(
      names = "--older-than",
      paramLabel = "DURATION",
      description = "younger roles stay: P7D, PT36H")
  private String olderThan;

  @Option(
      names = "--may-delete-most",
      description = "lets more than half of the roles go in one run")
  private boolean mayDeleteMost;

  @Option(
      names = "--regions",
      split = ",",
      paramLabel = "REGION",
      description = "looks only at these regions, and so changes nothing")
  private List<String> regions = List.of();

  CleanupIam(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    ObjectNode call = Json.object();
    Json.put(call, "roleNames", roleNames);
    Json.put(call, "regions", regions);
    Json.put(call, "roleSet", roleSet);
    Json.put(call, "olderThan", olderThan);
    Json.put(call, "everything", everything);
    Json.put(call, "mayDeleteMost", mayDeleteMost);
    Json.put(call, "dryRun", dryRun || !yes);
    WrongCalls.checked(() -> SweepRequestReader.read(call));
    ObjectNode report =
        new Functions(stack.connect(shell), shell).call("CleanupFunctionName", call);
    output.print(shell, report, table(report));
    summary(report).forEach(shell.err()::println);
    return count(report, "failed") > 0 || report.has("alarm") ? CommandFailure.FAILED : 0;
  }

  private static Table table(JsonNode report) {
    boolean dry = report.path("dryRun").asBoolean();
    Table table = Table.of("ROLE", "WHAT", "WHY");
    List<JsonNode> changed = new ArrayList<>();
    List<JsonNode> kept = new ArrayList<>();
    for (JsonNode role : report.path("roles")) {
      (role.path("verdict").asText().equals("kept") ? kept : changed).add(role);
    }
    for (List<JsonNode> some : List.of(changed, kept)) {
      some.forEach(
          role ->
              table.row(role.path("role").asText(), told(role, dry), role.path("reason").asText()));
    }
    for (JsonNode profile : report.path("profiles")) {
      table.row(
          "instance profile " + profile.path("profile").asText(),
          told(profile, dry),
          profile.path("reason").asText());
    }
    return table;
  }

  private static String told(JsonNode one, boolean dry) {
    String verdict = one.path("verdict").asText();
    return switch (verdict) {
      case "kept" -> "stays";
      case "failed" -> "failed";
      case "unmarked" -> dry ? "would lose its mark" : "lost its mark";
      default -> dry ? "would be " + verdict : verdict;
    };
  }

  private List<String> summary(JsonNode report) {
    List<String> lines = new ArrayList<>();
    for (String why : List.of("alarm", "stopped")) {
      if (report.hasNonNull(why)) {
        lines.add("It stopped: " + report.path(why).asText());
      }
    }
    report
        .path("unreadableRegions")
        .properties()
        .forEach(
            region ->
                lines.add(
                    "Not read: %s: %s".formatted(region.getKey(), region.getValue().asText())));
    if (report.path("dryRun").asBoolean()) {
      lines.add(
          "Nothing was changed: %d to mark, %d to delete, %d stay.%s"
              .formatted(
                  count(report, "marked"),
                  count(report, "deleted"),
                  count(report, "kept"),
                  yes || count(report, "marked") + count(report, "deleted") == 0
                      ? ""
                      : " To do it, add --yes."));
    } else {
      lines.add(
          "%d marked, %d deleted, %d stay."
              .formatted(count(report, "marked"), count(report, "deleted"), count(report, "kept")));
    }
    if (report.has("againInSeconds")) {
      lines.add(
          "More can go later: run the same command again in %d s."
              .formatted(report.path("againInSeconds").asLong()));
    }
    return lines;
  }

  private static long count(JsonNode report, String verdict) {
    return report
        .path("roles")
        .valueStream()
        .filter(role -> role.path("verdict").asText().equals(verdict))
        .count();
  }
}
