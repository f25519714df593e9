package spawn.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.error.AnswerKind;
import spawn.error.AwsErrors;
import spawn.inventory.Usage;
import spawn.inventory.UsageScan;

/** The real clients, against a server on this machine. */
@Tag("slow")
class AwsClientsTest {
  private static final InstanceProfile PROFILE =
      InstanceProfile.builder()
          .instanceProfileName("a")
          .instanceProfileId("AIPAA")
          .arn("arn:aws:iam::123456789012:instance-profile/a")
          .build();

  /** Enough that one scan has made every thread that there may be. */
  private static final int REGIONS = AwsClients.REGION_THREADS + 2;

  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private AwsClients aws;

  @BeforeEach
  void startAServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    URI here = URI.create("http://127.0.0.1:%d".formatted(server.getAddress().getPort()));
    StaticCredentialsProvider credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
    aws =
        new AwsClients(
            Region.US_EAST_1,
            client -> client.endpointOverride(here).credentialsProvider(credentials));
  }

  @AfterEach
  void endTheServer() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void iamIsAskedThreeTimesBeforeAFailureCounts() {
    answering(500, "<ErrorResponse><Error><Code>ServiceFailure</Code></Error></ErrorResponse>");

    assertThatThrownBy(() -> aws.iam().getAccountSummary()).isInstanceOf(IamException.class);
    assertThat(requests).hasValue(3);
  }

  @Test
  void aThrottledCallIsAskedThreeTimesToo() {
    answering(
        503,
        "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>");

    assertThatThrownBy(() -> aws.ec2().describeRegions()).isInstanceOf(Ec2Exception.class);
    assertThat(requests).hasValue(3);
    assertThat(aws.calls().repeated()).isEqualTo(2);
  }

  @Test
  void aProbeIsAskedOnce() {
    answering(
        500, "<Response><Errors><Error><Code>InternalError</Code></Error></Errors></Response>");

    assertThatThrownBy(() -> aws.ec2WithoutRetries().runInstances(launch -> launch.dryRun(true)))
        .isInstanceOf(Ec2Exception.class);
    assertThat(requests).hasValue(1);
  }

  @Test
  void aRefusalIsNotRepeated() {
    answering(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");

    assertThatThrownBy(() -> aws.patientIam().getAccountSummary()).isInstanceOf(IamException.class);
    assertThat(requests).hasValue(1);
    assertThat(aws.calls().repeated()).isZero();
  }

  @Test
  void aCallEndsBeforeTheFunctionDoesAndHasAName() {
    neverAnswering();
    aws.deadline().begin(() -> Deadline.RESERVE.plusMillis(700));
    IamClient iam = aws.iam();
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
    aws.deadline().begin(() -> Deadline.RESERVE);

    assertThatThrownBy(() -> aws.iam().getAccountSummary())
        .isInstanceOf(ApiCallTimeoutException.class)
        .hasMessageContaining("before this call");
    assertThat(requests).hasValue(0);
  }

  @Test
  void beforeAnyInvocationACallHasAllTheTimeOfItsClient() {
    answering(200, "<GetAccountSummaryResponse/>");

    assertThat(aws.deadline().left()).isGreaterThan(Duration.ofHours(1));
    aws.iam().getAccountSummary();
    assertThat(requests).hasValue(1);
  }

  @Test
  void anInvocationHasItsOwnTimeAndNotWhatTheOneBeforeLeft() {
    answering(200, "<GetAccountSummaryResponse/>");
    IamClient iam = aws.iam();
    aws.deadline().begin(() -> Duration.ofSeconds(-1));
    assertThatThrownBy(iam::getAccountSummary).isInstanceOf(ApiCallTimeoutException.class);

    aws.deadline().begin(() -> Duration.ofSeconds(60));

    iam.getAccountSummary();
    assertThat(requests).hasValue(1);
  }

  @Test
  void everyRequestIsCountedByItsOperationRepeatedOnesToo() {
    answering(500, "<ErrorResponse><Error><Code>ServiceFailure</Code></Error></ErrorResponse>");

    assertThatThrownBy(() -> aws.iam().getAccountSummary()).isInstanceOf(IamException.class);
    assertThatThrownBy(() -> aws.ec2WithoutRetries().describeRegions())
        .isInstanceOf(Ec2Exception.class);

    assertThat(aws.calls().byOperation())
        .isEqualTo(Map.of("GetAccountSummary", 3L, "DescribeRegions", 1L));
    assertThat(aws.calls().total()).isEqualTo(4);
  }

  @Test
  void aRegionHasOneClientForTheLifeOfTheProcess() {
    assertThat(aws.ec2(Region.EU_WEST_1)).isSameAs(aws.ec2(Region.of("eu-west-1")));
    assertThat(aws.ec2(Region.EU_WEST_1)).isNotSameAs(aws.ec2(Region.EU_WEST_2));
  }

  @Test
  void threeScansOfAllRegionsLeaveNoMoreThreadsThanOne() throws InterruptedException {
    answeringScans();
    // A thread belongs to the group of the one that starts it, so other tests do not count here.
    ThreadGroup group = new ThreadGroup("scans");
    List<Usage> usages = new CopyOnWriteArrayList<>();
    List<Integer> left = new CopyOnWriteArrayList<>();
    Thread scans =
        new Thread(
            group,
            () -> {
              UsageScan scan = new UsageScan(aws.ec2(), aws::ec2, aws.sideBySide());
              for (int times = 0; times < 3; times++) {
                List<Region> regions = scan.regions();
                usages.add(scan.everywhere(regions, Duration.ofSeconds(50)));
                usages.add(scan.ofProfiles(regions, List.of(PROFILE), Duration.ofSeconds(50)));
                left.add(group.activeCount());
              }
            });

    scans.start();
    scans.join();

    assertThat(usages).hasSize(6).allMatch(usage -> usage.unreadableRegions().isEmpty());
    assertThat(requests).hasValue(3 * (1 + 6 * REGIONS));
    assertThat(left).hasSize(3).containsOnly(left.get(0));
    assertThat(left.get(0)).isLessThan(AwsClients.REGION_THREADS + 10);
  }

  @Test
  void noPartitionHasMoreRegionsThanThereAreThreadsToAskThem() {
    Map<String, Long> regions =
        Region.regions().stream()
            .filter(region -> !region.isGlobalRegion())
            .collect(
                Collectors.groupingBy(
                    region -> PartitionMetadata.of(region).id(), Collectors.counting()));

    assertThat(regions.values())
        .isNotEmpty()
        .allMatch(inPartition -> inPartition <= AwsClients.REGION_THREADS);
  }

  private void answering(int status, String body) {
    answering(status, asked -> body);
  }

  private void answeringScans() {
    String regions =
        IntStream.range(0, REGIONS)
            .mapToObj("<item><regionName>eu-west-%d</regionName></item>"::formatted)
            .collect(Collectors.joining());
    answering(
        200,
        asked ->
            asked.contains("Action=DescribeRegions")
                ? "<Response><regionInfo>" + regions + "</regionInfo></Response>"
                : "<Response/>");
  }

  private void answering(int status, UnaryOperator<String> body) {
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          byte[] bytes = body.apply(asked).getBytes(UTF_8);
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
