package spawn.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.regions.Region;
import spawn.json.Json;

/**
 * The parameters of Systems Manager, by the one call that is needed of it. The SDK's client for it
 * would make the artifact a sixth larger.
 *
 * <p>GetParameters takes and answers JSON (<a
 * href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html">GetParameters</a>).
 */
public final class SystemParameters {
  private static final int ATTEMPTS = 3;

  /** As long as the HTTP client waits for an answer. */
  private static final Duration AN_ATTEMPT = Duration.ofSeconds(15);

  private static final String OPERATION = "GetParameters";

  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;
  private final Region region;
  private final CallCounter calls;
  private final Deadline deadline;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

  SystemParameters(
      SdkHttpClient http,
      AwsCredentialsProvider credentials,
      Region region,
      CallCounter calls,
      Deadline deadline) {
    this.http = http;
    this.credentials = credentials;
    this.region = region;
    this.calls = calls;
    this.deadline = deadline;
  }

  /**
   * Returns the value of a parameter; nothing where there is none, or where the function may not
   * read it.
   *
   * @param name its name or ARN, and after a colon a version or a label
   * @throws SdkClientException if Systems Manager fails or does not answer, after three attempts
   */
  public Optional<String> value(String name) {
    byte[] body = Json.bytes(Map.of("Names", List.of(name)));
    for (int attempt = 1; ; attempt++) {
      try {
        return answer(body);
      } catch (IOException lost) {
        if (attempt == ATTEMPTS || deadline.leftForCalls().compareTo(AN_ATTEMPT) < 0) {
          throw SdkClientException.create(
              "Systems Manager does not tell what a parameter holds: " + lost.getMessage(), lost);
        }
      }
    }
  }

  private Optional<String> answer(byte[] body) throws IOException {
    calls.count(OPERATION);
    SignedRequest signed = signed(body);
    HttpExecuteResponse response =
        http.prepareRequest(
                HttpExecuteRequest.builder()
                    .request(signed.request())
                    .contentStreamProvider(signed.payload().orElse(null))
                    .build())
            .call();
    int status = response.httpResponse().statusCode();
    JsonNode said =
        response.responseBody().isPresent()
            ? Json.readLeniently(
                new String(response.responseBody().get().readAllBytes(), StandardCharsets.UTF_8))
            : JsonNodeFactory.instance.objectNode();
    if (response.httpResponse().isSuccessful()) {
      return Optional.ofNullable(said.path("Parameters").path(0).path("Value").textValue());
    }
    if (status >= 500 || said.path("__type").asText().contains("Throttling")) {
      throw new IOException("HTTP status " + status);
    }
    return Optional.empty();
  }

  private SignedRequest signed(byte[] body) {
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(Endpoints.of("ssm", region))
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("X-Amz-Target", "AmazonSSM." + OPERATION)
            .build();
    return signer.sign(
        sign ->
            sign.request(request)
                .payload(ContentStreamProvider.fromByteArray(body))
                .identity(credentials.resolveIdentity().join())
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "ssm")
                .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
  }
}
