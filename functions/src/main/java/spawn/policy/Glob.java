package spawn.policy;

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

  private final String spelled;
  private final String text;
  private final boolean wild;

  /** Its symbols. */
  private final int[] symbols;

  /** Whether one of them is a variable's. */
  private final boolean variable;

  /** How many of them stand before the first wildcard or variable. */
  private final int plain;

  /** Of each part, its symbols. */
  private final List<int[]> parts;

  private Glob(String spelled, int[] symbols, List<int[]> parts) {
    this.spelled = spelled;
    this.symbols = symbols;
    this.text = GlobSymbols.text(symbols);
    this.wild = text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    this.parts = parts;
    int at = 0;
    while (at < symbols.length && symbols[at] >= 0 && symbols[at] < GlobSymbols.IN_VARIABLE) {
      at++;
    }
    this.plain = at;
    boolean found = false;
    for (int next = at; next < symbols.length && !found; next++) {
      found = symbols[next] >= GlobSymbols.IN_VARIABLE;
    }
    this.variable = found;
  }

  /** Returns the pattern of an action in a file of data. */
  static Glob fromJson(String action) {
    return action(action);
  }

  /** Returns the pattern of an action; letter case does not matter in actions. */
  static Glob action(String action) {
    int[] symbols = GlobSymbols.of(spelling(action).toLowerCase(Locale.ROOT));
    return new Glob(action, symbols, List.of(symbols));
  }

  /** Returns an action's name with its letter case, its wildcards in their shortest form. */
  static String spelling(String action) {
    String shortest = GlobSymbols.text(GlobSymbols.of(action));
    int colon = shortest.indexOf(':');
    return shortest.equals("*:*")
        ? "*"
        : colon < 0
            ? shortest
            : shortest.substring(0, colon).toLowerCase(Locale.ROOT) + shortest.substring(colon);
  }

  /** Returns the pattern of a resource, an ARN or {@code *}. */
  static Glob resource(String resource) {
    int[] symbols = GlobSymbols.of(resource);
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
      if (at < wide.length && wide[at] == GlobSymbols.STAR) {
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
    while (at < wide.length && wide[at] == GlobSymbols.STAR) {
      at++;
    }
    return fits && at == wide.length;
  }

  private static boolean matchesOne(int wide, int narrow) {
    return wide == GlobSymbols.ONE
        ? narrow != GlobSymbols.STAR && narrow < GlobSymbols.IN_VARIABLE
        : wide == narrow;
  }

  /**
   * Returns the characters, wildcards and variables of the whole pattern, for {@link TextSets}; not
   * to be changed.
   *
   * @param withinParts whether a wildcard stays within its part of an ARN, as {@link #covers} takes
   *     it; otherwise it also stands for colons
   */
  int[] symbols(boolean withinParts) {
    if (!withinParts || parts.size() == 1) {
      return symbols;
    }
    int[] bound = symbols.clone();
    int inLastPart = symbols.length - parts.get(parts.size() - 1).length;
    for (int at = 0; at < inLastPart; at++) {
      if (bound[at] == GlobSymbols.STAR) {
        bound[at] = TextSets.ANY_TEXT_OF_A_PART;
      } else if (bound[at] == GlobSymbols.ONE) {
        bound[at] = TextSets.ANY_CHARACTER_OF_A_PART;
      }
    }
    return bound;
  }

  /** Returns whether a part before the last has a wildcard, which may stand for colons or not. */
  boolean isWildBeforeItsLastPart() {
    return wild
        && parts.subList(0, parts.size() - 1).stream()
            .anyMatch(part -> Arrays.stream(part).anyMatch(symbol -> symbol < 0));
  }

  /** Returns whether it holds a policy variable. */
  boolean hasVariable() {
    return variable;
  }

  /** Returns whether a text may be matched by both, whatever their variables stand for. */
  boolean mayMeet(Glob other, Work work) {
    work.add(1);
    int same = Math.min(plain, other.plain);
    if (!Arrays.equals(symbols, 0, same, other.symbols, 0, same)) {
      return false;
    }
    if (isEverything() || other.isEverything()) {
      return true;
    }
    if (plain == symbols.length && other.plain == other.symbols.length) {
      return plain == other.plain;
    }
    return TextSets.meet(withAnyVariables(), other.withAnyVariables(), work);
  }

  /** Returns the symbols with any text in place of each variable. */
  private int[] withAnyVariables() {
    return variable ? resource(PolicyVariables.replaced(text, "*")).symbols : symbols;
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
