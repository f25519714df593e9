package spawn.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineRequest;
import software.amazon.awssdk.services.sfn.model.DescribeStateMachineResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.SendTaskSuccessRequest;
import software.amazon.awssdk.services.sfn.model.SendTaskSuccessResponse;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;
import spawn.aws.SimulatedAws;
import spawn.simulation.Interposed;

/** Each bug that is planted between the functions of an approval and Step Functions is found. */
class ApprovalBugsTest {
  private static final Workflow WORKFLOW = ApprovalWaysTest.workflow();
  private static final String ANSWER = "AnswerApproval";
  private static final String CONFIRM = "ConfirmAnswer";

  /** A bug, and in which function it is. */
  private enum Bug {
    /** The end of the wait counts, without a record. */
    NO_RECORD_NEEDED(CONFIRM),
    /** A refusal is taken for a yes. */
    REFUSAL_TAKEN_FOR_A_YES(CONFIRM),
    /** Changed limits are not noticed. */
    LIMITS_NOT_COMPARED(CONFIRM),
    /** An answer is for whatever plan. */
    HASH_NOT_COMPARED(ANSWER),
    /** The launch is woken, and the answer not recorded. */
    ANSWER_NOT_RECORDED(ANSWER),
    /** The answer is recorded, and the launch not woken. */
    LAUNCH_NOT_WOKEN(ANSWER),
    /** A second answer counts as if it were the first. */
    SECOND_ANSWER_TAKEN(ANSWER),
    /** What no longer waits takes answers. */
    LATE_ANSWER_TAKEN(ANSWER);

    private final String function;

    Bug(String function) {
      this.function = function;
    }

    Interposed planted(SimulatedAws aws) {
      return switch (this) {
        case NO_RECORD_NEEDED ->
            (request, ask) -> {
              try {
                return ask.apply(request);
              } catch (ExecutionDoesNotExistException none) {
                if (aws.published().isEmpty()) {
                  throw none;
                }
                String hash =
                    ApprovalScript.line(aws.published().get(0), "approve")
                        .path("planHash")
                        .asText();
                return DescribeExecutionResponse.builder()
                    .input(
                        "{\"approval\": \"\", \"planHash\": \"%s\", \"answer\": \"approve\", \"reason\": \"\"}"
                            .formatted(hash))
                    .build();
              }
            };
        case REFUSAL_TAKEN_FOR_A_YES ->
            Interposed.answering(
                answer ->
                    answer instanceof DescribeExecutionResponse found
                        ? found.toBuilder()
                            .input(found.input().replace("\"deny\"", "\"approve\""))
                            .build()
                        : answer);
        case LIMITS_NOT_COMPARED ->
            (request, ask) ->
                request instanceof DescribeStateMachineRequest
                    ? DescribeStateMachineResponse.builder()
                        .definition(WORKFLOW.launch().text())
                        .build()
                    : ask.apply(request);
        case HASH_NOT_COMPARED ->
            Interposed.answering(
                answer ->
                    answer instanceof DescribeExecutionResponse found
                        ? found.toBuilder()
                            .input(
                                found
                                    .input()
                                    .replaceFirst(
                                        "\"planHash\":\"[0-9a-f]{64}",
                                        "\"planHash\":\"" + "0".repeat(64)))
                            .build()
                        : answer);
        case ANSWER_NOT_RECORDED ->
            (request, ask) ->
                request instanceof StartExecutionRequest
                    ? StartExecutionResponse.builder().build()
                    : ask.apply(request);
        case LAUNCH_NOT_WOKEN ->
            (request, ask) ->
                request instanceof SendTaskSuccessRequest
                    ? SendTaskSuccessResponse.builder().build()
                    : ask.apply(request);
        case SECOND_ANSWER_TAKEN ->
            (request, ask) -> {
              try {
                return request instanceof DescribeExecutionRequest asked
                        && asked.executionArn().contains(":spawn-answers:")
                    ? notThere()
                    : ask.apply(request);
              } catch (ExecutionAlreadyExistsException ignored) {
                return StartExecutionResponse.builder().build();
              }
            };
        case LATE_ANSWER_TAKEN ->
            Interposed.answering(
                answer ->
                    answer instanceof DescribeExecutionResponse found
                        ? found.toBuilder().status("RUNNING").build()
                        : answer);
      };
    }

    private static DescribeExecutionResponse notThere() {
      throw ExecutionDoesNotExistException.builder().message("none").build();
    }
  }

  /** The functions, one of them with the bug. */
  private record Buggy(Bug bug, SimulatedAws aws) implements Stack.Parts {
    @Override
    public IamClient iam(String function) {
      return function.equals("PlanLaunch") ? aws.iamOnEveryPath() : aws.iam(owner().path());
    }

    @Override
    public Ec2Client ec2(String function, Region region) {
      return aws.ec2(region);
    }

    @Override
    public Clock clock(String function) {
      return aws.clock();
    }

    @Override
    public SfnClient states(String function, SfnClient real) {
      return function.equals(bug.function) ? bug.planted(aws).before(SfnClient.class, real) : real;
    }
  }

  @ParameterizedTest
  @EnumSource(Bug.class)
  void aPlantedBugIsFoundByTheWays(Bug bug) {
    long found =
        ApprovalWaysTest.ways()
            .filter(
                way -> {
                  try {
                    ApprovalWaysTest.assertEnd(way, Duration.ZERO, aws -> buggy(bug, aws));
                    return false;
                  } catch (AssertionError | NoSuchElementException told) {
                    return true;
                  }
                })
            .count();

    assertThat(found).as("ways that end otherwise").isPositive();
  }

  private static Stack buggy(Bug bug, SimulatedAws aws) {
    return Stack.deployed(
        WORKFLOW, aws, new Buggy(bug, aws), aws::advance, new SplittableRandom(0));
  }
}
