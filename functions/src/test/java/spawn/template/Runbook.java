package spawn.template;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code docs/runbook.md}: a chapter of alarms and one of errors, with a section for each. */
public final class Runbook {
  private static final Pattern SCRIPT = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  private final String text;

  private Runbook(String text) {
    this.text = text;
  }

  /** Returns the project's own. */
  public static Runbook read() {
    try {
      return new Runbook(Files.readString(Path.of("docs", "runbook.md"), UTF_8));
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }

  /** Returns the names of a chapter's sections. */
  List<String> sections(String chapter) {
    return between("\n## " + chapter + "\n", "\n## ")
        .lines()
        .filter(line -> line.startsWith("### "))
        .map(line -> line.substring(4))
        .toList();
  }

  /** Returns what is said under the heading of an alarm or an error. */
  String section(String name) {
    return between("\n### " + name + "\n", "\n##");
  }

  /** Returns the commands that cause an alarm on the local stack, with the functions they use. */
  public String causing(String alarm) {
    String before = between("\n## Alarms\n", "\n### ");
    return scripts(before) + scripts(section(alarm));
  }

  private static String scripts(String part) {
    return SCRIPT
        .matcher(part)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.joining());
  }

  private String between(String begin, String end) {
    int from = text.indexOf(begin);
    if (from < 0) {
      throw new IllegalArgumentException("The runbook has no " + begin.strip());
    }
    int to = text.indexOf(end, from + begin.length());
    return text.substring(from + begin.length(), to < 0 ? text.length() : to);
  }
}
