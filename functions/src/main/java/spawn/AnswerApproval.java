package spawn;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;
import spawn.approval.Answer;
import spawn.approval.AnswerRecords;
import spawn.approval.Approvals;
import spawn.approval.Askings;
import spawn.approval.GivenAnswer;
import spawn.lambda.AwsClients;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;

/**
 * Takes an approver's answer to a launch that waits: records it once, and wakes the launch. Only
 * approvers may call it.
 */
public final class AnswerApproval extends StateHandler<JsonNode, GivenAnswer> {
  private final Approvals approvals;

  /** Creates the function from its environment; Lambda calls this. */
  public AnswerApproval() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(AnswerApproval::new));
  }

  /** Creates the function from its settings. */
  AnswerApproval(Settings settings) {
    this(settings, settings.aws());
  }

  private AnswerApproval(Settings settings, AwsClients aws) {
    super(JsonNode.class, settings.log(), aws.deadline(), aws.calls());
    this.approvals =
        new Approvals(
            new Askings(aws.states(), settings.approvalMachines()),
            new AnswerRecords(aws.states(), settings.approvalMachines()));
  }

  /** Creates the function on a service. */
  public AnswerApproval(Approvals approvals, Consumer<LogLine> log) {
    super(JsonNode.class, log);
    this.approvals = approvals;
  }

  @Override
  protected GivenAnswer handle(JsonNode input, Invocation invocation) {
    LogLine line = invocation.line();
    Answer answer = Answer.read(input);
    line.with("approval", answer.asking()).with("planHash", answer.planHash());
    GivenAnswer given = approvals.give(answer);
    line.event("answered")
        .with("launch", given.launch())
        .with("answer", given.answer())
        .with("first", given.first())
        .with("delivered", given.delivered());
    return given;
  }
}
