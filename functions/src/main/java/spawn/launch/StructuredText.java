package spawn.launch;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Tells text that has a form from commands: JSON, XML, YAML, TOML, INI, lines of {@code KEY=value}.
 */
final class StructuredText {
  /** Later lines hardly tell more. */
  private static final int LINES = 500;

  private static final Pattern COMMENT = Pattern.compile("\\s*+(?:#|;|//).*+");

  private static final Pattern JSON = Pattern.compile("\\{.*+|\\[\\s*+(?:[{\\[\"\\]\\d].*+)?");

  /** A heading of TOML or INI; a shell's test has a blank after its bracket. */
  private static final Pattern HEADING =
      Pattern.compile("\\[{1,2}[^\\s\\[\\]][^\\[\\]]*+]{1,2}\\s*+(?:[#;].*+)?");

  private static final Pattern YAML =
      Pattern.compile("---.*+|%YAML.*+|-\\s++\\S.*+|[\"']?[\\w./@-]++[\"']?\\s*+:(?:\\s.*+)?");

  /** With blanks, which a shell's assignment has not. */
  private static final Pattern SETTING = Pattern.compile("[\"']?[A-Za-z_][\\w.-]*+[\"']?\\s++=.*+");

  /** Without a blank in the value: a command may stand behind it. */
  private static final Pattern VARIABLE =
      Pattern.compile("[A-Za-z_][\\w.-]*+=(?:\"[^\"]*+\"|'[^']*+'|[^\\s\"'$`;&|]*+)\\s*+");

  private StructuredText() {}

  /** Returns whether a text has such a form, as far as its lines at the margin show. */
  static boolean isStructured(String text) {
    List<String> lines =
        text.lines()
            .limit(LINES)
            .filter(line -> !line.isBlank() && !COMMENT.matcher(line).matches())
            .toList();
    if (lines.isEmpty()) {
      return false;
    }
    String first = lines.get(0).strip();
    return first.startsWith("<")
        || List.of(JSON, HEADING, YAML, SETTING).stream()
            .anyMatch(form -> form.matcher(first).matches())
        || lines.stream().allMatch(line -> VARIABLE.matcher(line).matches());
  }
}
