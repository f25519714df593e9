package spawn.lambda;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Counts every request that is sent, and those that repeat another, which the SDK's own header
 * tells (<a
 * href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html">retry
 * behaviour</a>).
 */
record CountedCalls(CallCounter calls) implements ExecutionInterceptor {
  @Override
  public void beforeTransmission(Context.BeforeTransmission sent, ExecutionAttributes attributes) {
    calls.count(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
    sent.httpRequest()
        .firstMatchingHeader("amz-sdk-request")
        .filter(attempt -> !attempt.startsWith("attempt=1;"))
        .ifPresent(again -> calls.countRepeated());
  }
}
