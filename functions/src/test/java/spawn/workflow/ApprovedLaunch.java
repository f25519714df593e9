package spawn.workflow;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import spawn.aws.SimulatedAws;
import spawn.lambda.LogLine;

/** A launch that somebody has approved, in a stack that asks for each. */
public final class ApprovedLaunch {
  private ApprovedLaunch() {}

  /** Runs it, and hands on what its functions log. */
  public static Outcome run(Consumer<LogLine> log) {
    SimulatedAws aws = SimulatedAws.create();
    Stack stack =
        Stack.on(
            aws,
            Workflow.with(
                Map.of("ApproveLaunches", "all", "ApprovalTopicArn", ApprovalScript.TOPIC)),
            log,
            thrown -> {});
    ApprovalScript people = new ApprovalScript(aws, stack, List.of("1h yes"));
    return people.run(stack.execution("approved", Stack.event("launch"), people));
  }
}
