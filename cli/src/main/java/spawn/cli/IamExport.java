package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import spawn.export.ExportRequest;

/** {@code spawn iam-export}: a role as a payload, as it is or without what it has not used. */
@Command(
    name = "iam-export",
    description = {
      "Prints a role as the iam of a payload, for launch --iam-import.",
      "What no payload can say of the role is told beside it: read that first."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn iam-export --role report-writer > role.json"})
final class IamExport implements Callable<Integer> {
  private static final int MOST_TRIES = 20;
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(5);

  private final Shell shell;

  @Mixin private StackOptions stack;

  @Option(
      names = {"--role", "--export"},
      required = true,
      paramLabel = "ROLE",
      description = "the name of the role, spawn's or anybody's")
  private String role;

  @Option(names = "--shrink", description = "leaves out what the role was granted and has not used")
  private boolean shrink;

  @Option(
      names = "--min-age",
      paramLabel = "DURATION",
      description = "with --shrink: a younger role is not shrunk; P7D if left out")
  private String minAge;

  @Option(
      names = "--job-id",
      paramLabel = "ID",
      description = "with --shrink: goes on with a report that was not ready")
  private String jobId;

  IamExport(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    ObjectNode call = Json.object().put(shrink ? "shrink" : "export", role);
    Json.put(call, "minAge", minAge);
    Json.put(call, "jobId", jobId);
    WrongCalls.checked(() -> ExportRequest.of(call));
    ObjectNode answer = answer(new Functions(stack.connect(shell), shell), call);
    tell("Left out", answer, "leftOut");
    tell("Bound to this account or region", answer, "bound");
    tell("Kept, as nothing tells whether it was used", answer, "kept");
    tell("Note", answer, "notes");
    if (!answer.has("iam")) {
      return CommandFailure.FAILED;
    }
    shell.out().println(Json.pretty(answer));
    return 0;
  }

  /** IAM makes its report of use meanwhile. */
  private ObjectNode answer(Functions functions, ObjectNode call) {
    ObjectNode answer = functions.call("ExportFunctionName", call);
    for (int tries = 1; isNotReady(answer) && tries < MOST_TRIES; tries++) {
      Pause.of(BETWEEN_TRIES);
      answer =
          functions.call(
              "ExportFunctionName", call.deepCopy().put("jobId", answer.path("jobId").asText()));
    }
    if (isNotReady(answer)) {
      shell.err().println("Go on by --job-id " + answer.path("jobId").asText());
    }
    return answer;
  }

  private static boolean isNotReady(ObjectNode answer) {
    return answer.path("outcome").asText().equals("NOT_READY");
  }

  private void tell(String what, ObjectNode answer, String member) {
    List<String> sentences =
        answer
            .path(member)
            .valueStream()
            .map(one -> one.isTextual() ? one.asText() : one.toString())
            .toList();
    sentences.forEach(sentence -> shell.err().println("%s: %s".formatted(what, sentence)));
  }
}
