package spawn.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code spawn launch}: instances with a role of exactly the permissions that are asked for. */
@Command(
    name = "launch",
    description = {
      "Launches EC2 instances that carry exactly the permissions they need.",
      "Each further member of EC2's RunInstances request is a flag too, by the AWS CLI's name.",
      "Without --payload, --ami and --instance-type have defaults."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "",
      "Example: spawn launch --instance-type m7i.large --iam-policy s3:ReadOnly --iam-resources s3://training-data/2026/* --user-data \"aws s3 cp s3://training-data/2026/model.bin .\""
    })
final class Launch implements Callable<Integer>, PayloadFlags.Taker {
  private final Shell shell;
  private final PayloadFlags flags = LaunchFlags.ofLaunch();

  @Mixin private RunOptions run;

  @Mixin private BaseOption base;

  @Spec private CommandSpec command;

  Launch(Shell shell) {
    this.shell = shell;
  }

  @Override
  public PayloadFlags flags() {
    return flags;
  }

  @Override
  public Integer call() {
    TypedFiles files = new TypedFiles(shell);
    Payload payload = base.payload(files);
    LaunchFlags.put(
        flags, command.commandLine().getParseResult(), payload, files, run.region(shell));
    if (!base.isGiven()) {
      LaunchFlags.fillIn(payload);
    }
    return run.run(shell, payload, new LaunchWorkflow());
  }
}
