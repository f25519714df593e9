package spawn.cli;

import picocli.CommandLine.Command;

/** {@code spawn deny}: a launch that waits must not go on. */
@Command(
    name = "deny",
    description = {
      "Shows what a launch that waits would make, and refuses it: nothing is made.",
      "The first answer counts, and is recorded with its reason."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn deny nightly-training --comment 'Ask for ReadOnly' --yes"})
final class Deny extends Answering {
  Deny(Shell shell) {
    super(shell, "deny");
  }
}
