package spawn.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What the user guide has people type, as it stands there. */
final class GuideBlocks {
  private static final Path GUIDE = Path.of("docs", "guide.md");

  /** The line before a block says on which instance its commands are typed. */
  private static final Pattern BLOCK =
      Pattern.compile("(?s)([^\n]*)\n\n```(\\w+)\n(.*?)```|\n## ([^\n]+)");

  private static final Pattern ON = Pattern.compile("On the instance `(\\w+)`");

  private GuideBlocks() {}

  /**
   * A block of commands.
   *
   * @param chapter the heading above it
   * @param instance the name of the instance on which it is typed, or nothing
   * @param text as it stands there
   */
  record Block(String chapter, Optional<String> instance, String text) {
    /** Returns its commands: continued lines are one, loops are one, and comments are none. */
    List<String> commands() {
      return Pattern.compile("(?m)^(?:for .*?\n(?s:.*?)^done|(?:[^#\n]|#(?! ))(?:.*\\\\\n)*.*)$")
          .matcher(text)
          .results()
          .map(MatchResult::group)
          .toList();
    }
  }

  /** Returns the blocks of the shell, in their order. */
  static List<Block> ofTheShell() {
    String[] chapter = {""};
    return BLOCK
        .matcher(text())
        .results()
        .map(
            found -> {
              if (found.group(4) != null) {
                chapter[0] = found.group(4);
                return Optional.<Block>empty();
              }
              return found.group(2).equals("sh")
                  ? Optional.of(new Block(chapter[0], instance(found.group(1)), found.group(3)))
                  : Optional.<Block>empty();
            })
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> instance(String lineBefore) {
    return ON.matcher(lineBefore).results().map(name -> name.group(1)).reduce((one, last) -> last);
  }

  /** Returns the first block of another language in a chapter. */
  static String file(String language, String chapter) {
    String text = text();
    int begin = text.indexOf("\n## " + chapter + "\n");
    int block = text.indexOf("```" + language + "\n", begin) + language.length() + 4;
    return text.substring(block, text.indexOf("```", block));
  }

  private static String text() {
    try {
      return Files.readString(GUIDE);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
