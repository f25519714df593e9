package spawn.policy;

import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last part of an ARN, in which policy variables may stand. A variable may stand wherever a
 * wildcard may, so the part matches a form if it does so with a wildcard in place of each.
 */
final class ArnResource {
  private final String text;
  private final String masked;

  /** Where each character of the masked text begins in the text, and where the text ends. */
  private final int[] begins;

  private ArnResource(String text, String masked, int[] begins) {
    this.text = text;
    this.masked = masked;
    this.begins = begins;
  }

  /** Returns the part; its variables are closed. */
  static ArnResource of(String text) {
    StringBuilder masked = new StringBuilder();
    int[] begins = new int[text.length() + 1];
    for (int at = 0; at < text.length(); ) {
      begins[masked.length()] = at;
      boolean variable = text.startsWith("${", at) && text.indexOf('}', at) > 0;
      masked.append(variable ? '*' : text.charAt(at));
      at = variable ? text.indexOf('}', at) + 1 : at + 1;
    }
    begins[masked.length()] = text.length();
    return new ArnResource(text, masked.toString(), begins);
  }

  boolean hasVariables() {
    return masked.length() < text.length();
  }

  /** Returns what fills in {@code $0}, {@code $1} and so on in texts, if the part has the form. */
  Optional<UnaryOperator<String>> match(Pattern form) {
    Matcher matcher = form.matcher(masked);
    return matcher.matches() ? Optional.of(written -> fill(written, matcher)) : Optional.empty();
  }

  private String fill(String written, Matcher matcher) {
    StringBuilder filled = new StringBuilder();
    for (int at = 0; at < written.length(); at++) {
      char character = written.charAt(at);
      if (character == '$') {
        int number = Character.digit(written.charAt(++at), 10);
        filled.append(text, begins[matcher.start(number)], begins[matcher.end(number)]);
      } else {
        filled.append(character);
      }
    }
    return filled.toString();
  }
}
