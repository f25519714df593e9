package spawn.payload;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON paths as messages show them (<a href="https://www.rfc-editor.org/rfc/rfc9535">RFC 9535</a>):
 * {@code $.iam.policies[0]}, and {@code $.iam.roleTags['a,b']} where a name is not a plain
 * identifier.
 */
public final class JsonPath {
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern TO_ESCAPE = Pattern.compile("['\\\\\\p{Cntrl}]");

  private JsonPath() {}

  /** Returns the path of a member of the object at {@code path}. */
  public static String member(String path, String name) {
    return IDENTIFIER.matcher(name).matches()
        ? path + "." + name
        : path + "['" + escaped(name) + "']";
  }

  /** Returns the path of an entry of the list at {@code path}; the first has the index 0. */
  public static String index(String path, int index) {
    return path + "[" + index + "]";
  }

  private static String escaped(String name) {
    return TO_ESCAPE
        .matcher(name)
        .replaceAll(found -> Matcher.quoteReplacement(escaped(found.group().charAt(0))));
  }

  private static String escaped(char character) {
    return character == '\'' || character == '\\'
        ? "\\" + character
        : "\\u%04x".formatted((int) character);
  }
}
