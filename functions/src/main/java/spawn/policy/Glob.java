package spawn.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A pattern of action names or ARNs with the wildcards {@code *} and {@code ?}.
 *
 * <p>In an ARN a wildcard is taken to stay within its colon-separated part, and a policy variable
 * stands for the same unknown text wherever it occurs (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html">resources</a>,
 * <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">variables</a>).
 */
final class Glob implements Comparable<Glob> {
  private static final int ARN_PARTS = 6;

  private final String spelled;
  private final String text;
  private final boolean wild;
  private final List<List<String>> parts;

  private Glob(String spelled, String text, List<List<String>> parts) {
    this.spelled = spelled;
    this.text = text;
    this.wild = text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    this.parts = parts;
  }

  /** Returns the pattern of an action; letter case does not matter in actions. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Glob action(String action) {
    List<String> symbols = symbols(spelling(action).toLowerCase(Locale.ROOT));
    return new Glob(action, String.join("", symbols), List.of(symbols));
  }

  /** Returns an action's name with its letter case, its wildcards in their shortest form. */
  static String spelling(String action) {
    String shortest = String.join("", symbols(action));
    int colon = shortest.indexOf(':');
    return shortest.equals("*:*")
        ? "*"
        : colon < 0
            ? shortest
            : shortest.substring(0, colon).toLowerCase(Locale.ROOT) + shortest.substring(colon);
  }

  /** Returns the pattern of a resource, an ARN or {@code *}. */
  static Glob resource(String resource) {
    List<String> symbols = symbols(resource);
    List<List<String>> parts = new ArrayList<>();
    List<String> part = new ArrayList<>();
    for (String symbol : symbols) {
      if (symbol.equals(":") && parts.size() < ARN_PARTS - 1) {
        parts.add(part);
        part = new ArrayList<>();
      } else {
        part.add(symbol);
      }
    }
    parts.add(part);
    return new Glob(resource, String.join("", symbols), parts);
  }

  /** Returns the characters, wildcards and whole variables of a text, wildcards shortened. */
  private static List<String> symbols(String text) {
    List<String> symbols = new ArrayList<>();
    boolean star = false;
    for (int at = 0; at < text.length(); ) {
      int end = text.startsWith("${", at) ? text.indexOf('}', at) + 1 : at + 1;
      String symbol = text.substring(at, Math.max(end, at + 1));
      at += symbol.length();
      if (symbol.equals("*")) {
        star = true; // "**" is "*", and "*?" is "?*"
      } else {
        if (star && !symbol.equals("?")) {
          symbols.add("*");
          star = false;
        }
        symbols.add(symbol);
      }
    }
    if (star) {
      symbols.add("*");
    }
    return symbols;
  }

  /** Returns whether it matches everything that the other matches; when in doubt, not. */
  boolean covers(Glob other) {
    if (!wild) {
      return text.equals(other.text);
    }
    if (isEverything()) {
      return true;
    }
    if (parts.size() != other.parts.size()) {
      return false;
    }
    for (int part = 0; part < parts.size(); part++) {
      if (!covers(parts.get(part), other.parts.get(part))) {
        return false;
      }
    }
    return true;
  }

  private static boolean covers(List<String> wide, List<String> narrow) {
    int at = 0;
    int star = -1;
    int afterStar = 0;
    for (int other = 0; other < narrow.size(); ) {
      String symbol = narrow.get(other);
      if (at < wide.size() && wide.get(at).equals("*")) {
        star = at++;
        afterStar = other;
      } else if (at < wide.size() && matchesOne(wide.get(at), symbol)) {
        at++;
        other++;
      } else if (star >= 0) {
        at = star + 1;
        other = ++afterStar;
      } else {
        return false;
      }
    }
    while (at < wide.size() && wide.get(at).equals("*")) {
      at++;
    }
    return at == wide.size();
  }

  private static boolean matchesOne(String wide, String narrow) {
    boolean oneCharacter = narrow.length() == 1 && !narrow.equals("*");
    return wide.equals("?") ? oneCharacter : wide.equals(narrow);
  }

  /** Returns the pattern as it was given. */
  String spelled() {
    return spelled;
  }

  /** Returns whether it is {@code *} alone. */
  boolean isEverything() {
    return text.equals("*");
  }

  /** Returns whether it holds a wildcard. */
  boolean isWild() {
    return wild;
  }

  @Override
  public int compareTo(Glob other) {
    return text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Glob that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
