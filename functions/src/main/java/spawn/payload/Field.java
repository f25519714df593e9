package spawn.payload;

import java.util.List;

/**
 * One member of an object of a payload: everything that readers, schemas and documentation say of
 * it.
 *
 * @param name its name
 * @param kind what its value may be
 * @param required whether it must be given
 * @param meaning what it is for, as a phrase without a full stop
 * @param examples values that it may have, as JSON
 */
public record Field<T>(
    String name, Kind<T> kind, boolean required, String meaning, List<String> examples) {
  /** Copies what it is given. */
  public Field {
    examples = List.copyOf(examples);
  }

  /** Returns a field that may be left out. */
  public static <T> Field<T> optional(
      String name, Kind<T> kind, String meaning, String... examples) {
    return new Field<>(name, kind, false, meaning, List.of(examples));
  }

  /** Returns a field that must be given. */
  public static <T> Field<T> required(
      String name, Kind<T> kind, String meaning, String... examples) {
    return new Field<>(name, kind, true, meaning, List.of(examples));
  }

  /** Returns the message for an object that lacks it. */
  String missing() {
    return "Missing: %s, for example %s.".formatted(meaning, examples.get(0));
  }
}
