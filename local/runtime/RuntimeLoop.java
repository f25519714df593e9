import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Stands in for AWS's runtime interface client where that has no native part: asks Lambda's runtime API for the next
 * call, has the handler answer it, and hands the answer back, until the process is ended.
 *
 * <p>The API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
 */
public final class RuntimeLoop {
  private static final String API = "http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/";

  private RuntimeLoop() {}

  /**
   * Runs the handler whose class is named.
   *
   * @param arguments the class of a {@link RequestStreamHandler}, with or without {@code ::handleRequest}
   */
  public static void main(String[] arguments) throws IOException {
    RequestStreamHandler handler;
    try {
      String name = arguments[0].split("::")[0];
      handler = (RequestStreamHandler) Class.forName(name).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError | ClassCastException broken) {
      Throwable cause = broken.getCause() == null ? broken : broken.getCause();
      cause.printStackTrace(); // into the function's log, as Lambda's own runtime does
      post("init/error", error(cause), cause);
      System.exit(1);
      return;
    }
    while (true) {
      answerNext(handler);
    }
  }

  private static void answerNext(RequestStreamHandler handler) throws IOException {
    HttpURLConnection next = open("invocation/next");
    byte[] event;
    try (InputStream body = next.getInputStream()) {
      event = body.readAllBytes();
    }
    Call call = Call.of(next);
    String trace = next.getHeaderField("Lambda-Runtime-Trace-Id");
    if (trace != null) {
      System.setProperty("com.amazonaws.xray.traceHeader", trace);
    }
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      handler.handleRequest(new ByteArrayInputStream(event), answer, call);
    } catch (IOException | RuntimeException | Error failed) {
      failed.printStackTrace(); // into the function's log
      post("invocation/" + call.id() + "/error", error(failed), failed);
      if (failed instanceof VirtualMachineError) {
        System.exit(1); // what is left of the process is not to be trusted with the next call
      }
      return;
    }
    post("invocation/" + call.id() + "/response", answer.toByteArray(), null);
  }

  private static HttpURLConnection open(String path) throws IOException {
    // Without a time-out for reading: the next call may come tomorrow.
    return (HttpURLConnection) URI.create(API + path).toURL().openConnection();
  }

  private static void post(String path, byte[] body, Throwable error) throws IOException {
    HttpURLConnection connection = open(path);
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    if (error != null) {
      connection.setRequestProperty("Lambda-Runtime-Function-Error-Type", error.getClass().getName());
    }
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }
    // A connection whose answer is read is used again.
    try (InputStream said = connection.getInputStream()) {
      said.readAllBytes();
    }
  }

  /** Returns an exception as Lambda's own runtime reports it, but for the stack trace's frames. */
  private static byte[] error(Throwable thrown) {
    String json = "{\"errorMessage\":%s,\"errorType\":%s,\"stackTrace\":[]}"
        .formatted(quoted(thrown.getMessage()), quoted(thrown.getClass().getName()));
    return json.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns a text as JSON: this file has no library but Lambda's interfaces. */
  static String quoted(String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder json = new StringBuilder("\"");
    for (char letter : text.toCharArray()) {
      if (letter == '"' || letter == '\\') {
        json.append('\\').append(letter);
      } else if (letter < ' ' || Character.isSurrogate(letter)) {
        json.append("\\u%04x".formatted((int) letter));
      } else {
        json.append(letter);
      }
    }
    return json.append('"').toString();
  }

  /** What a handler may ask of its call. */
  private record Call(String id, long deadline, String arn) implements Context {
    static Call of(HttpURLConnection next) {
      return new Call(
          next.getHeaderField("Lambda-Runtime-Aws-Request-Id"),
          next.getHeaderFieldLong("Lambda-Runtime-Deadline-Ms", Long.MAX_VALUE),
          next.getHeaderField("Lambda-Runtime-Invoked-Function-Arn"));
    }

    @Override
    public String getAwsRequestId() {
      return id;
    }

    @Override
    public String getLogGroupName() {
      return System.getenv("AWS_LAMBDA_LOG_GROUP_NAME");
    }

    @Override
    public String getLogStreamName() {
      return System.getenv("AWS_LAMBDA_LOG_STREAM_NAME");
    }

    @Override
    public String getFunctionName() {
      return System.getenv("AWS_LAMBDA_FUNCTION_NAME");
    }

    @Override
    public String getFunctionVersion() {
      return System.getenv("AWS_LAMBDA_FUNCTION_VERSION");
    }

    @Override
    public String getInvokedFunctionArn() {
      return arn;
    }

    @Override
    public CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    public ClientContext getClientContext() {
      return null;
    }

    @Override
    public int getRemainingTimeInMillis() {
      return (int) Math.min(Integer.MAX_VALUE, Math.max(0, deadline - System.currentTimeMillis()));
    }

    @Override
    public int getMemoryLimitInMB() {
      return Integer.parseInt(System.getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"));
    }

    @Override
    public LambdaLogger getLogger() {
      return new LambdaLogger() {
        @Override
        public void log(String message) {
          System.out.println(message);
        }

        @Override
        public void log(byte[] message) {
          System.out.writeBytes(message);
        }
      };
    }
  }
}
