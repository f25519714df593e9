package spawn.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;
import spawn.payload.Document;
import spawn.payload.Field;
import spawn.payload.Fields;
import spawn.payload.Flag;
import spawn.payload.Kind;
import spawn.payload.ListOf;
import spawn.payload.ObjectOf;
import spawn.payload.OneOf;
import spawn.payload.TextMap;
import spawn.payload.WholeNumber;

/**
 * A flag that says something of a payload.
 *
 * @param names its names, the one that messages use first
 * @param form what is typed behind it
 * @param meaning what it is for, as a phrase
 * @param setting what it makes of the payload
 */
record PayloadFlag(List<String> names, Form form, String meaning, Setting setting) {
  /** The object of a launch's payload whose members have no prefix. */
  private static final String WITHOUT_PREFIX = "options";

  /** Copies what it is given. */
  PayloadFlag {
    names = List.copyOf(names);
  }

  /** What a flag makes of the payload. */
  interface Setting {
    /**
     * Puts what is typed into the payload.
     *
     * @param typed at least one value
     */
    void put(Payload payload, List<String> typed, TypedFiles files);
  }

  /**
   * What is typed behind a flag.
   *
   * @param label how help shows it
   * @param repeats whether the flag may stand more than once
   * @param isSwitch whether it needs no value, as it is true then
   * @param words the words that it takes, for completion; empty if it takes any
   * @param shown whether help lists the flag
   */
  record Form(String label, boolean repeats, boolean isSwitch, List<String> words, boolean shown) {
    /** Copies what it is given. */
    Form {
      words = List.copyOf(words);
    }

    static Form one(String label) {
      return new Form(label, false, false, List.of(), true);
    }

    static Form several(String label) {
      return new Form(label, true, false, List.of(), true);
    }

    static Form aSwitch() {
      return new Form("true|false", false, true, List.of(), true);
    }

    Form hidden() {
      return new Form(label, repeats, isSwitch, words, false);
    }
  }

  /** Returns the name that messages use. */
  String name() {
    return names.get(0);
  }

  /** Returns the option by which picocli reads it. */
  OptionSpec option() {
    OptionSpec.Builder option =
        OptionSpec.builder(names.toArray(String[]::new))
            .description(meaning.replace("%", "%%"))
            .paramLabel(form.label())
            .hidden(!form.shown());
    if (form.isSwitch()) {
      option.type(Boolean.class).arity("0..1").fallbackValue("true");
    } else if (form.repeats()) {
      option.type(List.class).auxiliaryTypes(String.class).arity("1");
    } else {
      option.type(String.class).arity("1").completionCandidates(form.words());
    }
    return option.build();
  }

  /**
   * Returns a flag for each of a payload's fields, those of objects in it too.
   *
   * @param names other names than those that follow from the fields, by the fields' dotted paths; a
   *     field with an empty list gets no flag
   */
  static List<PayloadFlag> of(Fields fields, Map<String, List<String>> names) {
    return of(fields, List.of(), names).toList();
  }

  private static Stream<PayloadFlag> of(
      Fields fields, List<String> path, Map<String, List<String>> names) {
    return fields.list().stream()
        .flatMap(
            field -> {
              List<String> place = Stream.concat(path.stream(), Stream.of(field.name())).toList();
              return field.kind() instanceof ObjectOf object
                  ? of(object.fields(), place, names)
                  : of(field, place, names).stream();
            });
  }

  private static Optional<PayloadFlag> of(
      Field<?> field, List<String> path, Map<String, List<String>> names) {
    List<String> its = names.getOrDefault(String.join(".", path), List.of(name(path)));
    return its.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PayloadFlag(
                its,
                form(field.kind()),
                field.meaning(),
                (payload, typed, files) ->
                    payload.set(
                        path, FlagValues.of(field.kind(), its.get(0), typed, files), its.get(0))));
  }

  /** Returns the name of a field's flag: what leads to it, in words with hyphens. */
  static String name(List<String> path) {
    return "--"
        + String.join(
            "-",
            path.stream()
                .filter(name -> !name.equals(WITHOUT_PREFIX))
                .map(PayloadFlag::hyphenated)
                .toList());
  }

  /** Returns a name as flags have it: {@code maxSessionDuration} as max-session-duration. */
  static String hyphenated(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  private static Form form(Kind<?> kind) {
    if (kind instanceof Flag) {
      return Form.aSwitch();
    }
    if (kind instanceof ListOf<?> list) {
      return Form.several(list.item() instanceof ObjectOf ? "FILE|JSON" : "VALUE,...");
    }
    if (kind instanceof TextMap) {
      return Form.several("KEY=VALUE,...");
    }
    if (kind instanceof Document) {
      return Form.one("FILE|JSON");
    }
    if (kind instanceof OneOf words) {
      return new Form(String.join("|", words.values()), false, false, words.values(), true);
    }
    return Form.one(
        kind instanceof WholeNumber number ? number.unit().toUpperCase(Locale.ROOT) : "VALUE");
  }
}
