package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed to be typed means the same to a shell. */
class ShellWordsTest {
  @Test
  void aShellTakesTheLineApartIntoTheSameWords() throws Exception {
    List<String> words =
        List.of(
            "launch",
            "s3://a/*",
            "it's",
            "$HOME ${aws:userid}",
            "a b",
            "",
            "\"`\\",
            "a;b&c|d",
            "#x",
            "~",
            "né");

    assertThat(takenApart(ShellWords.joined(words))).isEqualTo(words);
  }

  /** Returns the words that a shell makes of a line. */
  static List<String> takenApart(String line) throws IOException {
    Process shell = new ProcessBuilder("sh", "-c", "printf '%s\\n' " + line).start();
    return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }
}
