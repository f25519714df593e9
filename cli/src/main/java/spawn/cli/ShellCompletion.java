package spawn.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import spawn.policy.Vocabulary;

/**
 * {@code spawn completion}: what bash or zsh runs to complete commands, options and the words of
 * policies.
 */
@Command(
    name = "completion",
    description =
        "Prints the completion of commands, options and words of policies for bash and zsh.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn completion > ~/.spawn-completion"})
final class ShellCompletion implements Callable<Integer> {
  private static final String WORDS = "WORDS";

  private final Shell shell;

  ShellCompletion(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    shell.out().print(AutoComplete.bash("spawn", Spawn.commandLine(shell)));
    shell.out().print(words());
    return 0;
  }

  /** Returns the part that completes words, of services whose words are chosen for instances. */
  private static String words() throws IOException {
    Vocabulary vocabulary = new Vocabulary();
    String words =
        vocabulary.chosenServices().stream()
            .flatMap(service -> vocabulary.words(service).stream())
            .map(Vocabulary.Entry::name)
            .collect(Collectors.joining(" "));
    try (InputStream script = ShellCompletion.class.getResourceAsStream("completion.bash")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8).replace(WORDS, words);
    }
  }
}
