package spawn.cli;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code spawn disassociate}: takes the role off an instance. */
@Command(
    name = "disassociate",
    description = "Takes the role off an instance; the role itself stays until the clean-up.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example: spawn disassociate i-0123456789abcdef0 --yes"})
final class Disassociate implements Callable<Integer> {
  private final Shell shell;

  @Parameters(paramLabel = "INSTANCE-ID", description = "the instance's id or ARN")
  private String instance;

  @Option(names = "--plan", description = "ends before anything is done, and tells what would be")
  private boolean plan;

  @Mixin private RunOptions run;

  Disassociate(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Payload payload = Payload.empty();
    payload.set(List.of("instanceId"), TextNode.valueOf(instance), "INSTANCE-ID");
    payload.set(List.of("iam", "none"), BooleanNode.TRUE, "disassociate");
    if (plan) {
      payload.set(List.of("options", "plan"), BooleanNode.TRUE, "--plan");
    }
    return run.run(
        shell,
        payload,
        new LaunchWorkflow(),
        Optional.of(
            "The instance %s loses its role, and what runs on it the permissions."
                .formatted(instance)));
  }
}
