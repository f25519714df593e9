package spawn.lambda;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sns.SnsClient;

/**
 * The AWS clients of a function, each with retries and time limits of its own.
 *
 * <table>
 *   <caption>What a call may take, with all its attempts</caption>
 *   <tr><th>client</th><th>attempts</th><th>an attempt</th><th>a call</th><th>why</th></tr>
 *   <tr><td>{@link #iam}</td><td>3</td><td>6 s</td><td>20 s</td>
 *       <td>three attempts, and under 2 s between them</td></tr>
 *   <tr><td>{@link #ec2()}</td><td>3</td><td>15 s</td><td>40 s</td>
 *       <td>a launch of many instances takes seconds by itself</td></tr>
 *   <tr><td>{@link #ec2WithoutRetries}</td><td>1</td><td>15 s</td><td>15 s</td>
 *       <td>the workflow repeats the question</td></tr>
 *   <tr><td>{@link #patientIam}</td><td>8</td><td>6 s</td><td>25 s</td>
 *       <td>below what a sweep keeps in reserve</td></tr>
 *   <tr><td>{@link #ec2(Region)}</td><td>8</td><td>15 s</td><td>40 s</td>
 *       <td>a page of a thousand instances</td></tr>
 *   <tr><td>{@link #states}, {@link #sns}</td><td>3</td><td>6 s</td><td>20 s</td>
 *       <td>as IAM</td></tr>
 * </table>
 *
 * <p>No call may take longer than the {@link #deadline} leaves for calls. A function of 60 seconds
 * spends at most 55 on AWS, however many calls it makes, and keeps 5 to report: a slow AWS ends it
 * as {@code AwsUnavailable} instead of a timeout.
 *
 * <p>Retries are in standard mode, with backoff and jitter; the two for the sweep are in adaptive
 * mode, which slows down when AWS asks for it (<a
 * href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html">retry
 * behaviour</a>).
 *
 * <p>A function makes one of these when it starts and closes nothing. All its clients share one
 * HTTP client, one set of credentials and one scheduler: an SDK client with time limits otherwise
 * starts a scheduler of its own, whose threads live as long as the process.
 */
public final class AwsClients {
  private static final int PATIENT_ATTEMPTS = 8;

  /** What the SDK gives a single client: one that is slow to cut a connection delays no other. */
  private static final int SCHEDULER_THREADS = 5;

  /** More than AWS has regions in a partition, so that a slow region delays no other. */
  static final int REGION_THREADS = 40;

