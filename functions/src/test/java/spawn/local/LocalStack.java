package spawn.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.sfn.SfnClient;
import spawn.template.Runbook;

/**
 * A local stack of the tests' own: beside one that a user may have up, on ports of its own, with
 * short leases and waits. As an extension it is one for all test classes, started by the first that
 * asks for it, and ended with the last.
 */
public final class LocalStack
    implements Target, BeforeAllCallback, ParameterResolver, AutoCloseable {
  /** The project's folder. */
  public static final Path ROOT = Path.of("").toAbsolutePath();

  /** The folder of stacks apart, which classes lock that start one. */
  static final String APART = "local-stack-apart";

  /** The role of the user's own in {@code events/existing-role.json}. */
  static final String OWN_ROLE = "my-own-role";

  /** What the account answers for, so that launches may pass it; the second is a guide's. */
  private static final String PASSABLE =
      "PassableRoleArns=arn:aws:iam::000000000000:role/%s,arn:aws:iam::000000000000:role/my-s3-reader-role"
          .formatted(OWN_ROLE);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("SPAWN_LOCAL_SWEEP_WAIT", "6"),
          Map.entry("SPAWN_LOCAL_CONCURRENCY", "16"),
          Map.entry("SPAWN_LOCAL_PACE", "0.2"),
          Map.entry("SPAWN_LOCAL_WAIT_SCALE", "0.5"),
          Map.entry("SPAWN_EDGES_PROFILE_DELAY", "0.4"),
          Map.entry("SPAWN_LEASE", "PT60S"),
          Map.entry("SPAWN_LAST_CALL", "PT3S"),
          Map.entry("SPAWN_YOUTH", "PT3S"),
          Map.entry("SPAWN_CLOCK_SKEW", "PT1S"),
          Map.entry("SPAWN_MARK", "PT4S"),
          Map.entry("SPAWN_PROPAGATION_TIMEOUT", "PT12S"),
          Map.entry("SPAWN_START_TIMEOUT", "PT12S"));

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final Path state;
  private final String stack;
  private final String region;
  private final Map<String, String> ownSettings;
  private JsonNode outputs = JSON.nullNode();

  /** Creates the stack of all test classes; JUnit calls this. */
  LocalStack() {
    this("local-stack", Map.of());
  }

  private LocalStack(String folder, Map<String, String> ownSettings) {
    this(freePort(), ROOT.resolve("target").resolve(folder), "spawn", "us-east-1", ownSettings);
  }

  private LocalStack(
      int port, Path state, String stack, String region, Map<String, String> ownSettings) {
    this.port = port;
    this.state = state;
    this.stack = stack;
    this.region = region;
    this.ownSettings = ownSettings;
  }

  /**
   * Returns a stack for one test class, which starts and closes it. Its functions run as they do
   * where AWS's runtime client has no native part.
   */
  static LocalStack apart() {
    return new LocalStack(APART, Map.of("SPAWN_LOCAL_RUNTIME", "loop"));
  }

  /** Returns another stack on the same servers, so in the same account; it is not deployed yet. */
  public LocalStack beside(String name, String itsRegion) {
    return new LocalStack(port, state, name, itsRegion, ownSettings);
  }

  /** Deploys a stack of the same name in another region. */
  @Override
  public Optional<Target> second() {
    return Optional.of(beside(stack, "eu-west-1").deployed(""));
  }

  /**
   * Returns a port that is free, as is the next one, which is moto's. It lies below those that the
   * system gives to outgoing connections: one of these could take it before the server does.
   */
  private static int freePort() {
    return ThreadLocalRandom.current()
        .ints(10_000, 30_000)
        .filter(port -> isFree(port) && isFree(port + 1))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try {
      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    stackOf(context);
  }

  /** Returns the port of ministack; moto has the next one. */
  public int port() {
    return port;
  }

  /** Returns the stack of all test classes; the first call starts it. */
  public static LocalStack stackOf(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(LocalStack.class))
        .computeIfAbsent(LocalStack.class, first -> new LocalStack().started(), LocalStack.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LocalStack.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return stackOf(context);
  }

  private LocalStack started() {
    run("local/stack", "down");
    // Also where the tests are broken off and close() never comes.
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    deployed(PASSABLE);
    // Ten receives take one minute, in which the tests run; WatchingIT looks what came of it.
    type(Runbook.read().causing("DeadLetters"));
    return this;
  }

  /**
   * Starts the servers if they are down, and deploys if anything has changed.
   *
   * @param parameters of the template, as {@code sam deploy --parameter-overrides} takes them;
   *     those that are left out keep their values
   */
  public LocalStack deployed(String parameters) {
    run(Map.of("SPAWN_LOCAL_PARAMETERS", parameters), "local/stack", "up", "--no-build");
    outputs = json(read(deployment().resolve("outputs.json")));
    return this;
  }

  /** Returns the stack's name. */
  public String stackName() {
    return stack;
  }

  /** Returns the folder of what is known of the deployed stack, for bin/spawn --local. */
  public Path deployment() {
    return state.resolve("stacks").resolve(stack + "-" + region);
  }

  /** Deletes the stack as its owner would; what its launches made stays. */
  void delete() {
    run("local/stack", "delete");
  }

  @Override
  public void close() {
    run("local/stack", "down");
  }

  /** Returns one of the deployed stack's outputs. */
  @Override
  public String output(String key) {
    return outputs.path(key).asText();
  }

  @Override
  public SfnClient stepFunctions() {
    return client(SfnClient.builder(), port, region);
  }

  @Override
  public IamClient iam() {
    return client(IamClient.builder(), port + 1, region);
  }

  @Override
  public Ec2Client ec2(String region) {
    return client(Ec2Client.builder(), port + 1, region);
  }

  private static <C, B extends AwsClientBuilder<B, C>> C client(
      B builder, int port, String region) {
    return builder
        .endpointOverride(URI.create("http://127.0.0.1:" + port))
        .region(Region.of(region))
        // An address has no host name to put a prefix before, as TestState's "sync-".
        .overrideConfiguration(
            options ->
                options.putAdvancedOption(
                    SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  @Override
  public String ownRole() {
    try {
      iam()
          .createRole(
              create ->
                  create
                      .roleName(OWN_ROLE)
                      .assumeRolePolicyDocument(
                          "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                              + "{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"));
    } catch (EntityAlreadyExistsException madeBefore) {
      return OWN_ROLE;
    }
    return OWN_ROLE;
  }

  @Override
  public String region() {
    return region;
  }

  @Override
  public String account() {
    return "000000000000";
  }

  @Override
  public String partition() {
    return "aws";
  }

  @Override
  public String name() {
    return "tests";
  }

  @Override
  public boolean isAws() {
    return false;
  }

  @Override
  public String image() {
    return "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
  }

  @Override
  public String instanceType() {
    return "t3.nano";
  }

  @Override
  public Optional<String> subnet() {
    return Optional.empty();
  }

  @Override
  public String payload(String example) {
    return example;
  }

  /** Returns a key that is nowhere: the local EC2 encrypts nothing, and keeps the name. */
  @Override
  public Optional<String> volumeKey() {
    return Optional.of(
        "arn:aws:kms:us-east-1:000000000000:key/5c0d0000-0000-4000-8000-000000000000");
  }

  @Override
  public void whereCallsAreSeen(Consumer<List<JsonNode>> check) {
    check.accept(calls());
  }

  @Override
  public void note(ObjectNode note) {
    // No report is made of these runs.
  }

  /** Changes how the simulated edges of AWS behave, or forgets the calls that they have seen. */
  @Override
  public boolean edges(String settings) {
    send(atEdges("").POST(HttpRequest.BodyPublishers.ofString(settings)).build());
    return true;
  }

  /** Returns the IAM and EC2 calls since they were last forgotten. */
  @Override
  public List<JsonNode> calls() {
    return json(send(atEdges("").build())).path("calls").valueStream().toList();
  }

  /** Returns what the functions' calls were about since the stack is up, each once. */
  JsonNode access() {
    return json(send(atEdges("/access").build()));
  }

  private HttpRequest.Builder atEdges(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (port + 1) + "/_edges" + path));
  }

  /**
   * Returns the payload of the example with these names of a bucket and a table, so its own role.
   */
  public static ObjectNode launchOf(String bucket) {
    ObjectNode payload = (ObjectNode) json(file("events/launch.json"));
    ((ObjectNode) payload.path("iam"))
        .putArray("resources")
        .add("s3://" + bucket)
        .add("dynamodb://" + bucket);
    return payload;
  }

  /** Returns the operations that were called and are no reads, in their order. */
  public List<String> written() {
    return calls().stream()
        .map(call -> call.path("operation").asText())
        .filter(operation -> !operation.matches("(Get|List|Describe|Simulate).*"))
        .toList();
  }

  /** Returns the calls of an operation that were no dry runs. */
  @Override
  public List<JsonNode> calls(String operation) {
    return calls().stream()
        .filter(
            call ->
                call.path("operation").asText().equals(operation)
                    && !call.path("DryRun").asBoolean())
        .toList();
  }

  private String send(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            request.uri() + " answered " + answer.statusCode() + ": " + answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a command of the project with this stack's settings, and returns what it printed. */
  public String run(String... command) {
    return run(Map.of(), command);
  }

  private String run(Map<String, String> more, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.set(0, ROOT.resolve(command[0]).toString());
    Ended ended = ended(more, line);
    if (ended.code() != 0) {
      throw new IllegalStateException(
          String.join(" ", command) + " ended with " + ended.code() + ":\n" + ended.printed());
    }
    return ended.printed();
  }

  /** Returns what a script prints that a user types; it ends at its first failure. */
  public String typed(String script) {
    Ended ended = ended(Map.of(), List.of("bash", "-ec", script));
    if (ended.code() != 0) {
      throw new IllegalStateException(
          script + "\nended with " + ended.code() + ":\n" + ended.printed());
    }
    return ended.printed();
  }

  /** Runs a script as a user would type it, whatever its commands end with. */
  public void type(String script) {
    ended(Map.of(), List.of("bash", "-c", script));
  }

  private record Ended(int code, String printed) {}

  private Ended ended(Map<String, String> more, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
    builder.environment().putAll(SETTINGS);
    builder.environment().putAll(ownSettings);
    builder.environment().put("SPAWN_LOCAL_PORT", String.valueOf(port));
    builder.environment().put("SPAWN_LOCAL_STATE", state.toString());
    builder.environment().put("SPAWN_LOCAL_STACK", stack);
    builder.environment().put("SPAWN_LOCAL_REGION", region);
    builder.environment().putAll(more);
    try {
      Process process = builder.start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), printed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Invokes the clean-up function as an operator would, and returns its report. */
  @Override
  public JsonNode cleanUp(String request) {
    return invoke("CleanupFunctionName", request);
  }

  /** Calls a function by the alias that an output of the stack names; returns its answer. */
  public JsonNode invoke(String output, String request) {
    Path report = state.resolve("report.json");
    run(
        "local/aws",
        "lambda",
        "invoke",
        "--function-name",
        output(output),
        "--payload",
        request,
        report.toString());
    return json(read(report));
  }

  /** Asks a service in AWS's JSON protocol, for which the tests have no client. */
  JsonNode ask(String service, String operation, ObjectNode parameters) {
    return json(
        send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                .header("Content-Type", "application/x-amz-json-1.0")
                .header("X-Amz-Target", operation)
                // No signature: it only says which service and region are meant.
                .header(
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=local/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=none"
                        .formatted(region, service))
                .POST(HttpRequest.BodyPublishers.ofString(parameters.toString()))
                .build()));
  }

  /** Returns all lines of all functions' logs, and of the workflow's. */
  List<String> logLines() {
    List<String> lines = new ArrayList<>();
    for (JsonNode group :
        ask("logs", "Logs_20140328.DescribeLogGroups", JSON.createObjectNode()).path("logGroups")) {
      ObjectNode wanted =
          JSON.createObjectNode().put("logGroupName", group.path("logGroupName").asText());
      JsonNode page;
      do {
        page = ask("logs", "Logs_20140328.FilterLogEvents", wanted);
        page.path("events").forEach(event -> lines.add(event.path("message").asText()));
        wanted.set("nextToken", page.path("nextToken"));
      } while (page.hasNonNull("nextToken"));
    }
    return lines;
  }

  /** Returns what the servers themselves have logged. */
  String serverLogs() {
    return read(state.resolve("ministack.log")) + read(state.resolve("moto.log"));
  }

  /** Returns a file of the project. */
  public static String file(String path) {
    return read(ROOT.resolve(path));
  }

  /** Returns a new object of JSON. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** Reads JSON. */
  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
