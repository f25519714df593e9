package spawn.artifact;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * References that lead nowhere and need not, such as those to libraries that another one uses if
 * they are there. Each has a line: {@code what is missing | what refers to it | why}; {@code *}
 * stands for anything.
 */
final class Absences {
  private record Absence(String line, Pattern missing, Pattern from) {}

  private final List<Absence> allowed;
  private final List<Absence> unused;

  private Absences(List<Absence> allowed) {
    this.allowed = allowed;
    this.unused = new ArrayList<>(allowed);
  }

  /** Reads the lines of a list. */
  static Absences of(List<String> lines) {
    return new Absences(
        ByName.rows(lines, 3).stream()
            .map(
                row ->
                    new Absence(
                        row.get(0) + " | " + row.get(1),
                        ByName.pattern(row.get(0).replace('.', '/')),
                        ByName.pattern(row.get(1).replace('.', '/'))))
            .toList());
  }

  /** Returns whether a class may be missing where another one refers to it. */
  boolean allow(String missing, String from) {
    boolean isAllowed = false;
    for (Absence one : allowed) {
      if (one.missing.matcher(missing).matches() && one.from.matcher(from).matches()) {
        unused.remove(one);
        isAllowed = true;
      }
    }
    return isAllowed;
  }

  /** Returns the lines that nothing has needed until now. */
  List<String> unused() {
    return unused.stream().map(Absence::line).toList();
  }
}
