package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import spawn.revocation.RevocationRequest;

/** {@code spawn revoke}: a role must stop now. */
@Command(
    name = "revoke",
    description = {
      "Denies a role everything from now on, and keeps launches off it; or undoes that.",
      "Instances that carry it go on running, and can do nothing in AWS any more."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: spawn revoke report-writer --reason 'its key was found in a public repository' --yes"
    })
final class Revoke implements Callable<Integer> {
  private final Shell shell;

  @Mixin private StackOptions stack;
  @Mixin private OutputOption output;

  @Parameters(paramLabel = "ROLE", description = "the name of the role")
  private String role;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "why, for the log and the role's tag; required unless it is undone")
  private String reason;

  @Option(
      names = "--by",
      paramLabel = "WHO",
      description = "who asks; the caller's ARN if left out")
  private String by;

  @ArgGroup private What what = new What();

  @Option(names = "--yes", description = "does not ask")
  private boolean yes;

  /** What becomes of the role; one of these. */
  static final class What {
    @Option(
        names = "--everything",
        description = "denies all, also to sessions to come: what is done if nothing is said")
    @SuppressWarnings("UnusedVariable") // what is done without it, too
    private boolean everything;

    @Option(
        names = "--sessions",
        description =
            "denies only the sessions issued so far; an instance gets a new one within hours")
    private boolean sessions;

    @Option(names = "--undo", description = "takes every revocation off the role")
    private boolean undo;
  }

  Revoke(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    ObjectNode call = Json.object().put("role", role);
    Json.put(call, "reason", reason);
    Json.put(call, "by", by);
    Json.put(call, "sessions", what.sessions);
    Json.put(call, "undo", what.undo);
    WrongCalls.checked(() -> RevocationRequest.read(call));
    Connection connection = stack.connect(shell);
    Consent.to(shell, yes, question(connection));
    if (by == null) {
      whoCalls(connection).ifPresent(arn -> call.put("by", arn));
    }
    ObjectNode answer = new Functions(connection, shell).call("RevokeFunctionName", call);
    output.print(shell, answer, table(answer));
    answer.path("notes").forEach(note -> shell.err().println(note.asText()));
    return 0;
  }

  private String question(Connection connection) {
    String which = "the role %s of the stack %s".formatted(role, connection.stackName());
    if (what.undo) {
      return "This takes every revocation off %s: it may do again what it could do."
          .formatted(which);
    }
    return what.sessions
        ? "This denies everything to the sessions of %s issued so far.".formatted(which)
        : "This denies %s everything, at once and in every instance that carries it."
            .formatted(which);
  }

  /** Every caller may ask who they are; whoever cannot is not named. */
  private static Optional<String> whoCalls(Connection connection) {
    try (StsClient sts = connection.sts()) {
      return Optional.ofNullable(sts.getCallerIdentity().arn());
    } catch (SdkException unknown) {
      return Optional.empty();
    }
  }

  private static Table table(JsonNode answer) {
    return Table.of("ROLE", "DENIED", "SINCE", "CHANGED")
        .row(
            answer.path("role").asText(),
            answer.path("revoked").asText("nothing"),
            answer.path("since").asText(""),
            answer.path("changed").asBoolean() ? "yes" : "no");
  }
}
