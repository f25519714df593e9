package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.DescribeInstanceInformationRequest;
import software.amazon.awssdk.services.ssm.model.DescribeInstanceInformationResponse;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationRequest;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.InstanceInformation;
import software.amazon.awssdk.services.ssm.model.InvalidInstanceIdException;
import software.amazon.awssdk.services.ssm.model.InvocationDoesNotExistException;
import software.amazon.awssdk.services.ssm.model.SendCommandRequest;
import software.amazon.awssdk.services.ssm.model.SendCommandResponse;
import software.amazon.awssdk.services.ssm.model.SsmException;

/** Commands by Systems Manager, and what is missing where it does not reach an instance. */
@ResourceLock(Resources.SYSTEM_PROPERTIES) // by which the stub is found
class RunCommandTest {
  private static final ListedInstance WEB = SampleInstances.instance(1, "web");

  private final Agents ssm = new Agents();

  /** Systems Manager that knows some agents, and answers a command with what it is told to. */
  private static final class Agents implements SsmClient {
    final List<InstanceInformation> agents = new ArrayList<>();
    final List<SendCommandRequest> sent = new ArrayList<>();
    final Deque<GetCommandInvocationResponse> answers = new ArrayDeque<>();
    int looksBeforeDelivery;
    boolean knowsNobody;
    boolean deniesLists;

    @Override
    public DescribeInstanceInformationResponse describeInstanceInformation(
        DescribeInstanceInformationRequest request) {
      if (deniesLists) {
        throw SsmException.builder()
            .awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDeniedException").build())
            .build();
      }
      return DescribeInstanceInformationResponse.builder().instanceInformationList(agents).build();
    }

    @Override
    public SendCommandResponse sendCommand(SendCommandRequest request) {
      if (knowsNobody) {
        throw InvalidInstanceIdException.builder().build();
      }
      sent.add(request);
      return SendCommandResponse.builder().command(made -> made.commandId("c-1")).build();
    }

    @Override
    public GetCommandInvocationResponse getCommandInvocation(GetCommandInvocationRequest request) {
      assertThat(request.commandId()).isEqualTo("c-1");
      if (looksBeforeDelivery-- > 0) {
        throw InvocationDoesNotExistException.builder().build();
      }
      return answers.size() > 1 ? answers.remove() : answers.element();
    }

    @Override
    public String serviceName() {
      return "ssm";
    }

    @Override
    public void close() {}
  }

  private RunCommand.Ended run(ListedInstance instance) {
    return new RunCommand(ssm, ssm, Duration.ofMillis(1)).run(instance, "aws s3 ls", 1);
  }

  private static GetCommandInvocationResponse invocation(String status, int code) {
    return GetCommandInvocationResponse.builder()
        .instanceId(WEB.id())
        .status(status)
        .statusDetails(status)
        .responseCode(code)
        .standardOutputContent("one\n")
        .standardErrorContent("two\n")
        .build();
  }

  @Test
  void aCommandWhoseAnswerIsLostIsNotSentAgain() {
    try (StubbedAws aws =
        new StubbedAws().answering("AmazonSSM.SendCommand", 500, "InternalServerError", "{}")) {
      System.setProperty("aws.maxAttempts", "4"); // the stub forgets it
      Connection connection = new Connection("spawn", Optional.empty(), Optional.empty());
      try (SsmClient once = connection.systemsManagerOnce(Region.US_EAST_1)) {
        RunCommand command = new RunCommand(once, once, Duration.ofMillis(1));

        assertThatThrownBy(() -> command.run(WEB, "make-payment", 1))
            .isInstanceOf(SsmException.class);
      }
      assertThat(aws.requests()).isEqualTo(1);
    }
  }

  @Test
  void itIsWaitedForUntilItHasEnded() {
    ssm.looksBeforeDelivery = 2;
    ssm.answers.add(invocation("Pending", -1));
    ssm.answers.add(invocation("InProgress", -1));
    ssm.answers.add(invocation("Success", 0));

    RunCommand.Ended ended = run(WEB);

    assertThat(ended.isSuccess()).isTrue();
    assertThat(ended.output()).isEqualTo("one\n");
    assertThat(ended.errors()).isEqualTo("two\n");
    assertThat(ssm.sent)
        .singleElement()
        .satisfies(
            sent -> {
              assertThat(sent.documentName()).isEqualTo("AWS-RunShellScript");
              assertThat(sent.instanceIds()).containsExactly(WEB.id());
              assertThat(sent.parameters())
                  .containsEntry("commands", List.of("aws s3 ls"))
                  .containsEntry("executionTimeout", List.of("1"));
            });
  }

  @Test
  void theExitCodeIsTheCommandsOwn() {
    ssm.answers.add(invocation("Failed", 254));

    RunCommand.Ended ended = run(WEB);

    assertThat(ended.isSuccess()).isFalse();
    assertThat(ended.exitCode()).contains(254);
  }

  @Test
  void whatWasNotRunToItsEndHasNone() {
    ssm.answers.add(invocation("TimedOut", -1));

    assertThat(run(WEB).exitCode()).isEmpty();
  }

  @Test
  void windowsHasPowerShell() {
    ssm.answers.add(invocation("Success", 0));
    run(SampleInstances.ofWindows(2));

    assertThat(ssm.sent)
        .extracting(SendCommandRequest::documentName)
        .containsExactly("AWS-RunPowerShellScript");
  }

  @Test
  void anInstanceThatSystemsManagerDoesNotKnowIsToldWhatItNeeds() {
    assertThatThrownBy(() -> new SystemsManager(ssm).check(WEB))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("web (" + WEB.id() + ")")
        .hasMessageContaining("it has none")
        .hasMessageContaining("--iam-policy ssm:Session")
        .hasMessageContaining("spawn associate");
    ssm.knowsNobody = true;
    assertThatThrownBy(() -> run(WEB)).hasMessageContaining("--iam-policy ssm:Session");
  }

  @Test
  void anAgentThatWasLostIsNotAQuestionOfItsRole() {
    ssm.agents.add(
        InstanceInformation.builder().pingStatus("ConnectionLost").agentVersion("3.3.1").build());

    assertThatThrownBy(() -> new SystemsManager(ssm).check(WEB))
        .hasMessageContaining("version 3.3.1")
        .message()
        .doesNotContain("ssm:Session");
  }

  @Test
  void anInstanceThatDoesNotRunIsNotAskedFor() {
    assertThatThrownBy(() -> new SystemsManager(ssm).check(SampleInstances.in("stopped", 1, "web")))
        .hasMessageContaining("is stopped");
  }

  @Test
  void whoMayNotListAgentsIsToldByTheCommandItself() {
    ssm.deniesLists = true;
    new SystemsManager(ssm).check(WEB);
    ssm.answers.add(invocation("Success", 0));

    assertThat(run(WEB).isSuccess()).isTrue();
  }
}
