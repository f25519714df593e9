package spawn.cli;

import picocli.CommandLine.Command;

/** {@code spawn approve}: a launch that waits may go on. */
@Command(
    name = "approve",
    description = {
      "Shows what a launch that waits would make, and lets it go on.",
      "The first answer counts, and is recorded with its reason."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: spawn approve nightly-training --comment 'Agreed with the data team' --yes"
    })
final class Approve extends Answering {
  Approve(Shell shell) {
    super(shell, "approve");
  }
}
