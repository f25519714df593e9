package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * What one instance finds at {@code 169.254.169.254}: its metadata, and temporary keys of the role
 * in its profile, for callers with a token (IMDSv2) only (<a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html">the
 * service</a>). curl and the AWS CLI reach it as their proxy for HTTP, so that they are given no
 * address but AWS's.
 */
final class InstanceMetadata implements AutoCloseable {
  private static final String KEYS = "/latest/meta-data/iam/security-credentials/";

  private final String instanceId;
  private final AwsState aws;
  private final StsClient sts;
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final HttpServer server;

  /** Serves until it is closed, on a port of its own. */
  InstanceMetadata(String instanceId, AwsState aws, StsClient sts) {
    this.instanceId = instanceId;
    this.aws = aws;
    this.sts = sts;
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  /** Returns the environment in which commands run on the instance. */
  Map<String, String> environment() {
    return Map.of(
        "http_proxy",
        "http://127.0.0.1:" + server.getAddress().getPort(),
        // A busy machine may not answer within the AWS CLI's one second.
        "AWS_METADATA_SERVICE_TIMEOUT",
        "20");
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/latest/api/token")) {
      send(exchange, token(exchange));
    } else if (!tokens.contains(header(exchange, "X-aws-ec2-metadata-token"))) {
      send(exchange, new Answer(401, ""));
    } else {
      send(exchange, metadata(path).map(Answer::found).orElse(new Answer(404, "")));
    }
  }

  private record Answer(int status, String body) {
    private static Answer found(String body) {
      return new Answer(200, body);
    }
  }

  /** A token has to say how long it lasts, six hours at most. */
  private Answer token(HttpExchange exchange) {
    String seconds = header(exchange, "X-aws-ec2-metadata-token-ttl-seconds");
    boolean lasts = seconds.matches("\\d{1,5}") && Integer.parseInt(seconds) <= 21_600;
    if (!exchange.getRequestMethod().equals("PUT") || !lasts) {
      return new Answer(400, "");
    }
    String token = UUID.randomUUID().toString();
    tokens.add(token);
    return Answer.found(token);
  }

  private Optional<String> metadata(String path) {
    if (path.equals("/latest/meta-data/instance-id")) {
      return Optional.of(instanceId);
    }
    Optional<String> role = aws.roleOf(instanceId);
    if (path.equals(KEYS)) {
      return role;
    }
    return role.filter(name -> path.equals(KEYS + name)).map(this::keys);
  }

  private String keys(String role) {
    Credentials keys =
        sts.assumeRole(to -> to.roleArn(aws.role(role).arn()).roleSessionName(instanceId))
            .credentials();
    ObjectNode json = Json.object();
    json.put("Code", "Success")
        .put("LastUpdated", Instant.now().toString())
        .put("Type", "AWS-HMAC")
        .put("AccessKeyId", keys.accessKeyId())
        .put("SecretAccessKey", keys.secretAccessKey())
        .put("Token", keys.sessionToken())
        .put("Expiration", keys.expiration().toString());
    return Json.pretty(json);
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
