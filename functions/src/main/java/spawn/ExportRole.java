package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.function.Consumer;
import spawn.export.ExportRequest;
import spawn.export.RoleExports;
import spawn.lambda.AwsClients;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;

/**
 * Writes a role down so that a payload makes it again, as it is or without what it has not used.
 * Operators call it; it only reads.
 */
public final class ExportRole extends StateHandler<JsonNode, ObjectNode> {
  private final RoleExports exports;

  /** Creates the function from its environment; Lambda calls this. */
  public ExportRole() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(ExportRole::new));
  }

  /** Creates the function from its settings. */
  ExportRole(Settings settings) {
    this(settings, settings.aws());
  }

  private ExportRole(Settings settings, AwsClients aws) {
    super(JsonNode.class, settings.log(), aws.deadline(), aws.calls());
    this.exports = new RoleExports(aws.patientIam(), settings.policyContext(), Clock.systemUTC());
  }

  /** Creates the function on a service. */
  public ExportRole(RoleExports exports, Consumer<LogLine> log) {
    super(JsonNode.class, log);
    this.exports = exports;
  }

  @Override
  protected ObjectNode handle(JsonNode input, Invocation invocation) {
    ExportRequest request = ExportRequest.of(input);
    LogLine line = invocation.line().with("role", request.role());
    ObjectNode answer = exports.answer(request);
    line.event(request.shrinks() ? "shrunk" : "exported")
        .with("outcome", answer.path("outcome").asText("DONE"))
        .with("leftOut", answer.path("leftOut").size());
    return answer;
  }
}
