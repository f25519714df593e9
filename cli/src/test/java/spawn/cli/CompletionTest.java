package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion in a bash at a terminal: what the tab key makes of what was typed. */
class CompletionTest {
  private static final String TAB = "\t";
  private static final String PROMPT = "ready: ";

  /** Empties the line: a key, where CTRL-C is a signal that a bash at work on a line may lose. */
  private static final String CONTROL_U = "\u0015";

  @TempDir private Path folder;

  @BeforeEach
  void writeTheScript() throws Exception {
    TypedShell shell = new TypedShell(Map.of());
    assertThat(shell.run("completion")).isZero();
    Files.writeString(
        folder.resolve("start"), shell.out() + "\nunset HISTFILE\nPS1='%s'\n".formatted(PROMPT));
  }

  /** Types a line's beginning and the tab key, until the rest of the line has appeared. */
  private void completes(String typed, String rest) throws Exception {
    Terminal.Session session =
        new Terminal(folder, Map.of("TERM", "dumb", "INPUTRC", "/dev/null"))
            .keys(PROMPT, typed + TAB)
            .keys(typed + rest, CONTROL_U + Terminal.CONTROL_D)
            .runProgram("bash", "--rcfile", "start", "-i");

    assertThat(session.transcript()).contains(typed + rest);
    assertThat(session.exitCode()).isZero();
  }

  @Test
  void commandsAreCompleted() throws Exception {
    completes("spawn iam-w", "izard ");
  }

  @Test
  void optionsAreCompleted() throws Exception {
    completes("spawn iam-audit --pro", "file ");
  }

  @Test
  void wordsOfPoliciesAreCompletedThoughTheyHoldColons() throws Exception {
    completes("spawn launch --iam-policy s3:ReadO", "nly ");
    completes("spawn launch --iam-policy s3:ReadOnly,sq", "s:");
    completes("spawn launch --iam-policy=s3:ReadOnly,sqs:Con", "sume ");
  }
}
