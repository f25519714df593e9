package spawn.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.IamException;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;

/** The real clients, against a server on this machine that fails or does not answer. */
class AwsTest {
  private static final Map<String, String> HERE =
      Map.of(
          "aws.region", "us-east-1",
          "aws.accessKeyId", "local",
          "aws.secretAccessKey", "local");

  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void startAServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    HERE.forEach(System::setProperty);
    Aws.within(() -> Duration.ofDays(1));
    System.setProperty(
        "aws.endpointUrl", "http://127.0.0.1:%d".formatted(server.getAddress().getPort()));
  }

  @AfterEach
  void endTheServer() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
    HERE.keySet().forEach(System::clearProperty);
    System.clearProperty("aws.endpointUrl");
  }

  @Test
  void iamIsAskedThreeTimesBeforeAFailureCounts() {
    answering(500, "<ErrorResponse><Error><Code>ServiceFailure</Code></Error></ErrorResponse>");

    assertThatThrownBy(() -> Aws.iam().getAccountSummary()).isInstanceOf(IamException.class);
    assertThat(requests).hasValue(3);
  }

  @Test
  void aThrottledCallIsAskedThreeTimesToo() {
    answering(
        503,
        "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>");

    assertThatThrownBy(() -> Aws.ec2().describeRegions()).isInstanceOf(Ec2Exception.class);
    assertThat(requests).hasValue(3);
  }

  @Test
  void aProbeIsAskedOnce() {
    answering(
        500, "<Response><Errors><Error><Code>InternalError</Code></Error></Errors></Response>");

    assertThatThrownBy(() -> Aws.ec2WithoutRetries().runInstances(launch -> launch.dryRun(true)))
        .isInstanceOf(Ec2Exception.class);
    assertThat(requests).hasValue(1);
  }

  @Test
  void aRefusalIsNotRepeated() {
    answering(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");

    assertThatThrownBy(() -> Aws.patientIam().getAccountSummary()).isInstanceOf(IamException.class);
    assertThat(requests).hasValue(1);
  }

  @Test
  void aCallEndsBeforeTheFunctionDoesAndHasAName() {
    neverAnswering();
    Aws.within(() -> Aws.RESERVE.plusMillis(700));
    IamClient iam = Aws.iam();
    long began = System.nanoTime();

    assertThatThrownBy(iam::getAccountSummary)
        .isInstanceOfSatisfying(
            ApiCallTimeoutException.class,
            late -> assertThat(AwsErrors.kind(late)).isEqualTo(AnswerKind.AGAIN));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(requests).hasValue(1);
  }

  @Test
  void aCallForWhichNoTimeIsLeftIsNotMade() {
    neverAnswering();
    Aws.within(() -> Aws.RESERVE);

    assertThatThrownBy(() -> Aws.iam().getAccountSummary())
        .isInstanceOf(ApiCallTimeoutException.class)
        .hasMessageContaining("before this call");
    assertThat(requests).hasValue(0);
  }

  private void answering(int status, String body) {
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private void neverAnswering() {
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          try {
            over.await(1, TimeUnit.MINUTES);
          } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
  }
}
