package spawn.lambda;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;

/**
 * The AWS clients of the functions, each with its time limits set on purpose.
 *
 * <p>A call is limited to 20 seconds with all its attempts, an attempt to 6. Every function of the
 * workflow may run for 60 seconds, so up to two calls may use all of their time and the failure
 * still has a name. A role made anew takes five: if AWS is slow in more than two of them, Lambda
 * cuts the function off, and the workflow runs it again as it does after any other stop. Retries in
 * standard mode: three attempts with backoff and jitter (<a
 * href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html">retry
 * behaviour</a>).
 */
public final class Aws {
  private static final SdkHttpClient HTTP =
      UrlConnectionHttpClient.builder()
          .connectionTimeout(Duration.ofSeconds(2))
          .socketTimeout(Duration.ofSeconds(15))
          .build();

  private static final int PATIENT_ATTEMPTS = 8;

  private static final Map<String, Long> CALLED = new ConcurrentHashMap<>();

  private static final ExecutionInterceptor COUNTING =
      new ExecutionInterceptor() {
        @Override
        public void beforeTransmission(
            Context.BeforeTransmission sent, ExecutionAttributes attributes) {
          CALLED.merge(
              attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), 1L, Long::sum);
        }
      };

  private Aws() {}

  /** Returns IAM, which has one endpoint for each partition. */
  public static IamClient iam() {
    return configured(IamClient.builder(), limits(6, 20))
        .region(globalRegion(Region.of(System.getenv("AWS_REGION"))))
        .build();
  }

  /**
   * Returns IAM for long work that slows down when it is asked to (<a
   * href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html">adaptive
   * mode</a>). A call with all its attempts stays below the time that a sweep keeps in reserve.
   */
  public static IamClient patientIam() {
    return configured(IamClient.builder(), patiently(limits(6, 25)))
        .region(globalRegion(Region.of(System.getenv("AWS_REGION"))))
        .build();
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
        .apiCallTimeout(Duration.ofSeconds(callSeconds));
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
  private static Region globalRegion(Region region) {
    return switch (region.metadata().partition().id()) {
      case "aws-cn" -> Region.AWS_CN_GLOBAL;
      case "aws-us-gov" -> Region.AWS_US_GOV_GLOBAL;
      case "aws" -> Region.AWS_GLOBAL;
      default -> region;
    };
  }
}
