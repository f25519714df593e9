package spawn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * All flags of one kind of payload.
 *
 * @param list the flags, in the order in which they are put into a payload
 */
record PayloadFlags(List<PayloadFlag> list) {
  /** Copies what it is given. */
  PayloadFlags {
    list = List.copyOf(list);
  }

  /** A command that has such flags beside its own options. */
  interface Taker {
    /** Returns its flags. */
    PayloadFlags flags();
  }

  /** Adds the flags to the options of a command. */
  void addTo(CommandSpec command) {
    list.forEach(flag -> command.addOption(flag.option()));
  }

  /** Returns the values that are typed behind a flag; none if it is not on the command line. */
  static List<String> typed(ParseResult parsed, String name) {
    return Optional.ofNullable(parsed.matchedOption(name))
        .map(option -> values(option))
        .orElse(List.of());
  }

  private static List<String> values(OptionSpec option) {
    List<String> values = new ArrayList<>();
    if (option.getValue() instanceof List<?> several) {
      several.forEach(value -> values.add(value.toString()));
    } else {
      values.add(option.getValue().toString());
    }
    return values;
  }

  /** Puts what is on the command line into a payload. */
  void put(ParseResult parsed, Payload payload, TypedFiles files) {
    for (PayloadFlag flag : list) {
      List<String> typed = typed(parsed, flag.name());
      if (!typed.isEmpty()) {
        flag.setting().put(payload, typed, files);
      }
    }
  }
}
