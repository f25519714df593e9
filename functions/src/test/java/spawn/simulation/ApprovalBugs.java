package spawn.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import spawn.aws.SimulatedAws;

/** The planted bugs of launches that ask first. */
final class ApprovalBugs {
  private final SimulatedAws aws;
  private final Map<AwsRequest, AwsResponse> firstAnswers = new HashMap<>();

  ApprovalBugs(SimulatedAws aws) {
    this.aws = aws;
  }

  /** Returns what a bug does between the function that looks for the answer and its record. */
  Interposed confirming(Mutation bug) {
    return bug == Mutation.APPROVAL_NOT_LOOKED_UP
        ? (request, ask) -> {
          try {
            return ask.apply(request);
          } catch (ExecutionDoesNotExistException none) {
            return yes(((DescribeExecutionRequest) request).executionArn(), none);
          }
        }
        : Interposed.NONE;
  }

  /** What has been asked is taken for answered. */
  private AwsResponse yes(String record, ExecutionDoesNotExistException none) {
    String approval = record.substring(record.lastIndexOf(':') + 1);
    if (aws.published().stream().noneMatch(sent -> sent.message().contains(approval))) {
      throw none;
    }
    ObjectNode answer = (ObjectNode) RequestedRole.json("{\"answer\":\"approve\",\"reason\":\"\"}");
    answer.put("approval", approval);
    aws.stepFunctions().inputs(Approvers.APPROVAL_MACHINE).values().stream()
        .map(RequestedRole::json)
        .filter(asked -> asked.path("approval").asText().equals(approval))
        .forEach(asked -> answer.set("planHash", asked.path("planHash")));
    return DescribeExecutionResponse.builder().input(answer.toString()).build();
  }

  /**
   * Returns what a bug does between the function that plans and IAM: the second plan is told what
   * the first one was, so that their hashes are the same.
   */
  Interposed planning(Mutation bug) {
    return bug == Mutation.PLAN_NOT_COMPARED
        ? (request, ask) -> {
          AwsResponse first = firstAnswers.get(request);
          if (first == null) {
            first = ask.apply(request);
            firstAnswers.put(request, first);
          }
          return first;
        }
        : Interposed.NONE;
  }
}
