package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The question about what is risky, at a real terminal. */
class LaunchPromptIT {
  private static final String CONTINUE = "Continue? (y/N) ";

  @TempDir private Path folder;

  private Terminal terminal() {
    return new Terminal(folder, Map.of("AWS_REGION", "us-east-1", "SPAWN_STACK", "none"));
  }

  @Test
  void anythingButYesStartsNothing() throws Exception {
    Terminal.Session session =
        terminal().at(CONTINUE, "").run("launch", "--iam-policy", "s3:FullAccess");

    assertThat(session.exitCode()).isEqualTo(CommandFailure.FAILED);
    assertThat(session.transcript())
        .contains("Warning: s3:FullAccess grants more than any one job needs.")
        .endsWith(CONTINUE + "\nspawn launch: Nothing was started.\n");
  }

  @Test
  void theEndOfTheInputStartsNothing() throws Exception {
    Terminal.Session session =
        terminal()
            .keys(CONTINUE, Terminal.CONTROL_D)
            .run("launch", "--iam-policy", "s3:FullAccess");

    assertThat(session.exitCode()).isEqualTo(CommandFailure.FAILED);
    assertThat(session.transcript()).contains("Nothing was started.").doesNotContain("xception");
  }
}
