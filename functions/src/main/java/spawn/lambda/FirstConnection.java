package spawn.lambda;

import java.io.IOException;
import java.net.URI;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSession;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * What a process does for its first connection to AWS, and then no more: done before the snapshot,
 * with nothing said and nothing left open.
 */
final class FirstConnection {
  /** Before the environment's, for the SDK; Lambda sets it where functions start from snapshots. */
  private static final String CREDENTIALS_FROM = "aws.containerCredentialsFullUri";

  private static final int MILLISECONDS_TO_CONNECT = 2_000;
  private static final int MILLISECONDS_TO_ANSWER = 5_000;

  private FirstConnection() {}

  /** Sends a request and fetches credentials as a function does, from a server in this process. */
  static void rehearse() throws IOException {
    try (Loopback server = new Loopback();
        SdkHttpClient http = AwsClients.http()) {
      fetchCredentials(server.url());
      send(http, URI.create(server.url())); // by the same connection, which ends with it
    }
  }

  private static void send(SdkHttpClient http, URI server) throws IOException {
    ContentStreamProvider body = ContentStreamProvider.fromUtf8String("Action=Nothing");
    HttpExecuteResponse response =
        http.prepareRequest(
                HttpExecuteRequest.builder()
                    .request(
                        SdkHttpRequest.builder()
                            .method(SdkHttpMethod.POST)
                            .uri(server)
                            .putHeader("Content-Length", "14")
                            .build())
                    .contentStreamProvider(body)
                    .build())
            .call();
    if (response.responseBody().isPresent()) {
      response.responseBody().get().readAllBytes();
    }
  }

  /** The provider is one of its own: what it fetches is not what the function works with. */
  private static void fetchCredentials(String url) {
    System.setProperty(CREDENTIALS_FROM, url);
    try {
      AwsClients.credentials().resolveCredentials();
    } finally {
      System.clearProperty(CREDENTIALS_FROM);
    }
  }

  /**
   * Agrees with an endpoint on keys and hangs up, without a request. The session is forgotten: two
   * copies of the snapshot must not resume the same one.
   *
   * @return whether that went well; not, where there is no network
   */
  static boolean handshake(URI endpoint) {
    try {
      if (!(endpoint.toURL().openConnection() instanceof HttpsURLConnection connection)) {
        return false;
      }
      connection.setConnectTimeout(MILLISECONDS_TO_CONNECT);
      connection.setReadTimeout(MILLISECONDS_TO_ANSWER);
      try {
        connection.connect();
        connection.getSSLSession().ifPresent(SSLSession::invalidate);
      } finally {
        connection.disconnect();
      }
      return true;
    } catch (IOException unreachable) {
      return false;
    }
  }
}
