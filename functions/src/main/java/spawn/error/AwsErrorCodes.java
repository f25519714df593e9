package spawn.error;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code aws-errors.txt}: sections of error codes, each named for what its codes mean. */
final class AwsErrorCodes {
  private static final Map<String, AnswerKind> SECTIONS =
      Map.of(
          "caller", AnswerKind.CALLER,
          "capacity", AnswerKind.CAPACITY,
          "quota", AnswerKind.QUOTA,
          "permission", AnswerKind.PERMISSION,
          "account", AnswerKind.ACCOUNT,
          "throttled", AnswerKind.THROTTLED,
          "again", AnswerKind.AGAIN,
          "dryRun", AnswerKind.DRY_RUN,
          "idempotency", AnswerKind.IDEMPOTENCY,
          "spawn", AnswerKind.SPAWN);

  private AwsErrorCodes() {}

  /** Returns the kind of each code that spawn knows. */
  static Map<String, AnswerKind> read() {
    try (InputStream data = AwsErrorCodes.class.getResourceAsStream("aws-errors.txt")) {
      return read(new String(data.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }

  /**
   * Returns the kind of each code.
   *
   * @throws IllegalStateException if a code is listed twice, or in an unknown section
   */
  static Map<String, AnswerKind> read(List<String> lines) {
    Map<String, AnswerKind> kinds = new HashMap<>();
    AnswerKind section = AnswerKind.UNKNOWN;
    for (String line : lines) {
      if (line.startsWith("[")) {
        section = section(line.substring(1, line.length() - 1));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        for (String code : line.split(" ", -1)) {
          if (kinds.put(code, section) != null) {
            throw new IllegalStateException("The error code " + code + " is listed twice.");
          }
        }
      }
    }
    return Map.copyOf(kinds);
  }

  private static AnswerKind section(String name) {
    AnswerKind kind = SECTIONS.get(name);
    if (kind == null) {
      throw new IllegalStateException("[" + name + "] is not a section of error codes.");
    }
    return kind;
  }
}
