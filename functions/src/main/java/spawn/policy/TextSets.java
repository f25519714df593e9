package spawn.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import spawn.error.Work;

/**
 * Decides whether some sets of texts, each given by patterns, have a text in common.
 *
 * <p>It reads all patterns side by side, one character after another, and remembers which places of
 * them it has met together. A policy variable stands for a text of its own, which no other pattern
 * holds but {@code *} and the same variable.
 */
final class TextSets {
  /** The wildcard for any text; no other symbol, and no character, has this value. */
  static final int ANY_TEXT = -1;

  /** The wildcard for one character. */
  static final int ANY_CHARACTER = -2;

  /** The wildcard for any text without a colon. */
  static final int ANY_TEXT_OF_A_PART = -3;

  /** The wildcard for one character that is no colon. */
  static final int ANY_CHARACTER_OF_A_PART = -4;

  /** What the characters of a variable have added at least. */
  static final int IN_VARIABLE = 1 << 20;

  /** A character that no pattern names. */
  private static final int ANOTHER = '\n';

  private final List<Side> sides;
  private final int[] alphabet;
  private final Work work;

  private TextSets(List<Side> sides, int[] alphabet, Work work) {
    this.sides = sides;
    this.alphabet = alphabet;
    this.work = work;
  }

  /**
   * A set of texts.
   *
   * @param patterns the patterns
   * @param inside whether it holds what one of them matches, or else what none of them does
   */
  record TextSet(List<Glob> patterns, boolean inside) {
    static TextSet of(Terms terms) {
      return new TextSet(terms.patterns(), !terms.inverted());
    }

    static TextSet of(Term term) {
      return new TextSet(term.patterns(), !term.inverted());
    }

    /** Returns what is not in it. */
    TextSet others() {
      return new TextSet(patterns, !inside);
    }
  }

  /**
   * Returns whether no text is in all of the sets, whether or not a wildcard also stands for the
   * colons of an ARN: AWS says that one at the end of a part does, and of others that they should
   * stay within theirs (<a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html">resources</a>).
   */
  static boolean haveNothingInCommon(List<TextSet> sets, Work work) {
    boolean doubtful =
        sets.stream()
            .flatMap(set -> set.patterns().stream())
            .anyMatch(Glob::isWildBeforeItsLastPart);
    return of(sets, false, work).isEmpty() && (!doubtful || of(sets, true, work).isEmpty());
  }

  private static TextSets of(List<TextSet> sets, boolean withinParts, Work work) {
    List<Side> sides = new ArrayList<>();
    Set<Integer> alphabet = new HashSet<>(Set.of(ANOTHER, (int) ':'));
    for (TextSet set : sets) {
      List<int[]> patterns =
          set.patterns().stream().map(pattern -> pattern.symbols(withinParts)).toList();
      for (int[] pattern : patterns) {
        work.add(pattern.length);
        IntStream.of(pattern).filter(symbol -> symbol >= 0).forEach(alphabet::add);
      }
      sides.add(Side.of(patterns, set.inside()));
    }
    return new TextSets(
        sides, alphabet.stream().mapToInt(Integer::intValue).sorted().toArray(), work);
  }

  private boolean isEmpty() {
    List<BitSet> start = sides.stream().map(side -> side.start).toList();
    Set<List<BitSet>> met = new HashSet<>(Set.of(start));
    Deque<List<BitSet>> open = new ArrayDeque<>(met);
    while (!open.isEmpty()) {
      List<BitSet> places = open.poll();
      if (IntStream.range(0, sides.size()).allMatch(at -> sides.get(at).holds(places.get(at)))) {
        return false;
      }
      for (int symbol : alphabet) {
        List<BitSet> next = new ArrayList<>();
        for (int at = 0; at < sides.size(); at++) {
          next.add(sides.get(at).after(symbol, places.get(at), work));
        }
        if (IntStream.range(0, sides.size()).noneMatch(at -> sides.get(at).isOver(next.get(at)))
            && met.add(next)) {
          open.add(next);
        }
      }
    }
    return true;
  }

  /** The patterns of one set behind each other, each with one more place for its end. */
  private static final class Side {
    /** Their symbols; at an end {@link Integer#MIN_VALUE}. */
    private final int[] symbols;

    /** Whether a text of the set is matched by one of them. */
    private final boolean inside;

    /** The places before the first character. */
    private final BitSet start = new BitSet();

    /** The places after the last one. */
    private final BitSet ends = new BitSet();

    private Side(int length, boolean inside) {
      this.symbols = new int[length];
      this.inside = inside;
    }

    static Side of(List<int[]> patterns, boolean inside) {
      int length = patterns.stream().mapToInt(pattern -> pattern.length + 1).sum();
      Side side = new Side(length, inside);
      int at = 0;
      for (int[] pattern : patterns) {
        System.arraycopy(pattern, 0, side.symbols, at, pattern.length);
        int end = at + pattern.length;
        side.symbols[end] = Integer.MIN_VALUE;
        side.ends.set(end);
        side.reach(at, side.start);
        at = end + 1;
      }
      return side;
    }

    /** Adds a place, and those behind it that any text may skip to. */
    private void reach(int place, BitSet places) {
      int at = place;
      places.set(at);
      while (symbols[at] == ANY_TEXT || symbols[at] == ANY_TEXT_OF_A_PART) {
        places.set(++at);
      }
    }

    BitSet after(int symbol, BitSet places, Work work) {
      BitSet next = new BitSet();
      work.add(1L + places.cardinality());
      for (int at = places.nextSetBit(0); at >= 0; at = places.nextSetBit(at + 1)) {
        if (matches(symbols[at], symbol)) {
          boolean stays = symbols[at] == ANY_TEXT || symbols[at] == ANY_TEXT_OF_A_PART;
          reach(stays ? at : at + 1, next);
        }
      }
      return next;
    }

    /** Returns whether a text that has led to these places is in the set. */
    boolean holds(BitSet places) {
      return places.intersects(ends) == inside;
    }

    /** Returns whether no text that goes on from here can be in the set. */
    boolean isOver(BitSet places) {
      return inside && places.isEmpty();
    }
  }

  private static boolean matches(int pattern, int symbol) {
    return switch (pattern) {
      case ANY_TEXT -> true;
      case ANY_CHARACTER -> symbol < IN_VARIABLE;
      case ANY_TEXT_OF_A_PART -> symbol != ':';
      case ANY_CHARACTER_OF_A_PART -> symbol != ':' && symbol < IN_VARIABLE;
      default -> pattern == symbol;
    };
  }

  /** Returns whether two patterns match a common text. */
  static boolean meet(int[] one, int[] other, Work work) {
    work.add((long) one.length * other.length);
    boolean[] next = new boolean[other.length + 1];
    for (int at = one.length; at >= 0; at--) {
      boolean[] row = new boolean[other.length + 1];
      for (int with = other.length; with >= 0; with--) {
        boolean ends = at == one.length;
        boolean otherEnds = with == other.length;
        row[with] =
            (ends && otherEnds)
                || (!ends && one[at] == ANY_TEXT && (next[with] || (!otherEnds && row[with + 1])))
                || (!otherEnds
                    && other[with] == ANY_TEXT
                    && (row[with + 1] || (!ends && next[with])))
                || (!ends && !otherEnds && mayBeSame(one[at], other[with]) && next[with + 1]);
      }
      next = row;
    }
    return next[0];
  }

  private static boolean mayBeSame(int one, int other) {
    return one < 0 || other < 0 || one == other;
  }
}
