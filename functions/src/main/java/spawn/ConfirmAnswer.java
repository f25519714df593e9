package spawn;

import java.time.Clock;
import java.time.Instant;
import java.util.function.Consumer;
import spawn.approval.AnswerRecords;
import spawn.approval.Confirmation;
import spawn.approval.Confirmations;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;

/**
 * The {@code ConfirmAnswer} state: says whether an answer that lets the launch go on is on record.
 * It only reads.
 */
public final class ConfirmAnswer extends StateHandler<ConfirmAnswer.Input, Confirmation> {
  private final Confirmations confirmations;

  /** Creates the function from its environment; Lambda calls this. */
  public ConfirmAnswer() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(ConfirmAnswer::new));
  }

  /** Creates the function from its settings. */
  ConfirmAnswer(Settings settings) {
    this(settings, settings.aws());
  }

  private ConfirmAnswer(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.confirmations =
        new Confirmations(
            aws.states(),
            new AnswerRecords(aws.states(), settings.approvalMachines()),
            Clock.systemUTC());
  }

  /** Creates the function on a service. */
  public ConfirmAnswer(Confirmations confirmations, Consumer<LogLine> log) {
    super(Input.class, log);
    this.confirmations = confirmations;
  }

  @Override
  protected Confirmation handle(Input input, Invocation invocation) {
    LogLine line =
        invocation
            .line()
            .with("execution", new Execution(input.launch(), input.launchName()))
            .with("approval", input.execution().name())
            .with("planHash", input.planHash());
    Confirmation confirmation =
        confirmations.look(
            input.approval(),
            input.planHash(),
            input.launch(),
            input.asked(),
            input.waitingSince());
    if (confirmation.approved()) {
      line.event("approved").count("ApprovalsGiven", 1);
    }
    return confirmation;
  }

  /**
   * Which answer to look for.
   *
   * @param approval what was asked for: 64 hex digits
   * @param planHash the hash of what would be made
   * @param launch the ARN of the execution that launches
   * @param launchName its name
   * @param asked how the wait for an answer has ended
   * @param waitingSince when the record was first looked for after it, or {@code null}
   * @param execution the execution that asks
   */
  public record Input(
      String approval,
      String planHash,
      String launch,
      String launchName,
      Confirmations.Wait asked,
      Instant waitingSince,
      Execution execution) {}
}
