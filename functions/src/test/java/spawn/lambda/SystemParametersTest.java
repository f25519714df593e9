package spawn.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/** The one call to Systems Manager, against a server on this machine. */
class SystemParametersTest {
  private static final String ENDPOINT = "aws.endpointUrlSsm";

  private final Queue<Answer> answers = new ArrayDeque<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CallCounter calls = new CallCounter();
  private final SystemParameters parameters =
      new SystemParameters(
          UrlConnectionHttpClient.create(),
          StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")),
          Region.EU_WEST_1,
          calls,
          new Deadline());
  private HttpServer server;

  private record Answer(int status, String body) {}

  @BeforeEach
  void startAServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestHeaders().getFirst("X-Amz-Target")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8)
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          Answer answer = answers.remove();
          byte[] body = answer.body().getBytes(UTF_8);
          exchange.sendResponseHeaders(answer.status(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    System.setProperty(ENDPOINT, "http://127.0.0.1:%d".formatted(server.getAddress().getPort()));
  }

  @AfterEach
  void endTheServer() {
    server.stop(0);
    System.clearProperty(ENDPOINT);
  }

  @Test
  void aParameterIsAskedForByASignedCall() {
    answers.add(
        new Answer(
            200,
            "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"ami-1\"}],\"InvalidParameters\":[]}"));

    assertThat(parameters.value("/a")).contains("ami-1");
    assertThat(asked)
        .singleElement()
        .asString()
        .startsWith(
            "AmazonSSM.GetParameters {\"Names\":[\"/a\"]} AWS4-HMAC-SHA256 Credential=local/")
        .contains("/eu-west-1/ssm/aws4_request");
    assertThat(calls.total()).isEqualTo(1);
  }

  @Test
  void whatThereIsNotOrMayNotBeReadIsNothing() {
    answers.add(new Answer(200, "{\"Parameters\":[],\"InvalidParameters\":[\"/a\"]}"));
    answers.add(new Answer(400, "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}"));

    assertThat(parameters.value("/a")).isEmpty();
    assertThat(parameters.value("/a")).isEmpty();
  }

  @Test
  void aFailureOfAwsIsAskedAgainTwice() {
    answers.add(new Answer(500, ""));
    answers.add(new Answer(400, "{\"__type\":\"ThrottlingException\"}"));
    answers.add(new Answer(200, "{\"Parameters\":[{\"Value\":\"ami-1\"}]}"));

    assertThat(parameters.value("/a")).contains("ami-1");

    for (int times = 0; times < 3; times++) {
      answers.add(new Answer(503, ""));
    }
    assertThatThrownBy(() -> parameters.value("/a"))
        .isInstanceOf(SdkClientException.class)
        .hasMessageContaining("503");
    assertThat(asked).hasSize(6);
  }

  @Test
  void theEndpointIsAwsOwnWhereTheEnvironmentNamesNone() {
    assertThat(Endpoints.ofAws("ssm", Region.EU_WEST_1, false, false))
        .hasToString("https://ssm.eu-west-1.amazonaws.com");
    assertThat(Endpoints.ofAws("ssm", Region.CN_NORTH_1, false, false))
        .hasToString("https://ssm.cn-north-1.amazonaws.com.cn");
    assertThat(Endpoints.ofAws("ssm", Region.of("eu-somewhere-7"), false, false))
        .hasToString("https://ssm.eu-somewhere-7.amazonaws.com");
    assertThat(Endpoints.ofAws("ssm", Region.US_EAST_1, true, false))
        .hasToString("https://ssm-fips.us-east-1.amazonaws.com");
    assertThat(Endpoints.ofAws("ssm", Region.US_EAST_1, false, true))
        .hasToString("https://ssm.us-east-1.api.aws");
  }
}
