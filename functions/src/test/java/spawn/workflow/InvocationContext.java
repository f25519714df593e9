package spawn.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.time.Duration;

/** What a handler learns of its invocation. */
public record InvocationContext(String function, int memoryInMegabytes, Duration timeout)
    implements Context {
  /** Lambda's own logger ends up where standard output does. */
  private static final LambdaLogger STANDARD_OUTPUT =
      new LambdaLogger() {
        @Override
        public void log(String message) {
          System.out.println(message);
        }

        @Override
        public void log(byte[] message) {
          log(new String(message, UTF_8));
        }
      };

  @Override
  public String getAwsRequestId() {
    return "1";
  }

  @Override
  public String getLogGroupName() {
    return "/aws/lambda/" + function;
  }

  @Override
  public String getLogStreamName() {
    return "1";
  }

  @Override
  public String getFunctionName() {
    return function;
  }

  @Override
  public String getFunctionVersion() {
    return "1";
  }

  @Override
  public String getInvokedFunctionArn() {
    return "arn:aws:lambda:us-east-1:123456789012:function:" + function + ":live";
  }

  @Override
  public CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  public ClientContext getClientContext() {
    return null;
  }

  /** What a call has as it begins: simulated time ends the function by itself. */
  @Override
  public int getRemainingTimeInMillis() {
    return Math.toIntExact(timeout.toMillis());
  }

  @Override
  public int getMemoryLimitInMB() {
    return memoryInMegabytes;
  }

  @Override
  public LambdaLogger getLogger() {
    return STANDARD_OUTPUT;
  }
}
