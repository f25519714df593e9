package spawn.lambda;

import java.time.Duration;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Limits a call with all its attempts to a time of its own, or to what the function has left.
 *
 * @param standard the time of its own
 * @param deadline what the function has left
 */
record LimitedCalls(Duration standard, Deadline deadline) implements ExecutionInterceptor {
  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest asked, ExecutionAttributes attributes) {
    Duration left = deadline.leftForCalls();
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
