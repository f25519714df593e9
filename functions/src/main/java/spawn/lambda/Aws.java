package spawn.lambda;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;

/**
 * The AWS clients of the functions, each with its retries and time limits set on purpose.
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
 * </table>
 *
 * <p>However many calls a function makes, they end before it does: none may take longer than what
 * Lambda has left for the function, less {@link #RESERVE}. So a function of 60 seconds has 55 for
 * AWS and 5 to say what happened, and a slow AWS is {@code AwsUnavailable} and no function that was
 * cut off.
 *
 * <p>Retries are in standard mode, with backoff and jitter; the two for the sweep are in adaptive
 * mode, which slows down when AWS asks for it (<a
 * href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html">retry
 * behaviour</a>).
 */
public final class Aws {
  /** What a function keeps of its time after its last call: to name a failure and to answer. */
  static final Duration RESERVE = Duration.ofSeconds(5);

  private static final SdkHttpClient HTTP =
      UrlConnectionHttpClient.builder()
          .connectionTimeout(Duration.ofSeconds(2))
          .socketTimeout(Duration.ofSeconds(15))
          .build();

  private static final int PATIENT_ATTEMPTS = 8;

  private static final Map<String, Long> CALLED = new ConcurrentHashMap<>();

  /** One invocation runs at a time in a process of Lambda, whatever threads it uses. */
  private static volatile Supplier<Duration> timeLeft = () -> Duration.ofDays(1);

  private static final ExecutionInterceptor COUNTING =
      new ExecutionInterceptor() {
        @Override
        public void beforeTransmission(
            Context.BeforeTransmission sent, ExecutionAttributes attributes) {
          CALLED.merge(
              attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), 1L, Long::sum);
        }
      };

  /** Lets no call take longer than the function that runs from now on has left. */
  static void within(Supplier<Duration> left) {
    timeLeft = left;
  }

  private Aws() {}

  /** Returns IAM, which has one endpoint for each partition. */
  public static IamClient iam() {
    return configured(IamClient.builder(), limits(6, 20)).region(globalRegion()).build();
  }

  /** Returns IAM for long work that slows down when it is asked to. */
  public static IamClient patientIam() {
    return configured(IamClient.builder(), patiently(limits(6, 25))).region(globalRegion()).build();
  }

  /** Returns EC2 in the function's own region, with time for a launch of many instances. */
  public static Ec2Client ec2() {
    return configured(Ec2Client.builder(), limits(15, 40)).build();
  }

  /** Returns EC2 in a region, for long listings: it slows down when it is asked to. */
  public static Ec2Client ec2(Region region) {
    return configured(Ec2Client.builder(), patiently(limits(15, 40))).region(region).build();
  }

  /** Returns how many requests the clients have sent so far, repeated ones included. */
  public static long requests() {
    return called().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the same by operation. */
  static Map<String, Long> called() {
    return Map.copyOf(CALLED);
  }

  /** Returns EC2 for questions that the caller repeats itself: one attempt each. */
  public static Ec2Client ec2WithoutRetries() {
    return configured(
            Ec2Client.builder(), limits(15, 15).retryStrategy(DefaultRetryStrategy.doNotRetry()))
        .build();
  }

  private static ClientOverrideConfiguration.Builder limits(int attemptSeconds, int callSeconds) {
    return ClientOverrideConfiguration.builder()
        .retryStrategy(DefaultRetryStrategy.standardStrategyBuilder().build())
        .apiCallAttemptTimeout(Duration.ofSeconds(attemptSeconds))
        .addExecutionInterceptor(new Limit(Duration.ofSeconds(callSeconds)));
  }

  /**
   * Limits a call with all its attempts to a time of its own, or to what the function has left.
   *
   * @param standard the time of its own
   */
  private record Limit(Duration standard) implements ExecutionInterceptor {
    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest asked, ExecutionAttributes attributes) {
      Duration left = timeLeft.get().minus(RESERVE);
      if (left.isNegative() || left.isZero()) {
        throw ApiCallTimeoutException.builder()
            .message("the function's time was over before this call")
            .build();
      }
      AwsRequest request = (AwsRequest) asked.request();
      return request.toBuilder()
          .overrideConfiguration(
              request
                  .overrideConfiguration()
                  .map(AwsRequestOverrideConfiguration::toBuilder)
                  .orElseGet(AwsRequestOverrideConfiguration::builder)
                  .apiCallTimeout(left.compareTo(standard) < 0 ? left : standard)
                  .build())
          .build();
    }
  }

  private static ClientOverrideConfiguration.Builder patiently(
      ClientOverrideConfiguration.Builder limits) {
    return limits.retryStrategy(
        DefaultRetryStrategy.adaptiveStrategyBuilder().maxAttempts(PATIENT_ATTEMPTS).build());
  }

  private static <
          B extends
              AwsClientBuilder<B, C>
                  & software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder<B, C>,
          C>
      B configured(B builder, ClientOverrideConfiguration.Builder configuration) {
    return builder
        .httpClient(HTTP)
        .overrideConfiguration(configuration.addExecutionInterceptor(COUNTING).build());
  }

  /**
   * Returns where IAM's calls of a partition are signed for (<a
   * href="https://docs.aws.amazon.com/general/latest/gr/iam-service.html">IAM endpoints</a>).
   */
  private static Region globalRegion() {
    Region region = new DefaultAwsRegionProviderChain().getRegion();
    return switch (region.metadata().partition().id()) {
      case "aws-cn" -> Region.AWS_CN_GLOBAL;
      case "aws-us-gov" -> Region.AWS_US_GOV_GLOBAL;
      case "aws" -> Region.AWS_GLOBAL;
      default -> region;
    };
  }
}
