package spawn.cli;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import software.amazon.awssdk.services.sts.StsClient;
import spawn.local.LocalStack;

/**
 * The local stack as commands see it: {@link #shell} runs them in this process, which is fast;
 * {@link #typed} runs {@code bin/spawn}. As an extension it gives itself to the tests of a class;
 * all classes share one stack, which the first of them starts.
 */
final class StackShell implements BeforeAllCallback, ParameterResolver {
  private final LocalStack stack;

  /** Creates the extension; JUnit calls this. */
  StackShell() {
    this(null);
  }

  private StackShell(LocalStack stack) {
    this.stack = stack;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    of(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == StackShell.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return of(context);
  }

  private static StackShell of(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(StackShell.class))
        .computeIfAbsent(
            StackShell.class, first -> on(LocalStack.stackOf(context)), StackShell.class);
  }

  /** Points the SDK's clients of this process to the stack, as bin/spawn --local does its own. */
  private static StackShell on(LocalStack stack) {
    String servers = "http://127.0.0.1:" + stack.port();
    String moto = "http://127.0.0.1:" + (stack.port() + 1);
    Map.of(
            "aws.endpointUrl",
            servers,
            "aws.endpointUrlIam",
            moto,
            "aws.endpointUrlEc2",
            moto,
            "aws.endpointUrlSsm",
            moto,
            "aws.accessKeyId",
            "local",
            "aws.secretAccessKey",
            "local",
            "aws.region",
            stack.region(),
            "aws.configFile",
            "/dev/null",
            "aws.sharedCredentialsFile",
            "/dev/null")
        .forEach(System::setProperty);
    return new StackShell(stack);
  }

  /** Returns the stack's servers, and what they have seen. */
  LocalStack stack() {
    return stack;
  }

  /** Makes EC2 as quick as it can be: other tests look at what happens while it is not. */
  void quickEdges() {
    stack.edges(
        "{\"profileDelay\": 0.5, \"startDelay\": 0, \"events\": false, \"faults\": [], \"calls\": []}");
  }

  /** Makes EC2 as slow again as the stack began, and forgets what instances were to answer. */
  void standardEdges() {
    stack.edges(
        "{\"profileDelay\": 0.4, \"startDelay\": 0.4, \"events\": true, \"commands\": {}, \"hostManagement\": []}");
  }

  /** Returns a client of the STS that knows the roles; whoever asks for it closes it. */
  StsClient sts() {
    return StsClient.builder()
        .endpointOverride(URI.create("http://127.0.0.1:" + (stack.port() + 1)))
        .build();
  }

  /** Returns a shell in the project's folder, where commands find the stack, with --local too. */
  TypedShell shell() {
    return new TypedShell(
            Map.of(
                "AWS_REGION", stack.region(),
                "SPAWN_STACK", stack.stackName(),
                "SPAWN_LOCAL_STACK", stack.stackName(),
                "SPAWN_LOCAL_DEPLOYMENT", stack.deployment().toString()))
        .in(LocalStack.ROOT);
  }

  /**
   * Returns what a script prints that a user types in the project's folder, with {@code spawn} on
   * the PATH; it ends at its first failure.
   *
   * @throws IllegalStateException if it fails, with what it printed
   */
  String typed(String script) {
    return stack.typed("PATH=$PWD/bin:$PATH\n" + script);
  }
}
