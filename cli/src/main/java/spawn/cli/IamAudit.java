package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import spawn.audit.AuditRequest;

/**
 * {@code spawn iam-audit}: what the stack's roles hold, what is risky in that, who uses them, and
 * what has changed since they were made.
 */
@Command(
    name = "iam-audit",
    description = "Looks at every role of the stack: risks, use, drift. Changes nothing.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn iam-audit"})
final class IamAudit implements Callable<Integer> {
  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;
  @Mixin private RolesOption roles;

  @Option(
      names = "--services",
      description =
          "tells too which services each role has used; only with up to 50 roles that are named")
  private boolean services;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "writes a page to look at, in place of the table")
  private String html;

  IamAudit(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    ObjectNode call = Json.object();
    roles.put(call);
    Json.put(call, "services", services);
    Json.put(call, "format", html == null ? null : "html");
    WrongCalls.checked(() -> AuditRequest.read(call));
    AuditPages pages = new AuditPages(new Functions(stack.connect(shell), shell), shell);
    List<ObjectNode> answers = pages.all("AuditFunctionName", call);
    if (html != null) {
      writePages(answers);
    }
    ObjectNode whole = AuditPages.joined(answers);
    whole.remove("html");
    if (html == null) {
      output.print(shell, whole, table(whole));
    }
    shell.err().println(counted(whole.path("counts")));
    return pages.tellsWhatIsMissing(whole) ? CommandFailure.FAILED : 0;
  }

  /** Writes each page; a further one has its number before the ending of its name. */
  private void writePages(List<ObjectNode> answers) {
    for (int index = 0; index < answers.size(); index++) {
      Path file = shell.file(index == 0 ? html : numbered(html, index + 1));
      try {
        Files.writeString(file, answers.get(index).path("html").asText());
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      shell.out().println(file);
    }
  }

  private static String numbered(String name, int number) {
    int dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') + 1
        ? name.substring(0, dot) + "-" + number + name.substring(dot)
        : name + "-" + number;
  }

  private static Table table(JsonNode report) {
    Table table = Table.of("ROLE", "STATE", "RISK", "DRIFT", "USED BY", "LAST USED", "AGE");
    for (JsonNode role : report.path("roles")) {
      table.row(
          role.path("role").asText(),
          role.path("state").asText(),
          risk(role),
          kinds(role.path("drift"), "kind"),
          usedBy(role),
          role.path("lastUsed").asText("").replaceFirst("T.*", ""),
          role.path("ageDays").asLong() + " d");
    }
    return table;
  }

  private static String risk(JsonNode role) {
    JsonNode warnings = role.path("warnings");
    if (warnings.isEmpty()) {
      return "";
    }
    String worst =
        warnings.valueStream().anyMatch(one -> one.path("severity").asText().equals("high"))
            ? "high"
            : "low";
    return "%s: %s".formatted(worst, kinds(warnings, "code"));
  }

  private static String kinds(JsonNode list, String member) {
    Set<String> kinds =
        list.valueStream()
            .map(one -> one.path(member).asText())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    List<String> shown = kinds.stream().limit(2).toList();
    return String.join(", ", shown)
        + (kinds.size() > shown.size() ? ", +" + (kinds.size() - shown.size()) : "");
  }

  private static String usedBy(JsonNode role) {
    JsonNode instances = role.path("instances");
    if (!instances.isEmpty()) {
      return instances.get(0).asText()
          + (instances.size() > 1 ? ", +" + (instances.size() - 1) : "");
    }
    return role.path("set").isTextual() ? "set " + role.path("set").asText() : "";
  }

  private static String counted(JsonNode counts) {
    String states =
        counts.properties().stream()
            .filter(one -> one.getValue().asLong() > 0)
            .filter(one -> !one.getKey().equals("roles"))
            .map(
                one ->
                    "%d %s"
                        .formatted(
                            one.getValue().asLong(),
                            one.getKey().equals("trustOrBoundary")
                                ? "with another trust or boundary"
                                : one.getKey()))
            .collect(Collectors.joining(", "));
    return "%d roles%s."
        .formatted(counts.path("roles").asLong(), states.isEmpty() ? "" : ": " + states);
  }
}
