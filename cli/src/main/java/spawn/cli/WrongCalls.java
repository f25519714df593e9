package spawn.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import spawn.error.InvalidRequest;

/** What is wrong with a call, said of the options that were typed. */
final class WrongCalls {
  /** A member of the call, as the functions name it: {@code $.roleNames[0]}. */
  private static final Pattern MEMBER = Pattern.compile("\\$\\.([a-z][A-Za-z]*)");

  private static final Pattern UPPER = Pattern.compile("([A-Z])");

  /** How a list of problems begins; one problem needs no such line. */
  private static final Pattern HEADING =
      Pattern.compile("The payload has (1 problem|\\d+ problems):\n");

  private WrongCalls() {}

  /** Returns the end of a command whose options do not make a call. */
  static CommandFailure of(InvalidRequest wrong) {
    return of(wrong.getMessage());
  }

  /** Returns the same for the message of a function. */
  static CommandFailure of(String message) {
    List<String> problems =
        HEADING
            .matcher(message)
            .replaceFirst("")
            .lines()
            .map(line -> line.startsWith("- ") ? line.substring(2) : line)
            .map(WrongCalls::inOptions)
            .toList();
    return CommandFailure.wrongCall(
        problems.size() == 1
            ? problems.get(0)
            : problems.stream()
                .collect(Collectors.joining("\n- ", "several things are wrong:\n- ", "")));
  }

  /**
   * Reads a call before it is made, by the code of the function itself.
   *
   * @throws CommandFailure if the function would refuse it
   */
  static <T> T checked(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InvalidRequest wrong) {
      throw of(wrong);
    }
  }

  private static String inOptions(String problem) {
    return MEMBER.matcher(problem).replaceAll(member -> option(member.group(1)));
  }

  /** Returns the option of a member of a call: {@code --role-names} of {@code roleNames}. */
  static String option(String member) {
    return "--" + UPPER.matcher(member).replaceAll("-$1").toLowerCase(Locale.ROOT);
  }
}
