package spawn.lambda;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;

/** What Lambda would say of an invocation that is only rehearsed. */
final class RehearsedContext implements Context {
  private static final String NOBODY = "rehearsal";
  private static final int MILLISECONDS = 180_000;
  private static final int MEGABYTES = 1024;

  @Override
  public String getAwsRequestId() {
    return NOBODY;
  }

  @Override
  public String getLogGroupName() {
    return NOBODY;
  }

  @Override
  public String getLogStreamName() {
    return NOBODY;
  }

  @Override
  public String getFunctionName() {
    return NOBODY;
  }

  @Override
  public String getFunctionVersion() {
    return NOBODY;
  }

  @Override
  public String getInvokedFunctionArn() {
    return NOBODY;
  }

  @Override
  public CognitoIdentity getIdentity() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ClientContext getClientContext() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getRemainingTimeInMillis() {
    return MILLISECONDS;
  }

  @Override
  public int getMemoryLimitInMB() {
    return MEGABYTES;
  }

  @Override
  public LambdaLogger getLogger() {
    throw new UnsupportedOperationException();
  }
}
