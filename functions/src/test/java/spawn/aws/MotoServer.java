package spawn.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;

/**
 * The local stack's IAM and EC2, moto with the edges that are added to it, as a process of the
 * tests' own without any delay. It is started by the first test that asks for it, empty for each,
 * and ended with the last.
 */
final class MotoServer implements BeforeEachCallback, ParameterResolver {
  /** What classes lock that use the server, which is emptied before each test. */
  static final String SHARED = "the moto server";

  private static final Path ROOT = Path.of("").toAbsolutePath();
  private static final Path STATE = ROOT.resolve("target/moto");
  private static final Path LOG = STATE.resolve("moto.log");

  /** It may have to install its tools first. */
  private static final Duration LONGEST_START = Duration.ofMinutes(5);

  @Override
  public void beforeEach(ExtensionContext context) {
    running(context).reset();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Running.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context);
  }

  private static Running running(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(MotoServer.class))
        .computeIfAbsent(Running.class, first -> Running.start(), Running.class);
  }

  /** The server while it runs. */
  static final class Running implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Ec2Client> ec2 = new HashMap<>();
    private final Process process;
    private final URI address;
    private final IamClient iam;

    private Running(Process process, URI address) {
      this.process = process;
      this.address = address;
      this.iam = client(IamClient.builder(), "us-east-1");
    }

    private static Running start() {
      int port = freePort();
      try {
        Files.createDirectories(STATE);
        ProcessBuilder command =
            new ProcessBuilder(ROOT.resolve("local/stack").toString(), "moto", String.valueOf(port))
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(LOG.toFile());
        command.environment().put("SPAWN_EDGES_PROFILE_DELAY", "0");
        command.environment().put("SPAWN_EDGES_START_DELAY", "0");
        command.environment().put("SPAWN_LOCAL_STATE", STATE.toString());
        Process process = command.start();
        // Also where the tests are broken off and close() never comes.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        Running server = new Running(process, URI.create("http://127.0.0.1:" + port));
        server.awaitAnswer();
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static int freePort() {
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void awaitAnswer() throws IOException {
      long deadline = System.nanoTime() + LONGEST_START.toNanos();
      while (process.isAlive() && System.nanoTime() < deadline) {
        try {
          send(HttpRequest.newBuilder(address.resolve("/_edges")).build());
          return;
        } catch (IOException notYet) {
          LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
      }
      close();
      throw new IllegalStateException("moto did not start:\n" + Files.readString(LOG, UTF_8));
    }

    /** Forgets all that the server holds. */
    private void reset() {
      try {
        send(HttpRequest.newBuilder(address.resolve("/_edges")).DELETE().build());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void send(HttpRequest request) throws IOException {
      try {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
          throw new IllegalStateException(request.uri() + " answered " + answer.statusCode());
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    IamClient iam() {
      return iam;
    }

    Ec2Client ec2(String region) {
      return ec2.computeIfAbsent(region, first -> client(Ec2Client.builder(), region));
    }

    /** Returns a client that asks once: what it is told is what the sentences are about. */
    private <C, B extends AwsClientBuilder<B, C>> C client(B builder, String region) {
      return builder
          .endpointOverride(address)
          .region(Region.of(region))
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
          .overrideConfiguration(
              configuration -> configuration.retryStrategy(DefaultRetryStrategy.doNotRetry()))
          .build();
    }

    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