  static {
    // Named, or the SDK's logging looks for one through a second opening of the artifact; and
    // without
    // a line that tells so at each start (https://www.slf4j.org/manual.html).
    System.setProperty("slf4j.provider", "org.slf4j.simple.SimpleServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "WARN");
  }

  private final Region home;
  private final Consumer<AwsClientBuilder<?, ?>> more;
  private final Deadline deadline = new Deadline();
  private final CallCounter calls = new CallCounter();
  private final ExecutionInterceptor counting = new CountedCalls(calls);
  private final AwsCredentialsProvider credentials;
  private final SdkHttpClient http;
  private final ScheduledExecutorService scheduler = scheduler();
  private final ExecutorService sideBySide =
      Executors.newFixedThreadPool(REGION_THREADS, daemons("spawn-region"));
  private final Map<Region, Ec2Client> regional = new ConcurrentHashMap<>();

  /** Creates the clients of a function that runs in a region. */
  public AwsClients(Region home) {
    this(home, client -> {});
  }

  /**
   * Creates the same for tests.
   *
   * @param more what else is set on every client, such as another endpoint
   */
  AwsClients(Region home, Consumer<AwsClientBuilder<?, ?>> more) {
    this(home, http(), credentials(), more);
  }

  /** Creates clients that reach nothing but a stage, with credentials that are made up. */
  public AwsClients(Region home, Stage stage) {
    this(
        home,
        stage,
        StaticCredentialsProvider.create(
            AwsSessionCredentials.create("rehearsal", "rehearsal", "rehearsal")),
        client -> {});
    stage.whenOver(scheduler::shutdownNow);
    stage.whenOver(sideBySide::shutdownNow);
  }

  private AwsClients(
      Region home,
      SdkHttpClient http,
      AwsCredentialsProvider credentials,
      Consumer<AwsClientBuilder<?, ?>> more) {
    this.home = home;
    this.http = http;
    this.credentials = credentials;
    this.more = more;
  }

  /** Creates an HTTP client, which connects to nothing yet. */
  static SdkHttpClient http() {
    return UrlConnectionHttpClient.builder()
        .connectionTimeout(Duration.ofSeconds(2))
        .socketTimeout(Duration.ofSeconds(15))
        .build();
  }

  /**
   * Returns the function's own credentials, which are fetched when they are first needed. Lambda
   * hands them over in the environment, or, where functions start from snapshots, by an address (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html">SnapStart</a>).
   */
  static AwsCredentialsProvider credentials() {
    return AwsCredentialsProviderChain.of(
        EnvironmentVariableCredentialsProvider.create(),
        ContainerCredentialsProvider.builder().build());
  }

  /** Returns the deadline that every call keeps. */
  public Deadline deadline() {
    return deadline;
  }

  /** Returns the count of what the clients send. */
  public CallCounter calls() {
    return calls;
  }

  /**
   * Returns what runs questions to many regions side by side: {@value #REGION_THREADS} threads,
   * which only wait and end with the process.
   */
  public ExecutorService sideBySide() {
    return sideBySide;
  }

  /** Creates a client of IAM, which has one endpoint for each partition. */
  public IamClient iam() {
    return built(IamClient.builder().httpClient(http), globalRegion(), limits(6, 20));
  }

  /** Creates a client of IAM for long work that slows down when AWS asks for it. */
  public IamClient patientIam() {
    return built(IamClient.builder().httpClient(http), globalRegion(), patiently(limits(6, 25)));
  }

  /** Creates a client of EC2 in the function's own region, with time for a large launch. */
  public Ec2Client ec2() {
    return built(Ec2Client.builder().httpClient(http), home, limits(15, 40));
  }

  /** Creates a client of EC2 for questions that the caller repeats itself: one attempt each. */
  public Ec2Client ec2WithoutRetries() {
    return built(
        Ec2Client.builder().httpClient(http),
        home,
        limits(15, 15).retryStrategy(DefaultRetryStrategy.doNotRetry()));
  }

  /**
   * Returns EC2 in a region, for long listings: it slows down when AWS asks for it. Each region has
   * one client, which keeps the rate that it has learnt.
   */
  public Ec2Client ec2(Region region) {
    return regional.computeIfAbsent(
        region,
        first -> built(Ec2Client.builder().httpClient(http), first, patiently(limits(15, 40))));
  }

  /** Creates a client of Step Functions in the function's own region. */
  public SfnClient states() {
    return built(SfnClient.builder().httpClient(http), home, limits(6, 20));
  }

  /** Creates a client of SNS in the function's own region. */
  public SnsClient sns() {
    return built(SnsClient.builder().httpClient(http), home, limits(6, 20));
  }

  /** Creates what reads parameters of Systems Manager in the function's own region. */
  public SystemParameters parameters() {
    return new SystemParameters(http, credentials, home, calls, deadline);
  }

  private ClientOverrideConfiguration.Builder limits(int attemptSeconds, int callSeconds) {
    return ClientOverrideConfiguration.builder()
        .retryStrategy(DefaultRetryStrategy.standardStrategyBuilder().build())
        .apiCallAttemptTimeout(Duration.ofSeconds(attemptSeconds))
        .addExecutionInterceptor(new LimitedCalls(Duration.ofSeconds(callSeconds), deadline));
  }

  private static ClientOverrideConfiguration.Builder patiently(
      ClientOverrideConfiguration.Builder limits) {
    return limits.retryStrategy(
        DefaultRetryStrategy.adaptiveStrategyBuilder().maxAttempts(PATIENT_ATTEMPTS).build());
  }

  private <B extends AwsClientBuilder<B, C>, C> C built(
      B builder, Region region, ClientOverrideConfiguration.Builder limits) {
    builder
        .region(region)
        .credentialsProvider(credentials)
        .overrideConfiguration(
            limits.addExecutionInterceptor(counting).scheduledExecutorService(scheduler).build());
    more.accept(builder);
    return builder.build();
  }

  /**
   * Returns where IAM's calls of a partition are signed for (<a
   * href="https://docs.aws.amazon.com/general/latest/gr/iam-service.html">IAM endpoints</a>). By
   * the region's name: the SDK's own list of partitions brings the data of every region.
   */
  private Region globalRegion() {
    String name = home.id();
    if (name.startsWith("cn-")) {
      return Region.AWS_CN_GLOBAL;
    }
    if (name.startsWith("us-gov-")) {
      return Region.AWS_US_GOV_GLOBAL;
    }
    boolean isApart = name.contains("-iso") || name.startsWith("eusc-");
    return isApart ? home : Region.AWS_GLOBAL;
  }

  private static ScheduledExecutorService scheduler() {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(SCHEDULER_THREADS, daemons("spawn-time-limit"));
    // Otherwise the limit of a call that has ended would stay until it would have run out.
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger made = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
