package spawn.payload;

import java.util.List;
import java.util.stream.Stream;

/**
 * Which members of an object may stand together.
 *
 * @param type how they depend on each other
 * @param names the members; of {@link Type#EXCLUDES}, first the one at which it is said
 * @param message what is wrong and what would be right, where the rule is broken
 */
public record Rule(Type type, List<String> names, String message) {
  /** How members depend on each other. */
  public enum Type {
    /** One of them must be given, and no more than one. */
    EXACTLY_ONE,
    /** The first of them may not be given beside any of the others. */
    EXCLUDES
  }

  /** Returns the rule that exactly one of the members is given. */
  public static Rule exactlyOne(String message, Field<?>... fields) {
    return new Rule(
        Type.EXACTLY_ONE, Stream.of(fields).map(field -> field.name()).toList(), message);
  }

  /** Returns the rule that a member is not given beside any of the others. */
  public static Rule excludes(Field<?> field, List<Field<?>> others, String message) {
    return new Rule(
        Type.EXCLUDES,
        Stream.concat(Stream.of(field), others.stream()).map(each -> each.name()).toList(),
        message);
  }
}
