package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the wizard's first question to running instances, at a real terminal. */
@OnStackShell
class LaunchTerminalIT {
  private static final String CONTINUE = "Continue? (y/N) ";

  @TempDir private Path folder;

  @Test
  void theWizardLaunchesWhatItWasToldAfterAYes(StackShell stack) throws Exception {
    stack.typed("spawn list --local"); // whichever test comes first waits for the stack

    String shown =
        stack.typed(
            new Terminal(folder, Map.of())
                .at("What are the instances to do? ", "s3:FullAccess")
                .at("(Enter: on everything) ", "s3://wizard-at-a-terminal")
                .at("(Enter: that is all) ", "")
                .at("Which instance type?", "")
                .at("Which image?", "")
                .at("What now? ", "launch")
                .at(CONTINUE, "y")
                .line("spawn", "iam-wizard", "--local"));

    assertThat(shown).contains("INSTANCE ID", "running");
  }
}
