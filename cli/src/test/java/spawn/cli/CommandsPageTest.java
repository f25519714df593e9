package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of all commands is what their help says. */
class CommandsPageTest {
  private static final Path PAGE = Repository.path("docs/commands.md");
  private static final String REWRITE = "rewriteCommands";
  private static final String BEGIN = "<!-- commands -->\n";
  private static final String END = "<!-- /commands -->";

  @Test
  void thePageIsWhatTheHelpOfEachCommandSays() throws IOException {
    String page = Files.readString(PAGE);
    String written =
        page.substring(0, page.indexOf(BEGIN) + BEGIN.length())
            + commands()
            + page.substring(page.indexOf(END));
    if (Boolean.getBoolean(REWRITE)) {
      Files.writeString(PAGE, written);
    }

    assertThat(Files.readString(PAGE)).isEqualTo(written);
  }

  private static String commands() {
    List<CommandLine> commands =
        Spawn.commandLine(new TypedShell(Map.of()).shell()).getSubcommands().values().stream()
            .filter(command -> !(command.getCommand() instanceof HelpCommand))
            .toList();
    String contents =
        commands.stream()
            .map(CommandLine::getCommandSpec)
            .map(
                command ->
                    "| [`%s`](#spawn-%s) | %s |\n"
                        .formatted(command.name(), command.name(), description(command)))
            .collect(Collectors.joining());
    return "\n| command | what it does |\n|---|---|\n"
        + contents
        + commands.stream().map(CommandsPageTest::command).collect(Collectors.joining());
  }

  private static String command(CommandLine line) {
    CommandSpec command = line.getCommandSpec();
    StringBuilder text =
        new StringBuilder(
            "\n## spawn %s\n\n%s\n\n```console\n%s```\n"
                .formatted(
                    command.name(),
                    description(command),
                    Examples.of(command).stream()
                        .map(example -> "$ " + example + "\n")
                        .collect(Collectors.joining())));
    List<PositionalParamSpec> parameters = command.positionalParameters();
    List<OptionSpec> options =
        command.options().stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.hidden())
            .sorted(Comparator.comparing(OptionSpec::longestName))
            .toList();
    if (!parameters.isEmpty() || !options.isEmpty()) {
      text.append("\n| | |\n|---|---|\n");
      parameters.forEach(parameter -> text.append(row(parameter.paramLabel(), parameter)));
      options.forEach(
          option ->
              text.append(
                  row(
                      String.join(", ", option.names())
                          + (option.arity().max() == 0 ? "" : " " + option.paramLabel()),
                      option)));
    }
    return text.toString();
  }

  private static String row(String name, ArgSpec argument) {
    String text =
        String.join(" ", argument.description())
            + (argument.required() ? " (required)" : "")
            + (argument.defaultValue() == null
                ? ""
                : "; %s if left out".formatted(argument.defaultValueString()));
    return "| `%s` | %s |\n".formatted(cell(name), cell(text));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  private static String description(CommandSpec command) {
    return String.join(" ", command.usageMessage().description());
  }

  @Test
  void helpOfACommandIsAskedForInTwoWays() {
    TypedShell shell = new TypedShell(Map.of());
    assertThat(shell.run("help", "iam-wizard")).isZero();
    String help = shell.out();

    assertThat(shell.run("iam-wizard", "--help")).isZero();
    assertThat(shell.out()).isEqualTo(help).contains("--answers=FILE", "Example: spawn iam-wizard");
    assertThat(help)
        .contains(
            "Exit codes:", "0   it is done", "1   what was asked failed", "2   the call was wrong");
  }
}
