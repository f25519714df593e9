package spawn.policy;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Names that one parameter of the stack allows. Letter case matters: IAM, which holds some of these
 * limits too, minds it.
 *
 * @param parameter the parameter's name
 * @param patterns what it lists; {@code *} stands for any text, {@code ?} for one character
 */
record PatternLimit(String parameter, List<String> patterns) {
  /** Returns whether a name is allowed; any is where nothing is listed. */
  boolean allows(String name) {
    return patterns.isEmpty() || matches(name);
  }

  /** Returns whether one of the patterns matches a name. */
  boolean matches(String name) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, name));
  }

  /** Returns whether a pattern matches a text. */
  static boolean matches(String pattern, String text) {
    StringBuilder regex = new StringBuilder();
    for (int at = 0; at < pattern.length(); at++) {
      String character = pattern.substring(at, at + 1);
      regex.append(
          switch (character) {
            case "*" -> ".*";
            case "?" -> ".";
            default -> Pattern.quote(character);
          });
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches();
  }
}
