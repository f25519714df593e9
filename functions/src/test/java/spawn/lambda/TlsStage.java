package spawn.lambda;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/** The stage's answers behind TLS, and Lambda's credentials, on servers of this machine. */
final class TlsStage implements AutoCloseable {
  private static final String PASSWORD = "changeit";

  private final Stage stage = new Stage();
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpsServer aws;
  private final HttpServer credentials;
  private final Path trusted;

  /** Starts both; the key and what trusts it go into a folder. */
  TlsStage(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
    KeyStore key = key(folder.resolve("key.p12"));
    trusted = folder.resolve("trusted.p12");
    trust(key);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(key, PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    aws = HttpsServer.create(here, 0);
    aws.setHttpsConfigurator(new HttpsConfigurator(tls));
    aws.createContext("/", this::play);
    credentials = HttpServer.create(here, 0);
    credentials.createContext("/", TlsStage::giveCredentials);
    for (HttpServer server : List.of(aws, credentials)) {
      server.setExecutor(threads);
      server.start();
    }
  }

  private static KeyStore key(Path file)
      throws IOException, GeneralSecurityException, InterruptedException {
    int exit =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "here",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .inheritIO()
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IOException("keytool ended with " + exit);
    }
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  private void trust(KeyStore key) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("here", key.getCertificate("here"));
    try (var file = Files.newOutputStream(trusted)) {
      store.store(file, PASSWORD.toCharArray());
    }
  }

  /** Returns what a JVM is told so that it trusts the server. */
  List<String> trust() {
    return List.of(
        "-Djavax.net.ssl.trustStore=" + trusted,
        "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
        "-Djavax.net.ssl.trustStoreType=PKCS12");
  }

  /** Returns the variables that lead a function here, as Lambda sets them for a snapshot. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL",
        "https://localhost:" + aws.getAddress().getPort(),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://127.0.0.1:%d/v1/credentials".formatted(credentials.getAddress().getPort()),
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "token",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "snap-start");
  }

  /** Begins a scene. */
  void begin(JsonNode answers) {
    stage.begin(answers);
  }

  /** Returns how many requests have arrived as if for AWS. */
  int requests() {
    return requests.get();
  }

  private void play(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    byte[] sent = exchange.getRequestBody().readAllBytes();
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(URI.create("https://localhost/"))
            .putHeader("X-Amz-Target", header(exchange, "X-Amz-Target"));
    HttpExecuteResponse response =
        stage
            .prepareRequest(
                HttpExecuteRequest.builder()
                    .request(request.build())
                    .contentStreamProvider(ContentStreamProvider.fromByteArray(sent))
                    .build())
            .call();
    try (InputStream body = response.responseBody().orElseThrow()) {
      answer(exchange, response.httpResponse().statusCode(), body.readAllBytes());
    }
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  private static void giveCredentials(HttpExchange exchange) throws IOException {
    answer(
        exchange,
        200,
        """
        {"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c",
         "Expiration": "2999-01-01T00:00:00Z"}
        """
            .getBytes(US_ASCII));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    aws.stop(0);
    credentials.stop(0);
    threads.shutdownNow();
  }
}
