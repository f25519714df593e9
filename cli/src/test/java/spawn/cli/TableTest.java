package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

class TableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    assertThat(Table.of("NAME", "STATE").row("web-server", "running").row("db", "stopped").lines())
        .containsExactly("NAME        STATE", "web-server  running", "db          stopped");
  }

  @Test
  void whatIsNotThereIsADash() {
    assertThat(
            Table.of("A", "B", "C", "D", "E")
                .row(null, "", "  ", Optional.empty(), Optional.of(7))
                .lines())
        .containsExactly("A  B  C  D  E", "-  -  -  -  7");
  }

  @Test
  void aNameCannotStartALineOrCommandTheTerminal() {
    assertThat(Table.of("NAME").row("a\nb\u001b[2J\u202ec\u009b").lines())
        .containsExactly("NAME", "a?b?[2J?c?");
  }

  @Test
  void symbolsOutsideTheBasicPlaneKeepTheColumnsStraight() {
    assertThat(Table.of("A", "B").row("𝒳𝒴", 1).row("xyz", 2).lines())
        .containsExactly("A    B", "𝒳𝒴   1", "xyz  2");
  }

  @Test
  void aRowHasACellForEachHeading() {
    assertThatThrownBy(() -> Table.of("A", "B").row("a")).hasMessageContaining("2 columns");
  }

  @Test
  void theFormOfAResultIsAWord() {
    assertThat(parsed("--output", "json").isJson()).isTrue();
    assertThat(parsed("--output", "table").isJson()).isFalse();
    assertThat(parsed().isJson()).isFalse();
  }

  @Test
  void anotherFormIsRefusedWithTheFormsThatThereAre() {
    assertThatThrownBy(() -> parsed("--output", "xml"))
        .hasMessageContaining("\"xml\" is not one of: table, json");
  }

  private static OutputOption parsed(String... arguments) {
    Shown shown = new Shown();
    new CommandLine(shown).parseArgs(arguments);
    return shown.output;
  }

  @CommandLine.Command
  private static final class Shown {
    @Mixin private OutputOption output;
  }
}
