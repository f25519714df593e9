package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;

/** A rehearsal follows a launch to its end, so that the classes for it are archived. */
class RehearsedExecutionTest {
  private static void answer(HttpExchange call) throws IOException {
    try (call) {
      call.getRequestBody().readAllBytes();
      byte[] answer =
          RehearsedExecution.answer(call.getRequestHeaders().getFirst("X-Amz-Target"))
              .orElseThrow()
              .getBytes(StandardCharsets.UTF_8);
      call.sendResponseHeaders(200, answer.length);
      call.getResponseBody().write(answer);
    }
  }

  @Test
  void aLaunchIsStartedFollowedAndShown() throws Exception {
    TypedShell shell = new TypedShell(Map.of());
    Payload payload = Payload.empty();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", RehearsedExecutionTest::answer);
    server.start();
    try (SfnClient stepFunctions =
        SfnClient.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      Executions executions = new Executions(shell.shell(), stepFunctions, true);
      String execution =
          executions.start(
              "arn:aws:states:us-east-1:111122223333:stateMachine:launch",
              payload.json(),
              Optional.empty());

      new LaunchWorkflow()
          .show(Executions.output(executions.follow(execution)), payload, shell.shell());
    } finally {
      server.stop(0);
    }

    assertThat(shell.err())
        .contains("EnsureRole            a created", "Pause                 1 s");
    assertThat(shell.out()).contains("i-1", "running", "Role a created: b");
  }

  @Test
  void whatElseIsAskedHasNoAnswer() {
    assertThat(RehearsedExecution.answer("AWSStepFunctions.ListExecutions")).isEmpty();
  }
}
