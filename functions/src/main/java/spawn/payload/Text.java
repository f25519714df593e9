package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Pattern;
import spawn.error.Problems;

/**
 * A string, of any form or of a given one.
 *
 * @param name what such a text is called, for example {@code role name}
 * @param pattern what the whole text must match
 * @param minLength the least number of characters
 * @param maxLength the greatest number of characters
 * @param rule what is right, as the end of a sentence, for example {@code IAM takes 1 to 64
 *     letters}
 */
public record Text(String name, Pattern pattern, int minLength, int maxLength, String rule)
    implements Kind<String> {
  /** Any string; whatever else it must be, its reader checks. */
  public static final Text ANY =
      new Text("string", Pattern.compile("(?s).*"), 0, Integer.MAX_VALUE, "");

  /**
   * Returns the kind of texts of certain characters.
   *
   * @param characters a character class of a regular expression
   * @param rule what is right, after the limits: {@code letters and digits} leads to {@code must
   *     have 1 to 64 letters and digits}
   */
  public static Text of(String name, int minLength, int maxLength, String characters, String rule) {
    return new Text(
        name,
        Pattern.compile("%s{%d,%d}".formatted(characters, minLength, maxLength)),
        minLength,
        maxLength,
        "must have %s %s"
            .formatted(
                minLength == 0 ? "up to " + maxLength : minLength + " to " + maxLength, rule));
  }

  /** Returns the kind of texts that match a pattern. */
  public static Text like(String name, int maxLength, String pattern, String rule) {
    return new Text(name, Pattern.compile(pattern), 1, maxLength, rule);
  }

  /** Returns the same kind under another name. */
  public Text called(String otherName) {
    return new Text(otherName, pattern, minLength, maxLength, rule);
  }

  /** Returns whether a text is of this kind. */
  public boolean matches(String text) {
    // The length first: a pattern may take long, or too deep a stack, for what is far too long.
    return text.length() <= 2L * maxLength
        && text.codePointCount(0, text.length()) <= maxLength
        && pattern.matcher(text).matches();
  }

  @Override
  public String expected() {
    return "a string";
  }

  @Override
  public String plural() {
    return name + "s";
  }

  @Override
  public Optional<String> read(JsonNode json, String path, Problems problems) {
    if (!json.isTextual()) {
      return refuse(json, path, problems);
    }
    String text = json.textValue();
    if (!matches(text)) {
      problems.add(path, wrong(text));
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /** Returns the message for a text that is not of this kind. */
  public String wrong(String text) {
    return "%s is not a valid %s: %s.".formatted(Quote.of(text), name, rule);
  }
}
