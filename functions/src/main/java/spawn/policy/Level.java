package spawn.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import spawn.json.AsJson;

/** How much of a service a template grants. */
enum Level implements AsJson {
  FULL_ACCESS("FullAccess"),
  READ_ONLY("ReadOnly"),
  WRITE_ONLY("WriteOnly"),
  READ_WRITE("ReadWrite");

  private final String spelling;

  Level(String spelling) {
    this.spelling = spelling;
  }

  /** Returns the level of that name in any letter case, or nothing. */
  static Optional<Level> named(String name) {
    return Arrays.stream(values())
        .filter(level -> level.spelling.equalsIgnoreCase(name))
        .findFirst();
  }

  /** Returns the names of all levels. */
  static List<String> names() {
    return Arrays.stream(values()).map(Level::toString).toList();
  }

  @Override
  public Object asJson() {
    return spelling;
  }

  @Override
  public String toString() {
    return spelling;
  }
}
