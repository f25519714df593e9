package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.PartitionMetadata;

/**
 * Asks for one quota (<a
 * href="https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html">GetServiceQuota</a>).
 * One call of one operation: not worth the SDK's module for the whole service.
 */
final class ServiceQuotas {
  private final Connection connection;

  ServiceQuotas(Connection connection) {
    this.connection = connection;
  }

  /**
   * Returns a quota's value in the stack's region.
   *
   * @throws CommandFailure if it is not told, with how to ask for it
   */
  double value(String service, String quota) {
    String body = Json.object().put("ServiceCode", service).put("QuotaCode", quota).toString();
    try (SdkHttpClient http = UrlConnectionHttpClient.create()) {
      HttpExecuteResponse response =
          http.prepareRequest(signed(body.getBytes(StandardCharsets.UTF_8))).call();
      String answer =
          response.responseBody().isPresent()
              ? new String(response.responseBody().get().readAllBytes(), StandardCharsets.UTF_8)
              : "";
      JsonNode value =
          response.httpResponse().isSuccessful()
              ? Json.read(answer, "the quota").at("/Quota/Value")
              : Json.object();
      if (!value.isNumber()) {
        throw notTold(service, quota, response.httpResponse().statusCode());
      }
      return value.asDouble();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static CommandFailure notTold(String service, String quota, int status) {
    return CommandFailure.failed(
        "the quota is not told (status %d): ask by aws service-quotas get-service-quota --service-code %s --quota-code %s"
            .formatted(status, service, quota));
  }

  private HttpExecuteRequest signed(byte[] body) {
    ContentStreamProvider content = () -> new ByteArrayInputStream(body);
    SdkHttpRequest request =
        SdkHttpFullRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint())
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("X-Amz-Target", "ServiceQuotasV20190624.GetServiceQuota")
            .build();
    AwsCredentials credentials = connection.credentials().resolveCredentials();
    SignedRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(credentials)
                        .request(request)
                        .payload(content)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "servicequotas")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, connection.region().id()));
    return HttpExecuteRequest.builder()
        .request(signed.request())
        .contentStreamProvider(signed.payload().orElse(content))
        .build();
  }

  private URI endpoint() {
    Optional<String> set =
        Optional.ofNullable(System.getProperty("aws.endpointUrl"))
            .or(() -> Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL")));
    return URI.create(
        set.orElseGet(
            () ->
                "https://servicequotas.%s.%s"
                    .formatted(
                        connection.region().id(),
                        PartitionMetadata.of(connection.region()).dnsSuffix())));
  }
}
