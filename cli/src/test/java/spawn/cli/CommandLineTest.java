package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What holds for every command. */
class CommandLineTest {
  private final TypedShell shell = new TypedShell(Map.of("AWS_REGION", "us-east-1"));

  @Test
  void withoutACommandItSaysWhichThereAre() {
    assertThat(shell.run()).isZero();
    assertThat(shell.out()).startsWith("Usage: spawn").contains("iam-audit");
  }

  @Test
  void theGuideSaysOfEachCommandWhichPoliciesItNeeds() throws IOException {
    List<String> rows =
        Files.readString(Path.of("docs", "security.md"))
            .lines()
            .filter(line -> line.startsWith("| `spawn "))
            .toList();

    assertThat(Spawn.commandLine(shell.shell()).getSubcommands().keySet())
        .allMatch(name -> rows.stream().anyMatch(row -> row.contains("`spawn " + name + "`")));
  }

  @Test
  void aCommandThatDoesNotExistIsAWrongCall() {
    assertThat(shell.run("lunch")).isEqualTo(2);
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err()).contains("lunch");
  }
}
