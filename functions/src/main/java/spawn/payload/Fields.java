package spawn.payload;

import java.util.List;
import java.util.stream.Stream;

/**
 * The members that an object of a payload may have.
 *
 * @param list the members, in the order in which documentation lists them
 * @param rules which of them may stand together
 * @param nullIsLeftOut whether a member that is {@code null} counts as left out; if not, it is
 *     refused
 */
public record Fields(List<Field<?>> list, List<Rule> rules, boolean nullIsLeftOut) {
  /**
   * The member by which a whole payload may name its JSON Schema, for editors (<a
   * href="https://json-schema.org/draft/2020-12/json-schema-core#section-8.1.1">JSON Schema</a>).
   * It is no field of any payload: readers pass over it, whatever its value.
   */
  public static final String SCHEMA = "$schema";

  /**
   * Copies what it is given.
   *
   * @throws IllegalArgumentException if two members have the same name, or a rule names none
   */
  public Fields {
    list = List.copyOf(list);
    rules = List.copyOf(rules);
    List<String> names = list.stream().map(Field::name).toList();
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("Two fields have the same name: " + names);
    }
    for (Rule rule : rules) {
      if (!names.containsAll(rule.names())) {
        throw new IllegalArgumentException("A rule names no field of " + names + ": " + rule);
      }
    }
  }

  /** Returns members without rules. */
  public static Fields of(Field<?>... fields) {
    return new Fields(List.of(fields), List.of(), true);
  }

  /**
   * Returns the same members, each refused where it is {@code null}: for a call that does more the
   * less it says, since a template that has nothing to put in must not widen it.
   */
  public Fields withoutNulls() {
    return new Fields(list, rules, false);
  }

  /** Returns these members and, after them, further ones. */
  public Fields and(List<? extends Field<?>> more) {
    return new Fields(Stream.concat(list.stream(), more.stream()).toList(), rules, nullIsLeftOut);
  }

  /** Returns the same members with further rules. */
  public Fields with(Rule... more) {
    return new Fields(list, Stream.concat(rules.stream(), Stream.of(more)).toList(), nullIsLeftOut);
  }

  /**
   * Returns the member of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Field<?> named(String name) {
    return list.stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("There is no field " + name));
  }

  /** Returns the names of the members, in their order. */
  public List<String> names() {
    return list.stream().map(Field::name).toList();
  }
}
