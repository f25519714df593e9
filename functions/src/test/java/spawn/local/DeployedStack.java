package spawn.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProcessCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * A stack that {@code aws/accept} has deployed, in an account of AWS or of local servers. What is
 * known of it is in a file that {@code aws/acceptance} writes; credentials come from a command that
 * the file names.
 */
final class DeployedStack implements Target {
  static final Optional<String> PROPERTY =
      Optional.ofNullable(System.getProperty("spawn.target")).filter(file -> !file.isBlank());

  /** A job array of the examples is larger than a new account's quota of processors. */
  private static final int LARGEST_ARRAY = 3;

  private final JsonNode known;
  private final AwsCredentialsProvider credentials;

  private DeployedStack(String file) {
    this(read(file));
  }

  private DeployedStack(JsonNode known) {
    this.known = known;
    this.credentials = ProcessCredentialsProvider.builder().command(command("credentials")).build();
  }

  private static JsonNode read(String file) {
    try {
      return LocalStack.json(Files.readString(Path.of(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the second stack, which has the first one's name, and knows where else it differs. */
  @Override
  public Optional<Target> second() {
    return another().map(Target.class::cast);
  }

  private Optional<DeployedStack> another() {
    if (!(known.path("second") instanceof ObjectNode itsOwn)) {
      return Optional.empty();
    }
    ObjectNode ofBoth = known.deepCopy();
    ofBoth.setAll(itsOwn);
    ofBoth.remove("second");
    return Optional.of(new DeployedStack(ofBoth));
  }

  private List<String> command(String name) {
    return known.path(name).valueStream().map(JsonNode::asText).toList();
  }

  /** Returns the stack that a file describes, one for all test classes. */
  static DeployedStack of(ExtensionContext context, String file) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(DeployedStack.class))
        .computeIfAbsent(
            DeployedStack.class, first -> new DeployedStack(file), DeployedStack.class);
  }

  /** Returns by what waits are multiplied: AWS takes its time. */
  static int patience() {
    return PROPERTY.map(file -> new DeployedStack(file).known.path("patience").asInt(1)).orElse(1);
  }

  @Override
  public String output(String key) {
    return known.path("outputs").path(key).asText();
  }

  @Override
  public SfnClient stepFunctions() {
    return client(SfnClient.builder(), "stepfunctions", region());
  }

  @Override
  public IamClient iam() {
    // IAM has one endpoint for each partition, which the SDK finds by any of its regions.
    return client(IamClient.builder(), "iam", isAws() ? global() : region());
  }

  private String global() {
    return switch (partition()) {
      case "aws" -> "aws-global";
      case "aws-cn" -> "aws-cn-global";
      case "aws-us-gov" -> "aws-us-gov-global";
      default -> region();
    };
  }

  @Override
  public Ec2Client ec2(String region) {
    return client(Ec2Client.builder(), "ec2", region);
  }

  private <C, B extends AwsClientBuilder<B, C>> C client(B builder, String service, String region) {
    JsonNode endpoint = known.path("endpoints").path(service);
    if (endpoint.isTextual()) {
      builder.endpointOverride(URI.create(endpoint.asText()));
    }
    return builder
        .region(Region.of(region))
        .credentialsProvider(credentials)
        .overrideConfiguration(
            changed ->
                changed
                    .addExecutionInterceptor(new Refusals())
                    // An address has no host name to put a prefix before, as TestState's "sync-".
                    .putAdvancedOption(
                        SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION,
                        endpoint.isTextual()))
        .build();
  }

  private static String code(AwsServiceException refusal) {
    return Optional.ofNullable(refusal.awsErrorDetails())
        .map(AwsErrorDetails::errorCode)
        .orElse(String.valueOf(refusal.statusCode()));
  }

  /** Notes each call that is refused, with the id by which AWS finds it again. */
  private final class Refusals implements ExecutionInterceptor {
    @Override
    public void onExecutionFailure(Context.FailedExecution failed, ExecutionAttributes attributes) {
      if (failed.exception() instanceof AwsServiceException refusal) {
        note(
            LocalStack.object()
                .put("kind", "refused")
                .put("operation", attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME))
                .put("code", code(refusal))
                .put("requestId", refusal.requestId()));
      }
    }
  }

  @Override
  public String region() {
    return known.path("region").asText();
  }

  @Override
  public String account() {
    return known.path("account").asText();
  }

  @Override
  public String partition() {
    return known.path("partition").asText();
  }

  @Override
  public String name() {
    return known.path("name").asText();
  }

  @Override
  public boolean isAws() {
    return !known.path("endpoints").isObject();
  }

  @Override
  public String image() {
    return known.path("image").asText();
  }

  @Override
  public String instanceType() {
    return known.path("instanceType").asText();
  }

  @Override
  public Optional<String> subnet() {
    return Optional.of(known.path("subnet").asText()).filter(id -> !id.isEmpty());
  }

  @Override
  public String payload(String example) {
    ObjectNode payload = (ObjectNode) LocalStack.json(example);
    if (payload.path("instance") instanceof ObjectNode instance) {
      if (!instance.has("LaunchTemplate")) {
        instance.put("ImageId", image()).put("InstanceType", instanceType());
      }
      subnet().ifPresent(id -> instance.put("SubnetId", id));
      for (String count : List.of("MinCount", "MaxCount")) {
        if (instance.path(count).asInt() > LARGEST_ARRAY) {
          instance.put(count, LARGEST_ARRAY);
        }
      }
    }
    if (payload.at("/iam/role").asText().equals(LocalStack.OWN_ROLE)) {
      ((ObjectNode) payload.path("iam")).put("role", ownRole());
    }
    return payload.toString();
  }

  /** It is there: the stack was deployed with its ARN among the roles that may be passed. */
  @Override
  public String ownRole() {
    return known.path("ownRole").asText();
  }

  @Override
  public Optional<String> volumeKey() {
    return Optional.of(known.path("key")).filter(JsonNode::isTextual).map(JsonNode::asText);
  }

  @Override
  public JsonNode cleanUp(String request) {
    try {
      Path report = Files.createTempFile("report", ".json");
      List<String> command = new ArrayList<>(command("aws"));
      if (!isAws()) {
        command.addAll(List.of("--endpoint-url", known.at("/endpoints/lambda").asText()));
      }
      command.addAll(List.of("lambda", "invoke", "--region", region()));
      command.addAll(List.of("--function-name", output("CleanupFunctionName")));
      command.addAll(List.of("--payload", request, report.toString()));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(printed);
      }
      return LocalStack.json(Files.readString(report));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Terminates the instances that launches and tests have made; no other spawn is here. */
  void endInstances() {
    another().ifPresent(DeployedStack::endInstances);
    Ec2Client ec2 = ec2(region());
    List<String> ids =
        ec2
            .describeInstancesPaginator(
                of ->
                    of.filters(
                        Filter.builder()
                            .name("instance-state-name")
                            .values("pending", "running", "stopping", "stopped")
                            .build()))
            .reservations()
            .stream()
            .flatMap(reservation -> reservation.instances().stream())
            .filter(this::isOfThisRun)
            .map(Instance::instanceId)
            .toList();
    if (!ids.isEmpty()) {
      ec2.terminateInstances(terminate -> terminate.instanceIds(ids));
    }
  }

  private boolean isOfThisRun(Instance instance) {
    boolean isNamed = instance.tags().stream().anyMatch(tag -> tag.value().equals(name()));
    return isNamed
        || Optional.ofNullable(instance.iamInstanceProfile())
            .filter(profile -> profile.arn().contains(":instance-profile" + rolePath()))
            .isPresent();
  }

  @Override
  public boolean edges(String settings) {
    return false;
  }

  @Override
  public List<JsonNode> calls() {
    throw new UnsupportedOperationException("an account does not show the calls that it is asked");
  }

  @Override
  public List<JsonNode> calls(String operation) {
    return calls();
  }

  @Override
  public void whereCallsAreSeen(Consumer<List<JsonNode>> check) {
    // They are not seen here; on the local stack the same test looks at them.
  }

  @Override
  public void note(ObjectNode note) {
    try {
      Files.writeString(
          Path.of(known.path("notes").asText()),
          note + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
