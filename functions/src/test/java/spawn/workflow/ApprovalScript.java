package spawn.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import spawn.aws.Call;
import spawn.aws.Crash;
import spawn.aws.Faults;
import spawn.aws.SimulatedAws;

/**
 * What people do while a launch waits for an approval: each thing at its time, in words such as
 * {@code 1h yes}. The lines by which they answer are those of the messages.
 */
final class ApprovalScript implements Timeline {
  static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:approvers";
  static final String APPROVAL_MACHINE =
      "arn:aws:states:us-east-1:123456789012:stateMachine:spawn-approval";
  static final String ANSWERS_MACHINE =
      "arn:aws:states:us-east-1:123456789012:stateMachine:spawn-answers";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LINE = Pattern.compile("--payload '(\\{[^']*})'");

  /** An approval of another launch. */
  private static final String OTHER = "f".repeat(64);

  private static final String OTHER_HASH = "e".repeat(64);

  private final SimulatedAws aws;
  private final Stack stack;
  private final Deque<Moment> moments = new ArrayDeque<>();
  private final List<String> said = new ArrayList<>();
  private final Instant began;
  private boolean stopsBeforeItGoesOn;

  /** What happens, and when. */
  private record Moment(Instant at, String what) {}

  ApprovalScript(SimulatedAws aws, Stack stack, List<String> moments) {
    this.aws = aws;
    this.stack = stack;
    this.began = aws.clock().instant();
    for (String moment : moments) {
      String[] parts = moment.split(" ", 2);
      this.moments.add(new Moment(began.plus(Duration.parse("PT" + parts[0])), parts[1]));
    }
    aws.stepFunctions()
        .began(
            APPROVAL_MACHINE.replace(":stateMachine:", ":execution:") + ":" + OTHER,
            APPROVAL_MACHINE,
            "{\"approval\": \"%s\", \"planHash\": \"%s\", \"launch\": \"another\"}"
                .formatted(OTHER, OTHER_HASH),
            began);
  }

  /** Returns what each answer was told, in their order: {@code given}, or the error's name. */
  List<String> said() {
    return said;
  }

  /** Runs a launch to its end, with the stops and redrives of the script. */
  Outcome run(Execution execution) {
    while (true) {
      try {
        Outcome end = execution.run();
        while (!moments.isEmpty()) { // what comes too late
          Moment late = moments.remove();
          aws.advance(Duration.between(aws.clock().instant(), latest(late)));
          happen(late.what());
        }
        return end;
      } catch (StopAt.Stopped stopped) {
        untilRedriven();
      }
    }
  }

  private Instant latest(Moment moment) {
    Instant now = aws.clock().instant();
    return moment.at().isAfter(now) ? moment.at() : now;
  }

  private void untilRedriven() {
    while (true) {
      Moment next = moments.remove();
      aws.advance(Duration.between(aws.clock().instant(), latest(next)));
      if (next.what().equals("redrive")) {
        return;
      }
      happen(next.what());
    }
  }

  @Override
  public void pause(Duration length) {
    Instant end = aws.clock().instant().plus(length);
    while (!moments.isEmpty() && !moments.peek().at().isAfter(end)) {
      Moment next = moments.remove();
      aws.advance(Duration.between(aws.clock().instant(), latest(next)));
      happen(next.what());
    }
    Duration left = Duration.between(aws.clock().instant(), end);
    if (!left.isNegative()) {
      aws.advance(left);
    }
  }

  /** A stop may come when the answer is there, and the launch has not gone on. */
  @Override
  public void entering(String state) {
    if (state.equals("ResolveAgain") && stopsBeforeItGoesOn) {
      stopsBeforeItGoesOn = false;
      throw new StopAt.Stopped();
    }
  }

  private void happen(String what) {
    if (aws.published().isEmpty() && what.startsWith("yes")) {
      said.add("nothing is asked");
      return;
    }
    switch (what) {
      case "yes" -> answer(line(last(), "approve"));
      case "no" -> answer(line(last(), "deny"));
      case "yes to the first message" -> answer(line(aws.published().get(0), "approve"));
      case "yes for another hash" ->
          answer(line(last(), "approve").put("planHash", "0".repeat(64)));
      case "yes with the hash of another" ->
          answer(line(last(), "approve").put("planHash", OTHER_HASH));
      case "yes to another with this hash" ->
          answer(line(last(), "approve").put("approval", OTHER));
      case "yes without a reason" -> answer(line(last(), "approve").put("reason", "WHY"));
      case "yes, and nobody is woken" -> dying(line(last(), "approve"));
      case "no, and nobody is woken" -> dying(line(last(), "deny"));
      case "somebody sends the token" -> sendEveryToken();
      case "stopped before it goes on" -> stopsBeforeItGoesOn = true;
      case "redrive" -> {} // it has not been stopped
      case "stop" -> throw new StopAt.Stopped();
      case "an operator stops the approval" ->
          aws.stepFunctions()
              .running(APPROVAL_MACHINE)
              .forEach(one -> aws.stepFunctions().ended(one, ExecutionStatus.ABORTED));
      case "ResolvePolicies fails", "PlanLaunch fails" ->
          stack.failing(
              what.split(" ", 2)[0],
              "spawn.error.InvalidRequest",
              Lambda.errorJson("spawn.error.InvalidRequest", "It is wrong."));
      case "the limits change" ->
          aws.stepFunctions().deploy(Stack.LAUNCH_MACHINE, "another definition");
      default -> throw new IllegalArgumentException(what);
    }
  }

  private PublishRequest last() {
    List<PublishRequest> published = aws.published();
    return published.get(published.size() - 1);
  }

  /** Returns the payload of the line by which an approval's message is answered. */
  static ObjectNode line(PublishRequest message, String answer) {
    Matcher lines = LINE.matcher(message.message());
    while (lines.find()) {
      try {
        JsonNode payload = JSON.readTree(lines.group(1));
        if (payload.path("answer").asText().equals(answer)) {
          return ((ObjectNode) payload).put("reason", "Because of " + answer);
        }
      } catch (JsonProcessingException broken) {
        throw new IllegalStateException(broken);
      }
    }
    throw new IllegalStateException("The message has no line to " + answer);
  }

  private void answer(JsonNode call) {
    try {
      stack.invoke("AnswerApproval", call);
      said.add("given");
    } catch (TaskFailure refused) {
      said.add(refused.error().replace("spawn.error.", ""));
    }
  }

  /** The function dies after it has recorded the answer. */
  private void dying(JsonNode call) {
    aws.faults(
        stack.limited(
            new Faults() {
              @Override
              public void after(Call made) {
                if (made.operation().equals("StartExecution")) {
                  throw new Crash(made);
                }
              }
            }));
    answer(call);
    aws.faults(stack.limited(Faults.NONE));
  }

  private void sendEveryToken() {
    for (String token : aws.stepFunctions().tokens()) {
      aws.personsStates()
          .sendTaskSuccess(sent -> sent.taskToken(token).output("{\"approved\": true}"));
    }
  }

  /** Returns the calls that have made or changed something in IAM or EC2. */
  static List<String> writes(SimulatedAws aws) {
    return aws.calls().stream()
        .filter(Call::isWrite)
        .filter(call -> List.of("iam", "ec2").contains(call.service()))
        .map(Call::action)
        .toList();
  }

  /** Returns the answers on record. */
  static Map<String, String> answers(SimulatedAws aws) {
    return aws.stepFunctions().inputs(ANSWERS_MACHINE);
  }
}
