package spawn.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.endpoints.SsmEndpointProvider;
import software.amazon.awssdk.services.ssm.model.StartSessionResponse;
import software.amazon.awssdk.services.ssm.model.TargetNotConnectedException;

/** {@code spawn connect}: a shell on an instance, by Session Manager. */
@Command(
    name = "connect",
    description = "Opens a shell on an instance by Session Manager: no port, no key.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn connect my-instance"})
final class Connect implements Callable<Integer> {
  private final Shell shell;

  @Mixin private StackOptions stack;

  @Parameters(index = "0", paramLabel = "NAME|ID", description = "the instance")
  private String word;

  Connect(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    SessionPlugin plugin = SessionPlugin.find(shell);
    Connection connection = stack.connect(shell);
    ListedInstance instance = InstanceTargets.one(word, connection);
    Region region = connection.region();
    try (SsmClient ssm = connection.systemsManager(region)) {
      new SystemsManager(ssm).check(instance);
      StartSessionResponse session = start(ssm, instance);
      TerminalSignals.leaveToChild();
      try {
        int ended =
            plugin.connect(
                session,
                region.id(),
                connection.profile().orElse(""),
                instance.id(),
                endpoint(ssm, region));
        return ended == 0 ? 0 : CommandFailure.FAILED;
      } catch (IOException notStarted) {
        ssm.terminateSession(end -> end.sessionId(session.sessionId()));
        throw CommandFailure.failed(
            "The session was ended, since the plugin could not be started: %s"
                .formatted(notStarted.getMessage()));
      }
    }
  }

  private static StartSessionResponse start(SsmClient ssm, ListedInstance instance) {
    try {
      return ssm.startSession(start -> start.target(instance.id()).reason("spawn connect"));
    } catch (TargetNotConnectedException notRegistered) {
      throw SystemsManager.unreached(instance, Optional.empty());
    }
  }

  /** Returns where the plugin finds Systems Manager: where this command has found it. */
  private static String endpoint(SsmClient ssm, Region region) {
    return ssm.serviceClientConfiguration()
        .endpointOverride()
        .orElseGet(
            () ->
                SsmEndpointProvider.defaultProvider()
                    .resolveEndpoint(where -> where.region(region))
                    .join()
                    .endpointUrl()
                    .toUri())
        .toString();
  }
}
