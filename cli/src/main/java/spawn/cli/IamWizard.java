package spawn.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.regions.Region;
import spawn.policy.Vocabulary;

/**
 * {@code spawn iam-wizard}: asks what the instances are to do, and shows after each answer what the
 * role would be, by the code of the functions. It asks nothing of AWS before it launches.
 */
@Command(
    name = "iam-wizard",
    description =
        "Asks what the instances are to do, shows the policy and what would be safer, and ends with a payload, a command line or the launch.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: spawn iam-wizard", "         spawn iam-wizard --answers answers.txt"})
final class IamWizard implements Callable<Integer> {
  private static final String INTRO =
      """
      Say what the instances are to do. After each answer you see the role that they would get.
      ? helps, back takes back the last answer, quit ends without having done anything.
      """;

  /** Where no region is set, ARNs are shown in this one. */
  private static final Region ANY_REGION = Region.US_EAST_1;

  private final Shell shell;

  @Mixin private StackOptions stack;

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description = "the answers, a line each, in place of the terminal")
  private String answers;

  IamWizard(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    if (answers == null) {
      return talk(shell);
    }
    if (!Files.isReadable(shell.file(answers))) {
      throw CommandFailure.wrongCall("There is no file %s that can be read.".formatted(answers));
    }
    try (BufferedReader lines = Files.newBufferedReader(shell.file(answers))) {
      return talk(
          new Shell(
              lines, shell.out(), shell.err(), false, shell.directory(), shell.environment()));
    }
  }

  private int talk(Shell answering) {
    WizardDialogue dialogue = new WizardDialogue(answering);
    Vocabulary vocabulary = new Vocabulary();
    WizardTalk talk =
        new WizardTalk(
            dialogue,
            new WizardVerdict.Judge(stack.configuredRegion(shell).orElse(ANY_REGION)),
            vocabulary,
            new WizardView(answering.err(), vocabulary));
    WizardEnd end = new WizardEnd(answering, dialogue, stack.arguments());
    dialogue.say(INTRO);
    while (true) {
      OptionalInt exitCode = end.of(talk.talk());
      if (exitCode.isPresent()) {
        return exitCode.getAsInt();
      }
    }
  }
}
