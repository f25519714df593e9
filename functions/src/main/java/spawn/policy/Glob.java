package spawn.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import spawn.error.Work;

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

  /** The wildcard for any text; no other symbol, and no character, has this value. */
  private static final int STAR = -1;

  /** The wildcard for one character. */
  private static final int ONE = -2;

  /**
   * What the characters of a variable have added, so that no wildcard for one character matches
   * them, and none of them is taken for a character of plain text.
   */
  private static final int IN_VARIABLE = 1 << 20;

  /** What the first one has added besides: a variable is matched from its beginning, or not. */
  private static final int VARIABLE_BEGINS = 1 << 21;

  private final String spelled;
  private final String text;
  private final boolean wild;

  /** Of each part, its symbols. */
  private final List<int[]> parts;

  private Glob(String spelled, int[] symbols, List<int[]> parts) {
    this.spelled = spelled;
    this.text = text(symbols);
    this.wild = text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    this.parts = parts;
  }

  /** Returns the pattern of an action; letter case does not matter in actions. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Glob action(String action) {
    int[] symbols = symbols(spelling(action).toLowerCase(Locale.ROOT));
    return new Glob(action, symbols, List.of(symbols));
  }

  /** Returns an action's name with its letter case, its wildcards in their shortest form. */
  static String spelling(String action) {
    String shortest = text(symbols(action));
    int colon = shortest.indexOf(':');
    return shortest.equals("*:*")
        ? "*"
        : colon < 0
            ? shortest
            : shortest.substring(0, colon).toLowerCase(Locale.ROOT) + shortest.substring(colon);
  }

  /** Returns the pattern of a resource, an ARN or {@code *}. */
  static Glob resource(String resource) {
    int[] symbols = symbols(resource);
    List<int[]> parts = new ArrayList<>();
    int begin = 0;
    for (int at = 0; at < symbols.length && parts.size() < ARN_PARTS - 1; at++) {
      if (symbols[at] == ':') {
        parts.add(Arrays.copyOfRange(symbols, begin, at));
        begin = at + 1;
      }
    }
    parts.add(Arrays.copyOfRange(symbols, begin, symbols.length));
    return new Glob(resource, symbols, parts);
  }

  /**
   * Returns the characters, wildcards and variables of a text, wildcards in their shortest form.
   */
  private static int[] symbols(String text) {
    int[] symbols = new int[text.length()];
    int count = 0;
    boolean star = false;
    int variableEnd = -1;
    int lastEnd = text.lastIndexOf('}');
    for (int at = 0; at < text.length(); at++) {
      char character = text.charAt(at);
      boolean begins = at > variableEnd && at < lastEnd && text.startsWith("${", at);
      if (begins) {
        variableEnd = text.indexOf('}', at);
      }
      int symbol = at <= variableEnd ? inVariable(character, begins) : symbol(character);
      if (symbol == STAR) {
        star = true; // "**" is "*", and "*?" is "?*"
      } else {
        if (star && symbol != ONE) {
          symbols[count++] = STAR;
          star = false;
        }
        symbols[count++] = symbol;
      }
    }
    if (star) {
      symbols[count++] = STAR;
    }
    return Arrays.copyOf(symbols, count);
  }

  private static int symbol(char character) {
    return character == '*' ? STAR : character == '?' ? ONE : character;
  }

  private static int inVariable(char character, boolean begins) {
    return character + IN_VARIABLE + (begins ? VARIABLE_BEGINS : 0);
  }

  private static String text(int[] symbols) {
    StringBuilder text = new StringBuilder(symbols.length);
    for (int symbol : symbols) {
      text.append(symbol == STAR ? '*' : symbol == ONE ? '?' : (char) symbol);
    }
    return text.toString();
  }

  /** Returns whether it matches everything that the other matches; when in doubt, not. */
  boolean covers(Glob other) {
    return covers(other, Work.unbounded());
  }

  /** Returns the same, and counts the work. */
  boolean covers(Glob other, Work work) {
    work.add(1);
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
      if (!covers(parts.get(part), other.parts.get(part), work)) {
        return false;
      }
    }
    return true;
  }

  private static boolean covers(int[] wide, int[] narrow, Work work) {
    int at = 0;
    int other = 0;
    int star = -1;
    int afterStar = 0;
    int steps = 0;
    boolean fits = true;
    while (fits && other < narrow.length) {
      steps++;
      if (at < wide.length && wide[at] == STAR) {
        star = at++;
        afterStar = other;
      } else if (at < wide.length && matchesOne(wide[at], narrow[other])) {
        at++;
        other++;
      } else {
        fits = star >= 0;
        at = star + 1;
        other = ++afterStar;
      }
    }
    work.add(steps);
    while (at < wide.length && wide[at] == STAR) {
      at++;
    }
    return fits && at == wide.length;
  }

  private static boolean matchesOne(int wide, int narrow) {
    return wide == ONE ? narrow != STAR && narrow < IN_VARIABLE : wide == narrow;
  }

  /** Returns the pattern as it was given. */
  String spelled() {
    return spelled;
  }

  /** Returns whether it is {@code *} alone. */
  boolean isEverything() {
    return text.equals("*");
  }

  /** Returns how everything begins that it matches. */
  String beginning() {
    int end = 0;
    while (end < text.length() && text.charAt(end) != '*' && text.charAt(end) != '?') {
      end++;
    }
    return text.substring(0, end);
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
