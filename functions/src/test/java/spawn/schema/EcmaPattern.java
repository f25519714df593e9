package spawn.schema;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A regular expression of Java as one of ECMAScript with the flag {@code u}, which JSON Schema asks
 * for (<a href="https://json-schema.org/draft/2020-12/json-schema-core#section-6.4">regular
 * expressions</a>). What comes out means the same in Java too.
 *
 * <p>It knows what the declarations of fields use. Of anything else, nothing is returned: a schema
 * without a pattern takes too much, and one with another pattern refuses what is right.
 */
public final class EcmaPattern {
  /** What {@code \s} is in Java; in ECMAScript it is the white space of Unicode. */
  private static final String SPACES = " \\t\\n\\x0B\\f\\r";

  /** What {@code .} is not in Java; in ECMAScript, U+0085 does not end a line. */
  private static final String NO_LINE_END = "[^\\n\\r\\u0085\\u2028\\u2029]";

  /** What {@code .} is where it is everything. Rhino takes no emoji for {@code [\s\S]}. */
  private static final String ANYTHING = "(?:[^\\n]|\\n)";

  /** What both call so, of the general categories of Unicode. */
  private static final Set<String> CATEGORIES =
      Set.of("L", "Lu", "Ll", "M", "N", "Nd", "P", "S", "Z", "Zs");

  private static final Pattern QUANTIFIER = Pattern.compile("(?:[*+?]|\\{\\d+(?:,\\d*)?})\\??");
  private static final Pattern CATEGORY = Pattern.compile("[pP]\\{(\\w+)}");
  private static final Pattern CODE = Pattern.compile("x\\p{XDigit}{2}|u\\p{XDigit}{4}");
  private static final String SYNTAX = "^$\\.*+?()[]{}|/";
  private static final int LAST_OF_PLANE = 0xFFFF;

  private final String java;
  private final StringBuilder ecma = new StringBuilder();
  private final boolean dotIsAny;
  private final Deque<Boolean> ignoringCase = new ArrayDeque<>();
  private int at;

  /** Thrown at what is not known to mean the same in both. */
  private static final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private EcmaPattern(Pattern pattern) {
    this.dotIsAny = pattern.flags() == Pattern.DOTALL; // also where the pattern itself says so
    this.java = pattern.pattern().replaceFirst("^\\(\\?s\\)", "");
    ignoringCase.push(false);
  }

  /** Returns what matches the texts that match the pattern as a whole; nothing if it is unknown. */
  public static Optional<String> whole(Pattern pattern) {
    return part(pattern).map("^(?:%s)$"::formatted);
  }

  /** Returns what matches where the pattern matches, as part of another pattern. */
  public static Optional<String> part(Pattern pattern) {
    if (pattern.flags() != 0 && pattern.flags() != Pattern.DOTALL) {
      return Optional.empty();
    }
    try {
      return Optional.of(new EcmaPattern(pattern).all());
    } catch (Unknown unknown) {
      return Optional.empty();
    }
  }

  private String all() {
    while (at < java.length()) {
      one();
    }
    return ecma.toString();
  }

  private void one() {
    char next = java.charAt(at);
    switch (next) {
      case '\\' -> escaped(false);
      case '[' -> characterClass();
      case '(' -> group();
      case ')' -> {
        ignoringCase.pop();
        take(1);
      }
      case '*', '+', '?', '{' -> quantifier();
      case '.' -> put(dotIsAny ? ANYTHING : NO_LINE_END, 1);
      case '|' -> take(1);
      case '^', '$' -> throw new Unknown();
      default -> literal();
    }
  }

  private void take(int length) {
    put(java.substring(at, at + length), length);
  }

  private void put(String text, int length) {
    ecma.append(text);
    at += length;
  }

  private Matcher expected(Pattern form) {
    Matcher matcher = form.matcher(java).region(at, java.length());
    if (!matcher.lookingAt()) {
      throw new Unknown();
    }
    return matcher;
  }

  private void quantifier() {
    take(expected(QUANTIFIER).group().length());
    if (java.startsWith("+", at)) { // what it has matched, it does not give back
      throw new Unknown();
    }
  }

  private void group() {
    if (java.startsWith("(?iu:", at)) {
      ignoringCase.push(true);
      put("(?:", "(?iu:".length());
      return;
    }
    ignoringCase.push(ignoringCase.peek());
    int length = java.startsWith("(?", at) ? "(?:".length() : 1;
    if (length > 1 && !Set.of("(?:", "(?=", "(?!").contains(java.substring(at, at + length))) {
      throw new Unknown();
    }
    take(length);
  }

  private void characterClass() {
    if (ignoringCase.peek()) {
      throw new Unknown();
    }
    take(java.startsWith("[^", at) ? 2 : 1);
    boolean afterSet = false;
    while (!java.startsWith("]", at)) {
      char next = java.charAt(at);
      if (next == '[' || java.startsWith("&&", at)) {
        throw new Unknown();
      }
      boolean last = java.startsWith("]", at + 1);
      if (next == '-' && afterSet && !last) {
        throw new Unknown();
      }
      afterSet = next == '\\' && "dDwWspP".indexOf(java.charAt(at + 1)) >= 0;
      if (next == '\\') {
        escaped(true);
      } else {
        take(Character.charCount(java.codePointAt(at)));
      }
    }
    take(1);
  }

  /** Takes a backslash and what is after it. */
  private void escaped(boolean inClass) {
    at++;
    char next = java.charAt(at);
    if ("dDwWtnrf".indexOf(next) >= 0) {
      put("\\" + next, 1);
    } else if (next == 's') {
      put(inClass ? SPACES : "[" + SPACES + "]", 1);
    } else if (next == 'S' && !inClass) {
      put("[^" + SPACES + "]", 1);
    } else if (next == 'p' || next == 'P') {
      Matcher category = expected(CATEGORY);
      if (!CATEGORIES.contains(category.group(1))) {
        throw new Unknown();
      }
      put("\\" + category.group(), category.group().length());
    } else if (next == 'x' || next == 'u') {
      String code = expected(CODE).group();
      put("\\" + code, code.length());
    } else if (SYNTAX.indexOf(next) >= 0 || (next == '-' && inClass)) {
      put("\\" + next, 1);
    } else if (Character.isLetterOrDigit(next)) {
      throw new Unknown();
    } else {
      take(1);
    }
  }

  private void literal() {
    int letter = java.codePointAt(at);
    int length = Character.charCount(letter);
    if (letter == ']' || letter == '}') {
      put("\\" + (char) letter, length);
    } else if (ignoringCase.peek() && Character.isLetter(letter)) {
      put("[" + inAnyCase(letter) + "]", length);
    } else {
      take(length);
    }
  }

  private static String inAnyCase(int letter) {
    Pattern same =
        Pattern.compile(
            Pattern.quote(Character.toString(letter)),
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    return IntStream.rangeClosed(0, LAST_OF_PLANE)
        .filter(each -> same.matcher(Character.toString(each)).matches())
        .mapToObj(each -> each < 0x80 ? Character.toString(each) : "\\u%04X".formatted(each))
        .collect(Collectors.joining());
  }
}
