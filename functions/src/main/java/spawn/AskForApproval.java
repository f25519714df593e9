package spawn;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import spawn.approval.ApprovalRequest;
import spawn.approval.Requests;
import spawn.lambda.AwsClients;
import spawn.lambda.Execution;
import spawn.lambda.Invocation;
import spawn.lambda.LogLine;
import spawn.lambda.StateHandler;

/**
 * The {@code AskForApproval} state: tells the approvers' topic what a launch would make, and how to
 * answer. The state then waits for its task token.
 */
public final class AskForApproval
    extends StateHandler<AskForApproval.Input, AskForApproval.Output> {
  private final Requests requests;

  /** Creates the function from its environment; Lambda calls this. */
  public AskForApproval() {
    this(Settings.fromEnvironment());
    rehearse(Settings.rehearsal(AskForApproval::new));
  }

  /** Creates the function from its settings. */
  AskForApproval(Settings settings) {
    this(settings, settings.aws());
  }

  private AskForApproval(Settings settings, AwsClients aws) {
    super(Input.class, settings.log(), aws.deadline(), aws.calls());
    this.requests =
        new Requests(
            aws.sns(), Clock.systemUTC(), settings.answerFunction(), settings.region().id());
  }

  /** Creates the function on a service. */
  public AskForApproval(Requests requests, Consumer<LogLine> log) {
    super(Input.class, log);
    this.requests = requests;
  }

  @Override
  protected Output handle(Input input, Invocation invocation) {
    ApprovalRequest request = input.request();
    LogLine line =
        invocation
            .line()
            .with("execution", new Execution(request.launch(), request.launchName()))
            .with("approval", input.execution().name())
            .with("planHash", request.planHash());
    Instant until =
        requests.tell(
            request,
            input.execution().name(),
            input.topicArn(),
            Duration.ofSeconds(input.timeoutSeconds()));
    line.event("askedForApproval").with("until", until).count("ApprovalsAskedFor", 1);
    return new Output(until);
  }

  /**
   * What to ask.
   *
   * @param request what is asked
   * @param topicArn the topic that is told
   * @param timeoutSeconds how long the state waits
   * @param taskToken what ends the wait; it stands here so that the history of this execution, and
   *     only that, holds it. It is neither used nor told
   * @param execution the execution that waits
   */
  public record Input(
      ApprovalRequest request,
      String topicArn,
      long timeoutSeconds,
      String taskToken,
      Execution execution) {}

  /**
   * What was told.
   *
   * @param until when the wait is over
   */
  public record Output(Instant until) {}
}
