package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wizard at a real terminal; what it shows is the transcript of the guide. */
class WizardTerminalIT {
  private static final Path GUIDE = Repository.path("docs/wizard.md");
  private static final String REWRITE = "rewriteWizard";
  private static final Pattern TRANSCRIPT =
      Pattern.compile("(?<=```console\n\\$ spawn iam-wizard\n).*?(?=```)", Pattern.DOTALL);
  private static final String ASKED = "What are the instances to do? ";
  private static final String MORE = "What else? (Enter: that is all) ";

  @TempDir private Path folder;

  private Terminal terminal() {
    return new Terminal(folder, Map.of("AWS_REGION", "us-east-1"));
  }

  @Test
  void theTranscriptOfTheGuideIsWhatTheTerminalShows() throws Exception {
    Terminal.Session session =
        terminal()
            .at(ASKED, "read a bucket")
            .at("Which? (Enter: none) ", "1")
            .at("(Enter: on everything) ", "s3://training-data/2026/*")
            .at(MORE, "sqs:ReadWritten")
            .at(MORE, "sqs:ReadWrite")
            .at("(Enter: on everything) ", "")
            .at(MORE, "change 2")
            .at("Which? (Enter: none) ", "sqs:Consume")
            .at("(Enter: on everything) ", "sqs://jobs")
            .at(MORE, "")
            .at("Which instance type?", "m7i.large")
            .at("Which image?", "")
            .at("What now? ", "save")
            .at("Which file?", "")
            .run("iam-wizard");

    assertThat(session.exitCode()).isZero();
    assertThat(folder.resolve("launch.json")).isNotEmptyFile();
    String shown = session.transcript().replaceAll("(?m) +$", "");
    if (Boolean.getBoolean(REWRITE)) {
      Files.writeString(
          GUIDE,
          TRANSCRIPT
              .matcher(Files.readString(GUIDE))
              .replaceFirst(Matcher.quoteReplacement(shown)));
    }
    assertThat(transcript()).isEqualTo(shown);
  }

  private static String transcript() throws IOException {
    return TRANSCRIPT.matcher(Files.readString(GUIDE)).results().findFirst().orElseThrow().group();
  }

  @Test
  void controlDEndsItWithoutHavingDoneAnything() throws Exception {
    Terminal.Session session =
        terminal()
            .at(ASKED, "s3:ReadOnly")
            .keys("(Enter: on everything) ", Terminal.CONTROL_D)
            .run("iam-wizard");

    assertThat(session.exitCode()).isEqualTo(2);
    assertThat(session.transcript())
        .endsWith("\nspawn iam-wizard: The input has ended; nothing was done.\n");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void controlCEndsItWithoutATrace() throws Exception {
    Terminal.Session session = terminal().keys(ASKED, Terminal.CONTROL_C).run("iam-wizard");

    assertThat(session.exitCode()).isEqualTo(130);
    assertThat(session.transcript()).doesNotContain("xception", "\tat ");
    assertThat(folder).isEmptyDirectory();
  }
}
