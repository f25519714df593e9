package spawn.aws;

import java.util.ArrayList;
import java.util.List;

/** A text with {@code *} for any characters, {@code ?} for any one, and what stands for itself. */
final class Like {
  private static final int MANY = -1;
  private static final int ONE = -2;

  private final int[] pattern;
  private final boolean anyCase;
  private final String plain;

  private Like(int[] pattern, boolean anyCase, String plain) {
    this.pattern = pattern;
    this.anyCase = anyCase;
    this.plain = plain;
  }

  static Like of(String written, boolean anyCase) {
    Builder builder = new Builder().pattern(written);
    builder.anyCase = anyCase;
    return builder.build();
  }

  /** Puts a pattern together. */
  static final class Builder {
    private final List<Integer> pattern = new ArrayList<>();
    private final StringBuilder plain = new StringBuilder();
    private boolean anyCase;

    Builder pattern(String text) {
      text.chars()
          .forEach(
              character ->
                  pattern.add(character == '*' ? MANY : character == '?' ? ONE : character));
      plain.append(text);
      return this;
    }

    Builder plain(String text) {
      text.chars().forEach(pattern::add);
      plain.append(text);
      return this;
    }

    Like build() {
      return new Like(
          pattern.stream().mapToInt(Integer::intValue).toArray(), anyCase, plain.toString());
    }
  }

  /** Returns it as a text, in which wildcards stand for themselves. */
  String text() {
    return plain;
  }

  boolean matches(String text) {
    boolean[] reached = new boolean[text.length() + 1];
    reached[0] = true;
    for (int part : pattern) {
      boolean[] next = new boolean[reached.length];
      boolean before = false;
      for (int at = 0; at < reached.length; at++) {
        if (part == MANY) {
          before |= reached[at];
          next[at] = before;
        } else if (at > 0 && reached[at - 1]) {
          next[at] = part == ONE || same(part, text.charAt(at - 1));
        }
      }
      reached = next;
    }
    return reached[text.length()];
  }

  private boolean same(int part, char character) {
    return part == character
        || (anyCase && Character.toLowerCase(part) == Character.toLowerCase(character));
  }

  /** Returns whether each of the six parts of an ARN matches its own. */
  boolean matchesArn(String arn) {
    List<Like> own = parts();
    String[] parts = arn.split(":", 6);
    if (own.size() != 6 || parts.length != 6) {
      return false;
    }
    for (int at = 0; at < 6; at++) {
      if (!own.get(at).matches(parts[at])) {
        return false;
      }
    }
    return true;
  }

  private List<Like> parts() {
    List<Like> parts = new ArrayList<>();
    int from = 0;
    for (int at = 0; at <= pattern.length; at++) {
      if (at == pattern.length || (pattern[at] == ':' && parts.size() < 5)) {
        parts.add(new Like(java.util.Arrays.copyOfRange(pattern, from, at), anyCase, ""));
        from = at + 1;
      }
    }
    return parts;
  }
}
