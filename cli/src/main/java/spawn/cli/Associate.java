package spawn.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code spawn associate}: gives an instance that there is a role. */
@Command(
    name = "associate",
    description =
        "Gives an existing instance a role of exactly the permissions that are asked for, in place of the role that it has.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "",
      "Example: spawn associate i-0123456789abcdef0 --iam-policy s3:ReadOnly --iam-resources s3://training-data/2026/*"
    })
final class Associate implements Callable<Integer>, PayloadFlags.Taker {
  private final Shell shell;
  private final PayloadFlags flags = LaunchFlags.ofRole();

  @Parameters(paramLabel = "INSTANCE-ID", description = "the instance's id or ARN")
  private String instance;

  @Mixin private RunOptions run;

  @Spec private CommandSpec command;

  Associate(Shell shell) {
    this.shell = shell;
  }

  @Override
  public PayloadFlags flags() {
    return flags;
  }

  @Override
  public Integer call() {
    Payload payload = Payload.empty();
    payload.set(List.of("instanceId"), TextNode.valueOf(instance), "INSTANCE-ID");
    LaunchFlags.put(
        flags,
        command.commandLine().getParseResult(),
        payload,
        new TypedFiles(shell),
        run.region(shell));
    return run.run(shell, payload, new LaunchWorkflow());
  }
}
