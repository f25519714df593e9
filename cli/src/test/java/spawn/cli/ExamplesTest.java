package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** The help of each command shows how it is called, and it can be called like that. */
class ExamplesTest {
  private static CommandLine spawn() {
    return Spawn.commandLine(new TypedShell(Map.of()).shell());
  }

  static Stream<String> commands() {
    return spawn().getSubcommands().entrySet().stream()
        .filter(command -> !(command.getValue().getCommand() instanceof HelpCommand))
        .map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theHelpOfEachCommandHasExamplesOfItThatParse(String name) {
    CommandLine command = spawn().getSubcommands().get(name);

    assertThat(Examples.of(command.getCommandSpec()))
        .isNotEmpty()
        .allSatisfy(
            example -> {
              String[] arguments = Examples.arguments(example);
              assertThat(arguments[0]).isEqualTo(name);
              CommandLine.ParseResult parsed = spawn().parseArgs(arguments);
              assertThat(parsed.subcommand().commandSpec().name()).isEqualTo(name);
            });
  }

  @Test
  void wordsAreThoseOfAShellUpToAPipeOrARedirection() {
    assertThat(
            Examples.arguments("spawn launch --name 'a b' --user-data \"x 'y'\" -n=a'b'c > file"))
        .containsExactly("launch", "--name", "a b", "--user-data", "x 'y'", "-n=abc");
  }
}
