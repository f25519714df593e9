package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A server on this computer that answers the SDK's clients as AWS would: a stack with outputs,
 * functions, and whatever else a test gives. While it is open, the clients of this process talk to
 * nothing else.
 */
final class StubbedAws implements AutoCloseable {
  private static final Pattern FUNCTION =
      Pattern.compile("/2015-03-31/functions/([^/]+)/invocations");

  private final HttpServer server;
  private final Map<String, String> before = new LinkedHashMap<>();
  private final Map<String, UnaryOperator<JsonNode>> functions = new TreeMap<>();
  private final Map<String, Answer> answers = new LinkedHashMap<>();
  private final Map<String, String> outputs = new TreeMap<>();
  private final List<JsonNode> called = new ArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();

  /**
   * An answer.
   *
   * @param status of HTTP
   * @param error the code of the header that JSON services name errors by, or nothing
   */
  record Answer(int status, String error, String body) {}

  StubbedAws() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.createContext("/", this::answer);
    server.start();
    set("aws.endpointUrl", "http://127.0.0.1:" + server.getAddress().getPort());
    set("aws.accessKeyId", "stub");
    set("aws.secretAccessKey", "stub");
    set("aws.region", "us-east-1");
    set("aws.configFile", "/dev/null");
    set("aws.sharedCredentialsFile", "/dev/null");
    set("aws.maxAttempts", "1");
  }

  private void set(String property, String value) {
    before.put(property, System.getProperty(property));
    System.setProperty(property, value);
  }

  /** Gives the stack an output. */
  StubbedAws output(String key, String value) {
    outputs.put(key, value);
    return this;
  }

  /** Gives the stack a function, which an output names, with what it answers to a call. */
  StubbedAws function(String output, UnaryOperator<JsonNode> answer) {
    outputs.put(output, output);
    functions.put(output, answer);
    return this;
  }

  /** Answers every request in which a text stands, in its path, its headers or its body. */
  StubbedAws answering(String text, int status, String error, String body) {
    answers.put(text, new Answer(status, error, body));
    return this;
  }

  /** Returns what functions were called with, in order. */
  List<JsonNode> called() {
    return called;
  }

  /** Returns how many requests have come. */
  int requests() {
    return requests.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String whole =
        "%s %s %s"
            .formatted(
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("X-Amz-Target"),
                body);
    Answer answer =
        answers.entrySet().stream()
            .filter(one -> whole.contains(one.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseGet(() -> usual(exchange.getRequestURI().getPath(), body, exchange));
    if (!answer.error().isEmpty()) {
      exchange.getResponseHeaders().set("x-amzn-ErrorType", answer.error());
    }
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private Answer usual(String path, String body, HttpExchange exchange) {
    Matcher function = FUNCTION.matcher(path);
    if (function.matches()) {
      JsonNode call = Json.read(body, "the call");
      called.add(call);
      JsonNode answer = functions.get(function.group(1)).apply(call);
      if (answer.has("errorMessage")) {
        exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
      }
      return new Answer(200, "", answer.toString());
    }
    return body.contains("Action=DescribeStacks")
        ? new Answer(200, "", stack())
        : new Answer(404, "UnknownOperationException", "{\"message\": \"No such call here.\"}");
  }

  private String stack() {
    return outputs.entrySet().stream()
        .map(
            output ->
                "<member><OutputKey>%s</OutputKey><OutputValue>%s</OutputValue></member>"
                    .formatted(output.getKey(), output.getValue()))
        .collect(
            Collectors.joining(
                "",
                "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>spawn</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>",
                "</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"));
  }

  @Override
  public void close() {
    server.stop(0);
    before.forEach(
        (property, value) -> {
          if (value == null) {
            System.clearProperty(property);
          } else {
            System.setProperty(property, value);
          }
        });
  }
}
