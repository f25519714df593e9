package spawn.payload;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a parameter of the stack lists: its entries, in the order in which they stand.
 *
 * @param entries the entries, without blanks around them
 */
public record ParameterList(List<String> entries) {
  /** More entries of a parameter than that would hide what a message is about. */
  private static final int ENTRIES_SHOWN = 8;

  /** Splits a pattern before and after each wildcard. */
  private static final Pattern WILDCARDS = Pattern.compile("(?<=[*?])|(?=[*?])");

  /** Copies the entries. */
  public ParameterList {
    entries = List.copyOf(entries);
  }

  /**
   * Returns what a parameter lists.
   *
   * @param parameters comma-separated lists by the parameters' names; one that is missing is empty
   */
  public static ParameterList of(Map<String, String> parameters, String name) {
    return new ParameterList(
        Arrays.stream(parameters.getOrDefault(name, "").split(","))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty())
            .toList());
  }

  /** Returns whether the parameter lists nothing. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Returns whether a text stands in the list as it is. */
  public boolean contains(String text) {
    return entries.contains(text);
  }

  /** Returns whether one of the entries, each a pattern, matches a text. */
  public boolean matches(String text) {
    return entries.stream().anyMatch(pattern -> matches(pattern, text));
  }

  /**
   * Returns whether a pattern matches a text, in the same letter case; {@code *} stands for any
   * text and {@code ?} for one character.
   */
  public static boolean matches(String pattern, String text) {
    String regex =
        WILDCARDS
            .splitAsStream(pattern)
            .map(
                part ->
                    switch (part) {
                      case "*" -> ".*";
                      case "?" -> ".";
                      default -> Pattern.quote(part);
                    })
            .collect(Collectors.joining());
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches();
  }

  /** Returns the entries for a message, the first few if there are many. */
  public String shown() {
    return shown(entries);
  }

  /** Returns some texts for a message, the first few if there are many. */
  public static String shown(List<String> texts) {
    int more = texts.size() - ENTRIES_SHOWN;
    return more <= 0
        ? String.join(", ", texts)
        : "%s and %d more".formatted(String.join(", ", texts.subList(0, ENTRIES_SHOWN)), more);
  }
}
