package spawn.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The examples in the help of commands: what people copy, tests run, and the launcher rehearses.
 */
final class Examples {
  private static final Pattern LINE = Pattern.compile("\\s*(?:Example:\\s+)?(spawn .+)");

  /** A word of a shell's command line: of plain, single-quoted and double-quoted pieces. */
  private static final Pattern WORD =
      Pattern.compile("\\s*((?:[^\\s'\"|><;&#]|'[^']*'|\"[^\"]*\")+)");

  private static final Pattern PIECE = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^'\"]+)");

  private Examples() {}

  /** Returns the command lines in a command's help, as they are written there. */
  static List<String> of(CommandSpec command) {
    return Arrays.stream(command.usageMessage().footer())
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1).strip())
        .toList();
  }

  /**
   * Returns the arguments that a shell would pass to {@code spawn}.
   *
   * @param line a command line that begins with {@code spawn}; what follows a pipe or redirection
   *     is left out
   */
  static String[] arguments(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    int end = 0;
    while (word.find() && word.start() == end) {
      StringBuilder text = new StringBuilder();
      Matcher piece = PIECE.matcher(word.group(1));
      while (piece.find()) {
        text.append(
            piece.group(1) != null
                ? piece.group(1)
                : piece.group(2) != null ? piece.group(2) : piece.group(3));
      }
      words.add(text.toString());
      end = word.end();
    }
    return words.subList(1, words.size()).toArray(String[]::new);
  }
}
