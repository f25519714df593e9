package spawn.policy;

import java.util.Arrays;

/** Whether two patterns with {@code *} and {@code ?} can match the same text. */
final class Wildcards {
  private static final int ANY = -1;
  private static final int MANY = -2;

  private Wildcards() {}

  /**
   * Returns whether any text matches both. Takes time in proportion to the product of both lengths.
   *
   * @param resource a pattern whose policy variables may stand for any text
   * @param form a pattern in which {@code *} is a name, so at least one character
   */
  static boolean meet(String resource, String form) {
    int[] one = ofResource(resource);
    int[] other = ofForm(form);
    int same = 0;
    while (same < Math.min(one.length, other.length) && one[same] >= 0 && other[same] >= 0) {
      if (one[same] != other[same]) {
        return false;
      }
      same++;
    }
    boolean[] here = new boolean[other.length + 1];
    here[same] = true;
    for (int at = same; at < one.length; at++) {
      here = after(one[at], other, here);
    }
    return endsAt(other, here);
  }

  private static int[] ofForm(String form) {
    int[] symbols = new int[2 * form.length()];
    int count = 0;
    for (int at = 0; at < form.length(); at++) {
      if (form.charAt(at) == '*') {
        symbols[count++] = ANY;
        symbols[count++] = MANY;
      } else {
        symbols[count++] = form.charAt(at);
      }
    }
    return Arrays.copyOf(symbols, count);
  }

  private static int[] ofResource(String resource) {
    int[] symbols = new int[resource.length()];
    int count = 0;
    int lastBrace = PolicyVariables.lastBrace(resource);
    for (int at = 0; at < resource.length(); ) {
      int next = PolicyVariables.next(resource, at, lastBrace);
      char only = resource.charAt(at);
      boolean isCharacter = next == at + 4 && "*?$".indexOf(resource.charAt(at + 2)) >= 0;
      if (isCharacter) {
        symbols[count++] = resource.charAt(at + 2);
      } else if (next > at + 1 || only == '*') {
        symbols[count++] = MANY;
      } else {
        symbols[count++] = only == '?' ? ANY : only;
      }
      at = next;
    }
    return Arrays.copyOf(symbols, count);
  }

  /** Returns how far into the other pattern one can be after one more symbol. */
  private static boolean[] after(int symbol, int[] other, boolean[] here) {
    boolean[] next = new boolean[here.length];
    for (int in = 0; in < here.length; in++) {
      if (!here[in]) {
        continue;
      }
      next[in] |= symbol == MANY;
      if (in == other.length) {
        continue;
      }
      int opposite = other[in];
      if (opposite == MANY) {
        here[in + 1] = true;
        next[in] = true;
      } else if (symbol == MANY) {
        here[in + 1] = true;
      } else if (symbol == ANY || opposite == ANY || symbol == opposite) {
        next[in + 1] = true;
      }
    }
    return next;
  }

  private static boolean endsAt(int[] other, boolean[] here) {
    int end = other.length;
    while (end > 0 && !here[end] && other[end - 1] == MANY) {
      end--;
    }
    return here[end];
  }
}
