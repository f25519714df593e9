package spawn.policy;

import java.util.Arrays;

/** Reads the text of a pattern: its plain characters, wildcards and policy variables as numbers. */
final class GlobSymbols {
  /** The wildcard for any text; no other symbol, and no character, has this value. */
  static final int STAR = TextSets.ANY_TEXT;

  /** The wildcard for one character. */
  static final int ONE = TextSets.ANY_CHARACTER;

  /**
   * What the characters of a variable have added, so that no wildcard for one character matches
   * them, and none of them is taken for a character of plain text.
   */
  static final int IN_VARIABLE = TextSets.IN_VARIABLE;

  /** What the first one has added besides: a variable is matched from its beginning, or not. */
  private static final int VARIABLE_BEGINS = 1 << 21;

  private GlobSymbols() {}

  /**
   * Returns the characters, wildcards and variables of a text, wildcards in their shortest form.
   */
  static int[] of(String text) {
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

  /** Returns the text of some symbols. */
  static String text(int[] symbols) {
    StringBuilder text = new StringBuilder(symbols.length);
    for (int symbol : symbols) {
      text.append(symbol == STAR ? '*' : symbol == ONE ? '?' : (char) symbol);
    }
    return text.toString();
  }
}
