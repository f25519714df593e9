package spawn.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import spawn.json.Json;

/**
 * What the clients of a rehearsal send to in place of AWS: it answers out of the artifact, and has
 * no way to the network.
 *
 * <p>An answer is the file {@code rehearsal/answers/NAME}, named as the operation, or as the scene
 * says instead. One that holds an error has the status 400.
 */
public final class Stage implements SdkHttpClient {
  private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=(\\w+)");
  private static final Pattern ERROR = Pattern.compile("<Error>|\"__type\"");

  private final List<Runnable> over = new ArrayList<>();
  private final Map<String, Integer> asked = new HashMap<>();
  private JsonNode answers = JsonNodeFactory.instance.objectNode();

  /** Returns the environment of the stack that is played. */
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    Json.resource(Stage.class, "rehearsal/environment.json")
        .properties()
        .forEach(each -> environment.put(each.getKey(), each.getValue().textValue()));
    return environment;
  }

  /**
   * Begins a scene.
   *
   * @param answers the names of other answers, by operation: one, or a list of which the last one
   *     stays
   */
  void begin(JsonNode answers) {
    this.answers = answers;
    asked.clear();
  }

  /** Has something done when the rehearsal is over. */
  void whenOver(Runnable end) {
    over.add(end);
  }

  /** Returns whether the scene that was played last has asked anything. */
  boolean isUsed() {
    return !asked.isEmpty();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        return answer(request);
      }

      @Override
      public void abort() {
        // An answer is there at once.
      }
    };
  }

  private synchronized HttpExecuteResponse answer(HttpExecuteRequest request) throws IOException {
    byte[] body = body(name(operation(request)));
    boolean failed = ERROR.matcher(new String(body, UTF_8)).find();
    return HttpExecuteResponse.builder()
        .response(
            SdkHttpFullResponse.builder()
                .statusCode(failed ? 400 : 200)
                .putHeader("Content-Length", Integer.toString(body.length))
                .build())
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
        .build();
  }

  private String name(String operation) {
    int before = asked.merge(operation, 1, Integer::sum) - 1;
    JsonNode said = answers.path(operation);
    return said.isArray()
        ? said.path(Math.min(before, said.size() - 1)).asText()
        : said.asText(operation);
  }

  private static byte[] body(String name) throws IOException {
    try (InputStream file = Stage.class.getResourceAsStream("rehearsal/answers/" + name)) {
      if (file == null) {
        throw new IllegalStateException("A rehearsal has no answer " + name + ".");
      }
      return file.readAllBytes();
    }
  }

  /** Returns the operation: of JSON protocols by a header, of query protocols by a parameter. */
  private static String operation(HttpExecuteRequest request) throws IOException {
    String body = "";
    if (request.contentStreamProvider().isPresent()) {
      ContentStreamProvider content = request.contentStreamProvider().get();
      try (InputStream sent = content.newStream()) {
        body = new String(sent.readAllBytes(), UTF_8);
      }
    }
    String target = request.httpRequest().firstMatchingHeader("X-Amz-Target").orElse("");
    if (!target.isEmpty()) {
      return target.substring(target.lastIndexOf('.') + 1);
    }
    Matcher action = ACTION.matcher(body);
    String operation = action.find() ? action.group(1) : "";
    return body.contains("DryRun=true") ? operation + "-DryRun" : operation;
  }

  @Override
  public void close() {
    over.forEach(Runnable::run);
  }
}
